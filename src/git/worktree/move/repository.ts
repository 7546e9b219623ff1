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
export function openPlace({ dir, gitDir, env, signal }: MovingRepository): PathPlace {
  const index = readIndex(gitDir)
  const settings = readWorktreeSettings(gitDir, env)
  const pacer = new Pacer(signal)
  return { gitDir, folder: new Folder(dir), settings, index, indexStat: index.stat, pacer }
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
