import { type BytePath, joinBytes } from '../byte-path.js'
import type { Oid } from './object.js'
import { fileMode, type GitTreeEntry } from './parse.js'
import { type Leaf, readSafeTree } from './safe-tree.js'
import type { ObjectStore } from './store.js'

/**
 * One path that differs between two trees. If a file becomes a folder, that is a removal of the
 * file and an addition of each file in the folder, and the other way round.
 */
export interface TreeChange {
  path: BytePath
  from: Leaf | null
  to: Leaf | null
}

/**
 * The paths in which two trees differ. Folders with the same id are not read.
 *
 * @param from a tree's id; null: the empty tree
 * @throws PathError for an unsafe entry in a folder that is read; MissingObjectError,
 *   CorruptObjectError
 */
export async function treeDiff(
  store: ObjectStore,
  from: Oid | null,
  to: Oid | null,
): Promise<TreeChange[]> {
  const changes: TreeChange[] = []
  await compareFolders({ store, changes }, '', from, to)
  return changes
}

interface Comparison {
  store: ObjectStore
  changes: TreeChange[]
}

async function compareFolders(
  comparison: Comparison,
  folder: BytePath,
  from: Oid | null,
  to: Oid | null,
): Promise<void> {
  if (from === to) return
  const { store } = comparison
  const before = from === null ? [] : await readSafeTree(store, from, folder)
  const after = to === null ? [] : await readSafeTree(store, to, folder)
  const rest = new Map(before.map((entry) => [entry.name, entry]))
  for (const entry of after) {
    const old = rest.get(entry.name) ?? null
    rest.delete(entry.name)
    await compareEntries(comparison, joinBytes(folder, entry.name), old, entry)
  }
  for (const old of rest.values()) {
    await compareEntries(comparison, joinBytes(folder, old.name), old, null)
  }
}

async function compareEntries(
  comparison: Comparison,
  path: BytePath,
  from: GitTreeEntry | null,
  to: GitTreeEntry | null,
): Promise<void> {
  if (from?.mode === to?.mode && from?.oid === to?.oid) return
  const before = leafOf(from)
  const after = leafOf(to)
  if (before !== null || after !== null) {
    comparison.changes.push({ path, from: before, to: after })
  }
  await compareFolders(comparison, path, folderOf(from), folderOf(to))
}

const folderOf = (entry: GitTreeEntry | null): Oid | null =>
  entry?.mode === fileMode.folder ? entry.oid : null

const leafOf = (entry: GitTreeEntry | null): Leaf | null =>
  entry === null || entry.mode === fileMode.folder ? null : { mode: entry.mode, oid: entry.oid }
