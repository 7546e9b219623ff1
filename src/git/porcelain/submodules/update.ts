import { existsSync, mkdirSync, renameSync, rmdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { WizardError } from '../../../base/errors.js'
import { hasCode } from '../../../base/fs/read.js'
import { openSibling } from '../../../process/temp-beside.js'
import { BlockedError } from '../../errors.js'
import type { Git } from '../../git.js'
import { readGitConfig } from '../../plumbing/config/config-file.js'
import { editConfig } from '../../plumbing/config/edit.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { type ObjectStore, openObjectStore } from '../../plumbing/objects/store.js'
import { resolveRef } from '../../plumbing/refs/read.js'
import { writeHead } from '../../plumbing/refs/update.js'
import { hasJournal } from '../../worktree/move/journal-file.js'
import { moveTree } from '../../worktree/move/move-tree.js'
import { naming } from './fill.js'
import { readEnds, removeEnds, writeEnds } from './journal.js'
import { gitFileOf, type ModulePlace, worktreeOf } from './place.js'
import {
  type PlanRequest,
  planUpdate,
  type SubmoduleMove,
  type SubmoduleStep,
  type UpdatePlan,
} from './plan.js'

export interface UpdatedSubmodules {
  /** Received. */
  bytes: number
  /** How many were moved, filled in or put elsewhere. */
  changed: number
  /** How many folders stay empty. */
  left: number
}

export interface SuperprojectMove {
  dir: string
  gitDir: string
  store: ObjectStore
  from: Oid | null
  to: Oid
  /** Where the superproject is fetched. */
  url: string
  lfs?: boolean | undefined
}

/** The move of the superproject itself, and the way back. */
export interface OwnMove {
  there(): Promise<void>
  back(): Promise<void>
}

/**
 * Moves a repository and its submodules, and theirs: everything is fetched and checked before
 * anything moves. After a failure all are where they were; after a kill `finishSubmodules` brings
 * the others after the superproject.
 *
 * @throws as `planUpdate`; nothing has moved then
 */
export async function moveWithSubmodules(
  git: Git,
  move: SuperprojectMove,
  own: OwnMove,
): Promise<UpdatedSubmodules> {
  const { gitDir, from, to } = move
  return withPlan(git, move, { isFill: true }, async (plan) => {
    await writeEnds(gitDir, { from, to })
    try {
      await own.there()
    } catch (error) {
      if (!hasJournal(gitDir)) removeEnds(gitDir)
      throw error
    }
    const taken: SubmoduleStep[] = []
    try {
      await takeSteps(git, plan, taken)
    } catch (error) {
      await takeBack(git, move, taken, own, error)
      removeEnds(gitDir)
      throw error
    }
    removeEnds(gitDir)
    return taken
  })
}

/**
 * Fills in what is missing where the superproject is at its commit, and has what lags behind follow.
 */
export const completeSubmodules = (
  git: Git,
  at: Omit<SuperprojectMove, 'from'>,
): Promise<UpdatedSubmodules> =>
  withPlan(git, { ...at, from: at.to }, { isFill: true }, async (plan) => {
    const taken: SubmoduleStep[] = []
    await takeSteps(git, plan, taken)
    return taken
  })

/**
 * Brings the submodules after a superproject whose move was killed; does nothing if it did not move.
 *
 * @throws as `planUpdate`: what is in the way has to be moved away first
 */
export async function finishSubmodules(
  git: Git,
  at: Pick<SuperprojectMove, 'dir' | 'gitDir' | 'store' | 'url' | 'lfs'>,
): Promise<void> {
  const { gitDir } = at
  const ends = readEnds(gitDir)
  if (ends !== null && (await resolveRef(gitDir, 'HEAD')) === ends.to) {
    await withPlan(git, { ...at, ...ends }, { isFill: false }, async (plan) => {
      const taken: SubmoduleStep[] = []
      await takeSteps(git, plan, taken)
      return taken
    })
  }
  removeEnds(gitDir)
}

/** Work trees wait in `.git` until it is their turn. */
async function withPlan(
  git: Git,
  { dir, gitDir, store, from, to, url, lfs }: SuperprojectMove,
  { isFill }: Pick<PlanRequest, 'isFill'>,
  carryOut: (plan: UpdatePlan) => Promise<SubmoduleStep[]>,
): Promise<UpdatedSubmodules> {
  const waiting = await openSibling(join(gitDir, 'submodules'), 'clone', git.liveness)
  let staged = 0
  try {
    const plan = await planUpdate(git, {
      place: { gitDir, dir, homeDir: dir },
      store,
      commit: to,
      from,
      url,
      lfs,
      depth: 0,
      isFill,
      stage: () => join(waiting.dir, String(staged++)),
    })
    const taken = await carryOut(plan)
    const changed = taken.filter((one) => one.staged ?? one.lyingAt ?? one.move).length
    return { bytes: plan.bytes, changed, left: plan.left }
  } finally {
    await waiting.discard()
  }
}

/** @param taken gets each step before it changes anything */
async function takeSteps(git: Git, plan: UpdatePlan, taken: SubmoduleStep[]): Promise<void> {
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
  const from = staged ?? lyingAt
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

/** The `.git` file is replaced as a whole. */
async function link(git: Git, place: ModulePlace): Promise<void> {
  const { gitDir, homeDir } = place
  const waiting = join(gitDir, 'wizard-link')
  writeFileSync(waiting, gitFileOf(place))
  renameSync(waiting, join(homeDir, '.git'))
  const worktree = { worktree: worktreeOf(place) }
  await editConfig(gitDir, [{ name: 'core', values: worktree }], git.liveness)
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
    throw new BlockedError('dirty', `something was put into ${to} meanwhile`, {
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

/** @throws WizardError if that fails too: the next run finishes what was begun */
async function takeBack(
  git: Git,
  { gitDir }: { gitDir: string },
  taken: SubmoduleStep[],
  own: OwnMove,
  failure: unknown,
): Promise<void> {
  const unstoppable = { ...git, signal: undefined }
  try {
    for (const step of [...taken].reverse()) await takeStepBack(unstoppable, step)
    // What lies in a folder that was put back is there again only now.
    for (const { place, lyingAt, relink } of taken) {
      if (relink) await link(git, { ...place, homeDir: lyingAt ?? place.dir })
    }
    await own.back()
  } catch (error) {
    throw new WizardError(
      `${dirname(gitDir)} and its submodules are half-way between two commits`,
      {
        hint: 'run the command again when the cause is gone: it finishes what was begun',
        cause: new AggregateError([failure, error]),
      },
    )
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
  const origin = staged ?? lyingAt
  if (origin !== null && !existsSync(origin) && existsSync(homeDir)) moveFolderTo(homeDir, origin)
}
