import type { BigIntStats } from 'node:fs'
import { type BytePath, joinBytes } from '../plumbing/byte-path.js'
import type { Ignorer } from '../plumbing/ignore/ignorer.js'
import type { IndexEntry } from '../plumbing/index/entry.js'
import type { Oid } from '../plumbing/objects/object.js'
import { fileMode } from '../plumbing/objects/parse.js'
import { resolveRef } from '../plumbing/refs/read.js'
import { gitDirsOf } from '../repository/open.js'
import type { IgnoredInSubmodule } from '../submodules/ignored.js'
import { type Comparison, isModified, isUntouched } from './file-state.js'
import type { Folder, FolderEntry } from './folder.js'

export interface WorktreeChange {
  kind: 'unstaged' | 'untracked' | 'ignored'
  /** A folder of untracked or ignored files ends in `/`. */
  path: BytePath
}

/** What to report beyond `git status`. */
export interface ScanOptions {
  /** Whether to report ignored files too; without them, less has to be read. */
  withIgnored: boolean
  /** Whether to compare existing files that git is told to skip (assume-valid, skip-worktree). */
  withHidden: boolean
}

export interface SubmoduleScan {
  /** Whether untracked files count. */
  withUntracked: boolean
}

export interface Walk extends Comparison, ScanOptions {
  /**
   * Whether a submodule, itself a repository with a work tree at `path`, has no changes of its own.
   */
  isSubmoduleClean(path: BytePath, gitDir: string, options: SubmoduleScan): Promise<boolean>
  /** What is not to be reported of a submodule. */
  ignoredIn(path: BytePath): IgnoredInSubmodule
}

/**
 * Yields the files that differ from their index entries, and those without one, folder by folder.
 * Reads only folders with tracked files, once each, and reads a file only if its stat data differs
 * from the entry's.
 */
export async function* walkWorktree(
  walk: Walk,
  range: IndexRange,
  ignorer: Ignorer,
): AsyncGenerator<WorktreeChange> {
  const there = new Map(walk.folder.list(range.folder).map((entry) => [entry.name, entry]))
  for (const part of folderRanges(range)) {
    const entry = there.get(part.name)
    if ('entry' in part && entry !== undefined && isUnchanged(walk, part.entry)) {
      there.delete(part.name)
    } else if ('entries' in part && entry?.isDirectory()) {
      there.delete(part.name)
      yield* walkWorktree(walk, part, ignorer.enter(part.folder))
    } else {
      // If something else, even a folder, is at a tracked file's path, git reports only a change of
      // that file.
      if ('entry' in part) there.delete(part.name)
      yield* trackedChanges(walk, part, entry !== undefined)
    }
    if (walk.pacer.isDue) await walk.pacer.rest()
  }
  for (const entry of there.values()) {
    yield* untrackedChanges(walk, joinBytes(range.folder, entry.name), entry, ignorer)
  }
}

/**
 * The usual case, kept synchronous: an asynchronous step per file takes longer than the comparison.
 */
const isUnchanged = (walk: Walk, entry: IndexEntry): boolean =>
  entry.stage === 0 &&
  !entry.intentToAdd &&
  !entry.assumeValid &&
  !entry.skipWorktree &&
  isUntouched(walk, entry)

async function* trackedChanges(
  walk: Walk,
  part: IndexPart,
  isThere: boolean,
): AsyncGenerator<WorktreeChange> {
  if ('entry' in part) {
    if (await differs(walk, part.entry, isThere)) yield { kind: 'unstaged', path: part.entry.path }
    return
  }
  for (let at = part.start; at < part.end; at++) {
    const entry = part.entries[at]
    if (entry !== undefined && (await differs(walk, entry, false))) {
      yield { kind: 'unstaged', path: entry.path }
    }
  }
}

async function differs(walk: Walk, entry: IndexEntry, isThere: boolean): Promise<boolean> {
  if (entry.stage !== 0) return true
  const stats = isThere ? walk.folder.lstat(entry.path) : null
  const isHidden = entry.assumeValid || entry.skipWorktree
  if (isHidden && !(walk.withHidden && stats !== null)) return false
  if (entry.mode !== fileMode.gitlink) {
    return entry.intentToAdd || (await isModified(walk, entry, stats))
  }
  return submoduleDiffers(walk, entry, stats)
}

async function submoduleDiffers(
  walk: Walk,
  { path, oid }: IndexEntry,
  stats: BigIntStats | null,
): Promise<boolean> {
  const ignored = walk.withHidden ? 'none' : walk.ignoredIn(path)
  if (ignored === 'all') return false
  if (!stats?.isDirectory()) return true
  const submodule = await readSubmodule(walk.folder, path)
  if (submodule === null) return false
  const { head, gitDir } = submodule
  if (head !== oid) return true
  if (ignored === 'dirty') return false
  return !(await walk.isSubmoduleClean(path, gitDir, { withUntracked: ignored === 'none' }))
}

