import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Pacer } from '../../../base/async/pacer.js'
import type { GitProgress } from '../../git.js'
import {
  readWorktreeSettings,
  type UserEnvironment,
} from '../../plumbing/config/worktree-settings.js'
import { readIndex } from '../../plumbing/index/index-file.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { readCommit } from '../../plumbing/objects/parse.js'
import type { ObjectStore } from '../../plumbing/objects/store.js'
import { type TreeChange, treeDiff } from '../../plumbing/objects/tree-diff.js'
import { readHead, resolveRef } from '../../plumbing/refs/read.js'
import { type RefOptions, updateRef, writeHead } from '../../plumbing/refs/update.js'
import { type Conversions, forCheckin, forCheckout, lookupIn } from '../conversions.js'
import { Folder } from '../folder.js'
import { type MoveJournal, moveFolder } from './journal-file.js'
import type { PathPlace } from './path-state.js'

export interface MovingRepository extends RefOptions {
  dir: string
  gitDir: string
  store: ObjectStore
  /** Locates the user's own git configuration; default: none. */
  env?: UserEnvironment | undefined
  signal?: AbortSignal | undefined
}

export interface MoveRequest extends MovingRepository {
  /** The branch that moves, by its short name; null for a detached HEAD. */
  branch: string | null
  /** Commits; `from` is null on an unborn branch. */
  from: Oid | null
  to: Oid
  /** For the reflog. */
  message: string
  /** The full name of a new ref for the old tip. */
  backup?: string | undefined
  onProgress?: ((progress: GitProgress) => void) | undefined
}

/** The paths in which the two commits differ. */
export async function changesOf(
  { store }: Pick<MovingRepository, 'store'>,
  { from, to }: Pick<MoveJournal, 'from' | 'to'>,
): Promise<TreeChange[]> {
  const before = from === null ? null : (await readCommit(store, from)).tree
  return treeDiff(store, before, (await readCommit(store, to)).tree)
}

/** The work tree with its index, as they are now. */
export function openPlace({ dir, gitDir, store, env, signal }: MovingRepository): PathPlace {
  const index = readIndex(gitDir)
  const settings = readWorktreeSettings(gitDir, env)
  const place = { gitDir, folder: new Folder(dir), settings, store }
  const conversions = [forCheckin(place, lookupIn(index.entries))]
  return { ...place, conversions, index, indexStat: index.stat, pacer: new Pacer(signal) }
}

/**
 * The same between the two ends of a move: a file may be converted by the attributes of either, and
 * those in the work tree may be of the other one.
 */
export function openHalfWay(request: MovingRepository, changes: TreeChange[]): PathPlace {
  const place = openPlace(request)
  const ends = (['from', 'to'] as const).map((end) => conversionsAt(place, changes, end))
  return { ...place, conversions: [...place.conversions, ...ends] }
}

/** For the files that are written to reach one end. */
export function conversionsAt(
  place: PathPlace,
  changes: TreeChange[],
  end: 'from' | 'to',
): Conversions {
  const changed = new Set(changes.map(({ path }) => path))
  const kept = place.index.entries.filter(({ path }) => !changed.has(path))
  const moved = changes.flatMap(({ path, [end]: leaf }) =>
    leaf === null ? [] : [{ ...leaf, path }],
  )
  return forCheckout(place, lookupIn([...kept, ...moved]), (path) => changed.has(path))
}

/** Whether HEAD is on that branch (or detached), and at one of these commits. */
export async function isHeadAt(
  gitDir: string,
  branch: string | null,
  commits: (Oid | null)[],
): Promise<boolean> {
  const head = await readHead(gitDir)
  if (('branch' in head ? head.branch : null) !== branch) return false
  return commits.includes(await resolveRef(gitDir, 'HEAD'))
}

/** Keeps the old tip under the backup ref, if one is wanted. */
export async function keepOldTip(request: MoveRequest): Promise<void> {
  const { gitDir, from, backup, liveness, clock } = request
  if (backup === undefined || from === null) return
  await updateRef(gitDir, backup, from, { expected: null, message: 'backup', liveness, clock })
}

/**
 * Moves the branch, or a detached HEAD, to its new commit, and keeps the old one in ORIG_HEAD and
 * the reflog.
 */
export async function moveHead(
  { gitDir, liveness, clock }: MovingRepository,
  { branch, from, to, message }: MoveJournal | MoveRequest,
): Promise<void> {
  if (from !== null) {
    const file = join(moveFolder(gitDir), 'ORIG_HEAD')
    writeFileSync(file, `${from}\n`)
    renameSync(file, join(gitDir, 'ORIG_HEAD'))
  }
  const noted = { message, liveness, clock }
  if (branch === null) await writeHead(gitDir, { oid: to }, noted)
  else await updateRef(gitDir, `refs/heads/${branch}`, to, { expected: from, ...noted })
}
