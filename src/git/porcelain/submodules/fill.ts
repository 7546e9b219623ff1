import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inLanes } from '../../../base/async/lanes.js'
import { WizardError, withMessage } from '../../../base/errors.js'
import type { Git } from '../../git.js'
import { type BytePath, showPath } from '../../plumbing/byte-path.js'
import { editConfig } from '../../plumbing/config/edit.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { readCommit } from '../../plumbing/objects/parse.js'
import { type ObjectStore, openObjectStore } from '../../plumbing/objects/store.js'
import { readSubmodules } from '../../submodules/gitmodules.js'
import { checkoutContent } from '../content.js'
import { initSubmodules, type WantedSubmodule } from './init.js'
import { bringModule } from './module.js'
import { leadsElsewhere } from './occupied.js'
import { gitFileOf, linkToWorktree, type ModulePlace, modulePlaceOf } from './place.js'

export interface Superproject {
  place: ModulePlace
  store: ObjectStore
  commit: Oid
  /** Where it is fetched. */
  url: string
  /** Whether files of Git LFS get their content; default: yes. */
  lfs?: boolean | undefined
  /** 0 for the repository itself, 1 for its submodules. */
  depth: number
}

export interface FilledSubmodules {
  /** Received. */
  bytes: number
  /** How many folders are empty: nothing says where their content is, or it is not wanted. */
  left: number
  /** How many files of Git LFS are pointers. */
  pointers: number
}

/** Submodules that are fetched at a time. */
const atOnce = 4

/** Nobody needs more; git follows them without end. */
const mostLevels = 16

/**
 * Fills in the submodules of a work tree that was just made, and theirs, as `git submodule update
 * --init --recursive` does.
 *
 * @throws PathError naming a submodule that git or wizard refuses
 * @throws GitHubNotFoundError, GitHubAuthError, GitHubNetworkError … naming the submodule that can't
 *   be had
 */
export async function fillSubmodules(git: Git, parent: Superproject): Promise<FilledSubmodules> {
  const { tree } = await readCommit(parent.store, parent.commit)
  const { submodules, unmapped } = await readSubmodules(parent.store, tree)
  const { gitDir } = parent.place
  const { wanted, sections } = initSubmodules({ gitDir, url: parent.url, env: git.env }, submodules)
  if (sections.length > 0) await editConfig(gitDir, sections, git.liveness)
  assertLevels(parent, wanted)
  const left = unmapped.length + submodules.length - wanted.length
  const came: FilledSubmodules = { bytes: 0, left, pointers: 0 }
  await inLanes(atOnce, wanted, async (submodule) => {
    const filled = await naming(submodule.path, () => fillIn(git, parent, submodule))
    came.bytes += filled.bytes
    came.left += filled.left
    came.pointers += filled.pointers
  })
  return came
}

export function assertLevels(
  { depth }: Pick<Superproject, 'depth'>,
  [first]: { path: BytePath }[],
): void {
  if (first === undefined || depth < mostLevels) return
  throw new WizardError(
    `submodule ${showPath(first.path)}: it is more than ${mostLevels} levels deep`,
    { hint: 'they may contain each other; without submodules: true their folders stay empty' },
  )
}

/** Errors say in which submodule they happened. */
export async function naming<T>(path: BytePath, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw withMessage(error, (message) =>
      message.startsWith('submodule ')
        ? message.replace('submodule ', `submodule ${showPath(path)}/`)
        : `submodule ${showPath(path)}: ${message}`,
    )
  }
}

async function fillIn(
  git: Git,
  parent: Superproject,
  submodule: WantedSubmodule,
): Promise<FilledSubmodules> {
  const place = modulePlaceOf(parent.place, submodule)
  const module = await bringModule(git, { ...submodule, place })
  // Its git folder may be of a work tree that was removed with that of its parent.
  if (leadsElsewhere(place.gitDir, place.homeDir)) await linkToWorktree(git, place)
  const store = await openObjectStore(place.gitDir)
  try {
    const filled = await fillWorktree(git, { ...parent, ...submodule, place, store })
    return { ...filled, bytes: filled.bytes + module }
  } finally {
    await store.close()
  }
}

interface NewWorktree extends Pick<Superproject, 'lfs' | 'depth' | 'place' | 'store' | 'url'> {
  oid: Oid
}

/** Writes the files of a submodule whose git folder is there, and its own submodules. */
export async function fillWorktree(git: Git, request: NewWorktree): Promise<FilledSubmodules> {
  const { place, store, oid, url, lfs, depth } = request
  const { dir, gitDir } = place
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, '.git'), gitFileOf(place), { flag: 'wx' })
  const content = await checkoutContent(git, { dir, gitDir, store }, oid, { url, lfs })
  const inside = { place, store, commit: oid, url, lfs, depth: depth + 1 }
  const { bytes, left, pointers } = await fillSubmodules(git, inside)
  const came = content.lfs?.came ?? { bytes: 0, left: 0 }
  return { bytes: bytes + came.bytes, left, pointers: pointers + came.left }
}
