import { Pacer } from '../../../base/async/pacer.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { fileMode, readTree } from '../../plumbing/objects/parse.js'
import type { ObjectStore } from '../../plumbing/objects/store.js'
import type { CommitRange, HistoryPlace, RangeCommit } from './range.js'

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
