import { existsSync, mkdirSync, renameSync, rmdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hasCode } from '../../../base/fs/read.js'
import { BlockedError } from '../../errors.js'
import type { Git } from '../../git.js'
import { readGitConfig } from '../../plumbing/config/config-file.js'
import { editConfig } from '../../plumbing/config/edit.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { openObjectStore } from '../../plumbing/objects/store.js'
import { resolveRef } from '../../plumbing/refs/read.js'
import { writeHead } from '../../plumbing/refs/update.js'
import { moveTree } from '../../worktree/move/move-tree.js'
import { naming } from './fill.js'
import type { SubmoduleMove } from './follow.js'
import { gitFileOf, linkToWorktree, type ModulePlace } from './place.js'
import type { SubmoduleStep, UpdatePlan } from './plan.js'

/**
 * Carries out a plan; the parents come first.
 *
 * @param taken gets each step before it changes anything
 * @throws BlockedError naming a submodule that was changed since it was planned
 */
export async function takeSteps(git: Git, plan: UpdatePlan, taken: SubmoduleStep[]): Promise<void> {
  if (plan.sections.length > 0) await editConfig(plan.gitDir, plan.sections, git.liveness)
  for (const step of plan.steps) {
    await naming(step.submodule.path, async () => {
      taken.push(step)
      await putInPlace(git, step)
      await follow(git, step)
      await takeSteps(git, step.inside, taken)
    })
  }
}

/** Puts a work tree where it belongs, and has both of its folders know it. */
async function putInPlace(git: Git, step: SubmoduleStep): Promise<void> {
  const { place, staged, lyingAt, relink, submodule } = step
  const { address, earlierAddress } = submodule
  const from = staged ?? lyingAt?.homeDir ?? null
  if (from !== null) moveFolderTo(from, place.homeDir)
  if (relink) await link(git, place)
  if (earlierAddress === null || originOfModule(place) !== earlierAddress) return
  await editConfig(
    place.gitDir,
    [{ name: 'remote', subsection: 'origin', values: { url: address } }],
    git.liveness,
  )
}

const originOfModule = ({ gitDir }: ModulePlace) => readGitConfig(gitDir).get('remote.origin.url')

/** The `.git` file is replaced as a whole, and last: until then the next run links them again. */
async function link(git: Git, place: ModulePlace): Promise<void> {
  const { gitDir, homeDir } = place
  await linkToWorktree(git, place)
  const waiting = join(gitDir, 'wizard-link')
  writeFileSync(waiting, gitFileOf(place))
  renameSync(waiting, join(homeDir, '.git'))
}

/** @throws BlockedError if something has appeared there */
function moveFolderTo(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  try {
    rmdirSync(to)
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) throw error
  }
  try {
    renameSync(from, to)
  } catch (error) {
    if (hasCode(error, 'EXDEV')) {
      throw new BlockedError('unsupported', `${to} is on another disk than .git`, {
        hint: 'update it with git itself',
        cause: error,
      })
    }
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EISDIR')) throw error
    throw new BlockedError('dirty', `something appeared in ${to} in the meantime`, {
      hint: 'move it away, and run the command again',
      cause: error,
    })
  }
}

async function follow(git: Git, { place, move }: SubmoduleStep): Promise<void> {
  if (move === null) return
  const { from, to, branch } = move
  await detach(git, place, move)
  const message = `checkout: moving from ${branch ?? from} to ${to}`
  await moveDetached(git, place, { from, to, message })
}

/** As `git submodule update`: the branch keeps its commit. */
async function detach({ clock, liveness }: Git, { gitDir }: ModulePlace, move: SubmoduleMove) {
  const { from, branch } = move
  if (branch === null) return
  const message = `checkout: moving from ${branch} to ${from}`
  await writeHead(gitDir, { oid: from }, { message, clock, liveness })
}

async function moveDetached(
  { env, liveness, signal, clock, onProgress }: Git,
  { gitDir, homeDir: dir }: ModulePlace,
  move: { from: Oid; to: Oid; message: string },
): Promise<void> {
  const store = await openObjectStore(gitDir)
  try {
    const known = { dir, gitDir, store, env, liveness, signal, clock, onProgress }
    await moveTree({ ...known, ...move, branch: null })
  } finally {
    await store.close()
  }
}

/** Takes back what was carried out, as far as it was. */
export async function takeStepsBack(git: Git, taken: SubmoduleStep[]): Promise<void> {
  for (const step of [...taken].reverse()) await takeStepBack(git, step)
  // What lies in a folder that was put back is there again only now.
  for (const { place, staged, lyingAt, relink } of taken) {
    if (relink && staged === null) await link(git, { ...place, homeDir: (lyingAt ?? place).dir })
  }
}

async function takeStepBack(git: Git, step: SubmoduleStep): Promise<void> {
  const { place, staged, lyingAt, move } = step
  const { gitDir, homeDir } = place
  if (move !== null) {
    const { from, to, branch } = move
    const message = `checkout: moving from ${to} to ${branch ?? from}`
    const isMoved = (await resolveRef(gitDir, 'HEAD')) === to
    if (isMoved) await moveDetached(git, place, { from: to, to: from, message })
    const { clock, liveness } = git
    if (branch !== null) await writeHead(gitDir, { branch }, { message, clock, liveness })
  }
  const origin = staged ?? lyingAt?.homeDir ?? null
  if (origin !== null && !existsSync(origin) && existsSync(homeDir)) moveFolderTo(homeDir, origin)
}
