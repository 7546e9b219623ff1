import type { BigIntStats } from 'node:fs'
import { type BytePath, parentsOf } from '../../plumbing/byte-path.js'
import type { IndexEntry } from '../../plumbing/index/entry.js'
import type { IndexFile } from '../../plumbing/index/index-file.js'
import { fileMode } from '../../plumbing/objects/parse.js'
import type { Leaf } from '../../plumbing/objects/safe-tree.js'
import type { TreeChange } from '../../plumbing/objects/tree-diff.js'
import { isStoredAs } from '../conversions.js'
import { type Comparison, hasMode, isModified } from '../file-state.js'

/** The end of a change that something is at. */
export type FileVersion = 'from' | 'to' | 'other'

/** The state of one path of a move: in the index, and on disk. */
export interface PathState {
  change: TreeChange
  entry: IndexEntry | undefined
  index: FileVersion
  file: FileVersion
  /** The file at the path; null if nothing is there, or a parent is not a folder. */
  stats: BigIntStats | null
}

export interface PathPlace extends Comparison {
  gitDir: string
  index: IndexFile
}

/** Inspects every path of a move, in the index and on disk. */
export async function inspectPaths(place: PathPlace, changes: TreeChange[]): Promise<PathState[]> {
  const entries = new Map(place.index.entries.map((entry) => [entry.path, entry]))
  const isFolder = folderCheck(place)
  const states: PathState[] = []
  for (const change of changes) {
    const entry = entries.get(change.path)
    const stats = parentsOf(change.path).every(isFolder) ? place.folder.lstat(change.path) : null
    const file = await fileVersion(place, change, entry, stats)
    states.push({ change, entry, index: indexVersion(change, entry), file, stats })
    if (place.pacer.isDue) await place.pacer.rest()
  }
  return states
}

/** Whether a path is a real folder, not a symlink to one. Results are kept. */
export function folderCheck({ folder }: Pick<PathPlace, 'folder'>): (path: BytePath) => boolean {
  const known = new Map<BytePath, boolean>()
  return (path) => {
    const before = known.get(path)
    if (before !== undefined) return before
    const isFolder = folder.lstat(path)?.isDirectory() ?? false
    known.set(path, isFolder)
    return isFolder
  }
}

function indexVersion({ from, to }: TreeChange, entry: IndexEntry | undefined): FileVersion {
  if (names(entry, from)) return 'from'
  return names(entry, to) ? 'to' : 'other'
}

function names(entry: IndexEntry | undefined, leaf: Leaf | null): boolean {
  if (entry === undefined || leaf === null) return entry === undefined && leaf === null
  return entry.stage === 0 && !entry.intentToAdd && isLeaf(entry, leaf)
}

const isLeaf = (entry: IndexEntry, leaf: Leaf) => entry.mode === leaf.mode && entry.oid === leaf.oid

async function fileVersion(
  place: PathPlace,
  { path, from, to }: TreeChange,
  entry: IndexEntry | undefined,
  stats: BigIntStats | null,
): Promise<FileVersion> {
  // A file that is left out of the work tree on purpose is not deleted.
  if (entry?.skipWorktree && stats === null) return 'from'
  for (const [version, leaf] of [['from', from] as const, ['to', to] as const]) {
    if (await isAt(place, path, leaf, entry, stats)) return version
  }
  return 'other'
}

/** Whether the file at a path is this leaf. A folder is not a leaf, whatever it contains. */
async function isAt(
  place: PathPlace,
  path: BytePath,
  leaf: Leaf | null,
  entry: IndexEntry | undefined,
  stats: BigIntStats | null,
): Promise<boolean> {
  if (leaf === null) return stats === null || stats.isDirectory()
  // While a folder replaces a file, nothing is there for a moment.
  if (leaf.mode === fileMode.gitlink) return stats === null || stats.isDirectory()
  if (stats === null || !hasMode(place.settings, leaf.mode, stats)) return false
  if (entry !== undefined && isLeaf(entry, leaf)) return !(await isModified(place, entry, stats))
  return isStoredAs(place, path, leaf, stats)
}
