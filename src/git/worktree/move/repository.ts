import { Pacer } from '../../../base/async/pacer.js'
import type { Liveness } from '../../../process/owner-mark.js'
import type { GitProgress } from '../../git.js'
import { readIndex } from '../../plumbing/index/read.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { readCommit } from '../../plumbing/objects/parse.js'
import type { ObjectStore } from '../../plumbing/objects/store.js'
import { type TreeChange, treeDiff } from '../../plumbing/tree/diff.js'
import { Folder } from '../folder.js'
import { readSettings } from '../settings.js'
import type { Journal } from './journal-file.js'
import type { Place } from './path-state.js'

export interface Repository {
  dir: string
  gitDir: string
  store: ObjectStore
  liveness?: Liveness | undefined
  signal?: AbortSignal | undefined
}

export interface MoveRequest extends Repository {
  /** The branch that moves, by its short name; null for a detached HEAD. */
  branch: string | null
  /** Commits; `from` null on a branch that is not born yet. */
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
  { store }: Pick<Repository, 'store'>,
  { from, to }: Pick<Journal, 'from' | 'to'>,
): Promise<TreeChange[]> {
  const before = from === null ? null : (await readCommit(store, from)).tree
  return treeDiff(store, before, (await readCommit(store, to)).tree)
}

/** The work tree with its index, as they are now. */
export function openPlace({ dir, gitDir, signal }: Repository): Place {
  const index = readIndex(gitDir)
  const settings = readSettings(gitDir)
  const pacer = new Pacer(signal)
  return { gitDir, folder: new Folder(dir), settings, index, indexStat: index.stat, pacer }
}
