import { Pacer } from '../../../base/async/pacer.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { type Commit, fileMode, readTree } from '../../plumbing/objects/parse.js'
import type { ObjectStore } from '../../plumbing/objects/store.js'
import { readShallow } from '../../repository/shallow.js'
import { left, Painting, right } from './painting.js'

/**
 * Whether a commit can be reached from another one, or is that one. Where history is cut (a shallow clone, a missing
 * object) what can't be reached here counts as no ancestor.
 *
 * @throws CorruptObjectError
 */
export async function isAncestor(
  store: ObjectStore,
  ancestor: Oid,
  descendant: Oid,
): Promise<boolean> {
  if (ancestor === descendant) return store.has(ancestor)
  // Parents that a shallow border hides are missing, or known from elsewhere: no need to know the border.
  const painting = new Painting(store, new Set())
  await painting.paint(ancestor, left)
  await painting.paint(descendant, right)
  while ((painting.sidesOf(ancestor) & right) === 0) {
    if (!(await painting.step())) return false
  }
  return true
}

/**
 * How many commits each of two has that the other has not.
 *
 * @returns null where history is cut above what both have, so that nobody here can know
 * @throws CorruptObjectError
 */
export async function aheadBehind(
  store: ObjectStore,
  gitDir: string,
  local: Oid,
  remote: Oid,
): Promise<{ ahead: number; behind: number } | null> {
  const painting = new Painting(store, await readShallow(gitDir))
  await painting.paint(local, left)
  await painting.paint(remote, right)
  while (await painting.step());
  if (painting.isCut()) return null
  return { ahead: painting.count(left), behind: painting.count(right) }
}

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

/**
 * Those that changed what is at a path: a merge where it differs from each of its parents, any other where it differs
 * from its parent. No side branch is left out, as `git log` does with one whose changes were undone.
 *
 * @param path from the top, without a slash at either end
 */
export async function touching(
  { store, signal }: HistoryPlace,
  { commits, commitAt }: CommitRange,
  path: string,
): Promise<RangeCommit[]> {
  const look = new PathLook(store, path)
  const pacer = new Pacer(signal)
  const found: RangeCommit[] = []
  for (const commit of commits) {
    const now = await look.at(commit.tree)
    const parents = commit.parents.map((oid) => commitAt(oid)?.tree ?? null)
    const before = parents.length === 0 ? [null] : parents
    let same = false
    for (const tree of before) same ||= (tree === null ? null : await look.at(tree)) === now
    if (!same) found.push(commit)
    if (pacer.isDue) await pacer.rest()
  }
  return found
}

/** What stands at one path in many trees that are mostly the same below their tops. */
class PathLook {
  readonly #store: ObjectStore
  readonly #names: string[]
  /** By depth and tree. */
  readonly #known: Map<Oid, string | null>[]

  constructor(store: ObjectStore, path: string) {
    this.#store = store
    // Names are compared as bytes, a character each.
    this.#names = path.split('/').map((name) => Buffer.from(name).toString('latin1'))
    this.#known = this.#names.map(() => new Map())
  }

  /** Mode and id of what is at the path; null where there is nothing. */
  at(tree: Oid): Promise<string | null> {
    return this.#below(tree, 0)
  }

  async #below(tree: Oid, depth: number): Promise<string | null> {
    const known = this.#known[depth]?.get(tree)
    if (known !== undefined) return known
    const entry = (await readTree(this.#store, tree)).find(
      ({ name }) => name === this.#names[depth],
    )
    const found =
      entry === undefined
        ? null
        : depth === this.#names.length - 1
          ? `${entry.mode} ${entry.oid}`
          : entry.mode === fileMode.folder
            ? await this.#below(entry.oid, depth + 1)
            : null
    this.#known[depth]?.set(tree, found)
    return found
  }
}
