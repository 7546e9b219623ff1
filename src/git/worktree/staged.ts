import { type BytePath, joinBytes } from '../plumbing/byte-path.js'
import type { CacheTree } from '../plumbing/index/cache-tree.js'
import type { IndexEntry } from '../plumbing/index/entry.js'
import type { IndexFile } from '../plumbing/index/index-file.js'
import type { Oid } from '../plumbing/objects/object.js'
import { fileMode, type GitTreeEntry, readTree } from '../plumbing/objects/parse.js'
import type { ObjectStore } from '../plumbing/objects/store.js'
import { type TreeChange, treeDiff } from '../plumbing/objects/tree-diff.js'
import { folderRanges, type IndexRange } from './index-range.js'

/**
 * The paths in which the index differs from a tree, in order. Skips folders whose tree the index
 * knows to be equal.
 *
 * @param tree null before the first commit
 */
export async function* stagedPaths(
  store: ObjectStore,
  index: IndexFile,
  tree: Oid | null,
): AsyncGenerator<BytePath> {
  const whole = { entries: index.entries, start: 0, end: index.entries.length, folder: '' }
  yield* compareFolder(store, whole, tree, index.cacheTree)
}

async function* compareFolder(
  store: ObjectStore,
  range: IndexRange,
  tree: Oid | null,
  cache: CacheTree | null | undefined,
): AsyncGenerator<BytePath> {
  if (tree !== null && cache && cache.count === range.end - range.start && cache.oid === tree)
    return
  const { folder } = range
  const rest = new Map<BytePath, GitTreeEntry>()
  if (tree !== null) for (const entry of await readTree(store, tree)) rest.set(entry.name, entry)
  for (const part of folderRanges(range)) {
    const there = rest.get(part.name)
    const isFolder = there?.mode === fileMode.folder
    if ('entries' in part) {
      if (isFolder) rest.delete(part.name)
      const below = isFolder ? there.oid : null
      yield* compareFolder(store, part, below, cache?.folders.get(part.name))
    } else {
      if (!isFolder) rest.delete(part.name)
      if (isStaged(part.entry, isFolder ? undefined : there)) yield part.entry.path
    }
  }
  for (const missing of rest.values()) {
    yield* leavesOf(store, missing, joinBytes(folder, missing.name))
  }
}

/** A file that is only intended to be added is not in the index yet. */
function isStaged(entry: IndexEntry, there: GitTreeEntry | undefined): boolean {
  if (entry.intentToAdd) return there !== undefined
  return entry.stage !== 0 || entry.oid !== there?.oid || entry.mode !== modeOf(there)
}

const modeOf = ({ mode }: GitTreeEntry) =>
  (mode & 0o170000) === 0o100000 ? (mode & 0o100 ? fileMode.executable : fileMode.regular) : mode

async function* leavesOf(
  store: ObjectStore,
  entry: GitTreeEntry,
  path: BytePath,
): AsyncGenerator<BytePath> {
  if (entry.mode !== fileMode.folder) yield path
  else for (const change of await treeDiff(store, entry.oid, null)) yield joined(path, change)
}

const joined = (folder: BytePath, { path }: TreeChange) => joinBytes(folder, path)
