import { Pacer } from '../../../base/async/pacer.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { type Commit, fileMode, readTree } from '../../plumbing/objects/parse.js'
import type { ObjectStore } from '../../plumbing/objects/store.js'
import { readShallow } from '../../repository/shallow.js'
import { left, Painting, right } from './painting.js'

/**
 * Whether a commit can be reached from another one, or equals it. If history is cut (a shallow
 * clone, a missing object), an unreachable commit is not an ancestor.
 *
 * @throws CorruptObjectError
 */
export async function isAncestor(
  store: ObjectStore,
  ancestor: Oid,
  descendant: Oid,
): Promise<boolean> {
  if (ancestor === descendant) return store.has(ancestor)
  // The shallow border does not matter: parents behind it are missing, or known from elsewhere.
  const painting = new Painting(store, new Set())
  await painting.paint(ancestor, left)
  await painting.paint(descendant, right)
  while ((painting.sidesOf(ancestor) & right) === 0) {
    if (!(await painting.step())) return false
  }
  return true
}

/** Whether two commits have a common ancestor, as far as history is here. @throws CorruptObjectError */
export async function isRelated(store: ObjectStore, one: Oid, other: Oid): Promise<boolean> {
  const painting = new Painting(store, new Set())
  await painting.paint(one, left)
  await painting.paint(other, right)
  while (!painting.hasMet) {
    if (!(await painting.step())) return false
  }
  return true
}

/**
 * How many commits each of the two has that the other lacks.
 *
 * @returns null if history is cut above their common ancestors, so that the numbers can't be known
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

/** The objects of a repository, and the folder that records where its history is cut. */
export interface HistoryPlace {
  store: ObjectStore
  /** See GitDirs. */
  commonDir: string
  signal?: AbortSignal | undefined
}

export interface RangeCommit extends Commit {
  oid: Oid
}

/** The commits that one commit leads to and another does not. */
export interface CommitRange {
  /** Youngest first. */
  commits: RangeCommit[]
  /** A commit of the range or a parent of one; null if it is not here. */
  commitAt(oid: Oid): Commit | null
}

/**
 * `git log BASE..HEAD`.
 *
 * @param base null: the whole history of `head`
 * @returns null if history is cut (a shallow clone), so that the range can't be known
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
 * The commits that changed a path: a merge if it differs from each of its parents there, any other
 * commit if it differs from its parent. Unlike `git log`, it keeps side branches whose changes were
 * undone.
 *
 * @param path from the top, without a slash at either end
 */
export async function touching(
  { store, signal }: HistoryPlace,
  { commits, commitAt }: CommitRange,
  path: string,
): Promise<RangeCommit[]> {
  const lookup = new PathLookup(store, path)
  const pacer = new Pacer(signal)
  const found: RangeCommit[] = []
  for (const commit of commits) {
    const now = await lookup.at(commit.tree)
    const parents = commit.parents.map((oid) => commitAt(oid)?.tree ?? null)
    const before = parents.length === 0 ? [null] : parents
    let same = false
    for (const tree of before) same ||= (tree === null ? null : await lookup.at(tree)) === now
    if (!same) found.push(commit)
    if (pacer.isDue) await pacer.rest()
  }
  return found
}

/** Looks up one path in many trees that are mostly the same below their tops. */
class PathLookup {
  readonly #store: ObjectStore
  readonly #names: string[]
  /** Known results by depth and tree. */
  readonly #known: Map<Oid, string | null>[]

  constructor(store: ObjectStore, path: string) {
    this.#store = store
    // Names are compared as bytes, one character each.
    this.#names = path.split('/').map((name) => Buffer.from(name).toString('latin1'))
    this.#known = this.#names.map(() => new Map())
  }

  /** Mode and id of the path's entry; null if there is none. */
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
