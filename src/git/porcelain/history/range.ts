import { Pacer } from '../../../base/async/pacer.js'
import type { Oid } from '../../plumbing/objects/object.js'
import type { Commit } from '../../plumbing/objects/parse.js'
import type { ObjectStore } from '../../plumbing/objects/store.js'
import { readShallow } from '../../repository/shallow.js'
import { left, Painting, right } from './paint.js'

/** The objects of a repository, and the folder that says where its history is cut. */
export interface HistoryPlace {
  store: ObjectStore
  /** See GitDirs. */
  commonDir: string
  signal?: AbortSignal | undefined
}

export interface RangeCommit extends Commit {
  oid: Oid
}

/** The commits that one leads to and another does not. */
export interface CommitRange {
  /** The youngest first. */
  commits: RangeCommit[]
  /** One of them or a parent of one; null where it is not here. */
  commitAt(oid: Oid): Commit | null
}

/**
 * `git log BASE..HEAD`.
 *
 * @param base null: all that `head` leads to
 * @returns null where history is cut (a shallow clone), so that nobody here can know
 * @throws CorruptObjectError; the signal's reason
 */
export async function commitsBetween(
  { store, commonDir, signal }: HistoryPlace,
  base: Oid | null,
  head: Oid,
): Promise<CommitRange | null> {
  const painting = new Painting(store, await readShallow(commonDir))
  const pacer = new Pacer(signal)
  await painting.paint(head, left)
  if (base !== null) await painting.paint(base, right)
  while (await painting.step()) if (pacer.isDue) await pacer.rest()
  if (painting.isCut()) return null
  const commits = Array.from(painting.only(left), ({ oid, commit }) => ({ oid, ...commit }))
  return {
    commits: commits.sort((one, other) => other.time - one.time),
    commitAt: (oid) => painting.commitAt(oid),
  }
}
