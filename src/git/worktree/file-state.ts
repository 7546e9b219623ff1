import type { BigIntStats } from 'node:fs'
import type { WorktreeSettings } from '../plumbing/config/worktree-settings.js'
import { type IndexEntry, type StatData, statDataOf } from '../plumbing/index/entry.js'
import { fileMode } from '../plumbing/objects/parse.js'
import { isStoredAs, type StoredComparison } from './conversions.js'
import type { Folder } from './folder.js'

export interface Comparison extends StoredComparison {
  folder: Folder
  settings: WorktreeSettings
  /**
   * Of the index file: an entry that is not older may have changed since, without a trace in its
   * stat data.
   */
  indexStat: StatData | null
}

const emptyBlob = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'

/** Whether a file differs from its index entry. walk.ts handles submodules. */
export async function isModified(
  comparison: Comparison,
  entry: IndexEntry,
  stats: BigIntStats | null,
): Promise<boolean> {
  if (stats === null || !hasMode(comparison.settings, entry.mode, stats)) return true
  const now = statDataOf(stats)
  const { settings, indexStat } = comparison
  const suspect = !sameStat(settings, entry, now) || isSmudged(entry)
  if (!suspect && !isRacy(entry, indexStat)) return false
  if (suspect && entry.size !== 0 && entry.size !== now.size) return true
  return !(await isStoredAs(comparison, entry.path, entry, stats))
}

/**
 * Whether a file certainly equals its entry, by its stat data only. That is true of nearly all
 * files, and does not need exact times. If the answer is no, ask `isModified`.
 */
export function isUntouched(
  { folder, settings, indexStat }: Comparison,
  entry: IndexEntry,
): boolean {
  const { mode } = entry
  if (mode !== fileMode.regular && mode !== fileMode.executable) return false
  if (isSmudged(entry) || isRacy(entry, indexStat)) return false
  const stats = folder.glance(entry.path)
  if (!stats?.isFile()) return false
  return (
    (!settings.fileMode || (stats.mode & 0o100) === (mode & 0o100)) &&
    stats.size === entry.size &&
    stats.mtimeMs === milliseconds(entry.mtimeSeconds, entry.mtimeNanoseconds) &&
    stats.ctimeMs === milliseconds(entry.ctimeSeconds, entry.ctimeNanoseconds) &&
    stats.ino >>> 0 === entry.ino &&
    stats.uid === entry.uid &&
    stats.gid === entry.gid
  )
}

/** Computes times as node does for `Stats`, so that equal times are equal numbers. */
const milliseconds = (seconds: number, nanoseconds: number) => seconds * 1000 + nanoseconds / 1e6

/** Whether a file has the type and executable bit of a git mode. */
export function hasMode(settings: WorktreeSettings, mode: number, stats: BigIntStats): boolean {
  if (mode === fileMode.symlink) {
    return stats.isSymbolicLink() || (!settings.symlinks && stats.isFile())
  }
  if (!stats.isFile()) return false
  return !settings.fileMode || isExecutable(stats) === (mode === fileMode.executable)
}

const isExecutable = (stats: BigIntStats) => (stats.mode & 0o100n) !== 0n

/** Compares as git does; `dev` does not count, because it changes on network file systems. */
export function sameStat(settings: WorktreeSettings, entry: StatData, now: StatData): boolean {
  if (entry.mtimeSeconds !== now.mtimeSeconds || entry.size !== now.size) return false
  if (settings.minimalStat) return true
  if (entry.mtimeNanoseconds !== now.mtimeNanoseconds) return false
  if (entry.ino !== now.ino || entry.uid !== now.uid || entry.gid !== now.gid) return false
  return (
    !settings.trustCtime ||
    (entry.ctimeSeconds === now.ctimeSeconds && entry.ctimeNanoseconds === now.ctimeNanoseconds)
  )
}

/** git sets the size to 0 if an entry's stat data can't be trusted. */
const isSmudged = (entry: IndexEntry) => entry.size === 0 && entry.oid !== emptyBlob

/**
 * Whether the file may have changed after its stat data was recorded, within the clock tick in
 * which the index was written.
 *
 * @see https://git-scm.com/docs/racy-git
 */
export function isRacy(entry: StatData, index: StatData | null): boolean {
  if (index === null) return true
  if (entry.mtimeSeconds !== index.mtimeSeconds) return entry.mtimeSeconds > index.mtimeSeconds
  return entry.mtimeNanoseconds >= index.mtimeNanoseconds
}