async function* untrackedChanges(
  walk: Walk,
  path: BytePath,
  entry: FolderEntry,
  ignorer: Ignorer,
): AsyncGenerator<WorktreeChange> {
  const found = await untrackedIn(walk, path, entry, ignorer)
  for (const untracked of found.untracked) yield { kind: 'untracked', path: untracked }
  if (walk.withIgnored)
    for (const ignored of found.ignored) yield { kind: 'ignored', path: ignored }
}

interface Untracked {
  untracked: BytePath[]
  ignored: BytePath[]
}

const nothing: Untracked = { untracked: [], ignored: [] }

/** A folder without tracked files is reported as one path, and an empty one not at all. */
async function untrackedIn(
  walk: Walk,
  path: BytePath,
  entry: FolderEntry,
  ignorer: Ignorer,
): Promise<Untracked> {
  if (entry.name.toLowerCase() === '.git' && (entry.name === '.git' || walk.settings.ignoreCase)) {
    return nothing
  }
  if (!entry.isDirectory()) {
    if (!entry.isFile() && !entry.isSymbolicLink()) return nothing
    return ignorer.ignores(path, false)
      ? { ...nothing, ignored: [path] }
      : { ...nothing, untracked: [path] }
  }
  const whole = `${path}/`
  const isIgnored = ignorer.ignores(path, true)
  if (isIgnored && !walk.withIgnored) return nothing
  if (isRepository(walk.folder, path)) {
    return isIgnored ? { ...nothing, ignored: [whole] } : { ...nothing, untracked: [whole] }
  }
  const { untracked, ignored } = await untrackedBelow(walk, path, ignorer.enter(path))
  if (untracked.length > 0) return { untracked: [whole], ignored }
  return ignored.length > 0 ? { untracked: [], ignored: [whole] } : nothing
}

async function untrackedBelow(walk: Walk, path: BytePath, ignorer: Ignorer): Promise<Untracked> {
  const all: Untracked = { untracked: [], ignored: [] }
  for (const entry of walk.folder.list(path)) {
    const found = await untrackedIn(walk, joinBytes(path, entry.name), entry, ignorer)
    all.untracked.push(...found.untracked)
    all.ignored.push(...found.ignored)
    if (walk.pacer.isDue) await walk.pacer.rest()
    if (all.untracked.length > 0 && !walk.withIgnored) return all
  }
  return all
}

/** Whether a folder is the work tree of its own repository. */
export const isRepository = (folder: Folder, path: BytePath): boolean =>
  gitDirsOf(folder.at(path).toString()) !== null

/** A submodule in use: its `.git`, and its current commit. */
export interface Submodule {
  gitDir: string
  head: Oid
}

/** null if it is not initialised, or has no commit. */
export async function readSubmodule(folder: Folder, path: BytePath): Promise<Submodule | null> {
  const dirs = gitDirsOf(folder.at(path).toString())
  const head = dirs === null ? null : await resolveRef(dirs.gitDir, 'HEAD')
  return dirs === null || head === null ? null : { gitDir: dirs.gitDir, head }
}

/** The entries below one folder, which are adjacent in the index. */
export interface IndexRange {
  entries: IndexEntry[]
  start: number
  end: number
  folder: BytePath
}

/**
 * An entry of a folder by the index: a file (in a conflict the first of its stages), or a folder.
 */
type IndexPart = { name: BytePath; entry: IndexEntry } | (IndexRange & { name: BytePath })

export function* folderRanges({ entries, start, end, folder }: IndexRange): Generator<IndexPart> {
  const skip = folder === '' ? 0 : folder.length + 1
  for (let at = start; at < end; ) {
    const entry = entries[at]
    if (entry === undefined) return
    const slash = entry.path.indexOf('/', skip)
    if (slash < 0) {
      yield { name: entry.path.slice(skip), entry }
      while (++at < end && entries[at]?.path === entry.path);
    } else {
      const below = entry.path.slice(0, slash)
      const last = endOfFolder(entries, at, end, `${below}/`)
      yield { name: below.slice(skip), entries, start: at, end: last, folder: below }
      at = last
    }
  }
}

/** Finds the first entry after those with this prefix, by binary search. */
function endOfFolder(entries: IndexEntry[], start: number, end: number, prefix: string): number {
  let low = start
  let high = end
  while (low < high) {
    const middle = (low + high) >>> 1
    if (entries[middle]?.path.startsWith(prefix)) low = middle + 1
    else high = middle
  }
  return low
}
