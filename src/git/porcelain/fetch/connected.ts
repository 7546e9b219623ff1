import { MissingObjectError } from '../../errors.js'
import type { Oid } from '../../plumbing/objects/object.js'
import { readCommitOrNull, readTree } from '../../plumbing/objects/parse.js'
import type { ObjectStore } from '../../plumbing/objects/store.js'

const folder = 0o40000
const submodule = 0o160000

/**
 * Whether a commit is here with all that a checkout and a walk of its history need: its parents down to commits that
 * are known to be whole or to the shallow border, and its files. A commit alone may be left from a fetch that was cut.
 *
 * @param whole commits that refs name
 */
export async function isConnected(
  store: ObjectStore,
  commit: Oid,
  whole: Set<Oid>,
  shallow: Set<Oid>,
): Promise<boolean> {
  const seen = new Set([...whole])
  const pending = [commit]
  for (let oid = pending.pop(); oid !== undefined; oid = pending.pop()) {
    if (seen.has(oid)) continue
    seen.add(oid)
    const read = await readCommitOrNull(store, oid)
    if (read === null) return false
    if (oid === commit && !(await hasFiles(store, read.tree))) return false
    if (!shallow.has(oid)) pending.push(...read.parents)
  }
  return true
}

async function hasFiles(store: ObjectStore, tree: Oid): Promise<boolean> {
  try {
    for (const { mode, oid } of await readTree(store, tree)) {
      if (mode === submodule) continue
      if (mode === folder ? !(await hasFiles(store, oid)) : !(await store.has(oid))) return false
    }
    return true
  } catch (error) {
    if (error instanceof MissingObjectError) return false
    throw error
  }
}
