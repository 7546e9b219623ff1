import { type BigIntStats, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BytePath } from '../../plumbing/byte-path.js'
import { invalidate } from '../../plumbing/index/cache-tree.js'
import {
  compareEntries,
  createEntry,
  type IndexEntry,
  noStat,
  statDataOf,
} from '../../plumbing/index/entry.js'
import { writeIndexFile } from '../../plumbing/index/index-file.js'
import { fileMode } from '../../plumbing/objects/parse.js'
import type { Leaf } from '../../plumbing/objects/safe-tree.js'
import { isStoredAs } from '../conversions.js'
import { isRacy, sameStat } from '../file-state.js'
import { moveFolder } from './journal-file.js'
import type { PathPlace, PathState } from './path-state.js'
import type { Direction, MoveStep } from './steps.js'

/**
 * Updates the index to the end that the files have reached. The caller holds the index's lock.
 *
 * @param taken the steps that were applied: only their files have moved since `states` were read
 */
export async function moveIndex(
  place: PathPlace,
  states: PathState[],
  taken: MoveStep[],
  direction: Direction,
): Promise<void> {
  const end = direction === 'forward' ? 'to' : 'from'
  const arrived = new Set(taken.map(({ path }) => path))
  for (const { change, file } of states) if (file === end) arrived.add(change.path)
  const moved = new Map<BytePath, IndexEntry | null>()
  for (const { change, index, entry } of states) {
    if (index === 'other') continue
    const stats = arrived.has(change.path) ? place.folder.lstat(change.path) : null
    moved.set(change.path, movedEntry(change.path, change[end], stats, entry))
  }
  const kept = place.index.entries.filter(({ path }) => !moved.has(path))
  for (const entry of kept) {
    await smudgeIfChanged(place, entry)
    if (place.pacer.isDue) await place.pacer.rest()
  }
  const added = [...moved.values()].filter((entry) => entry !== null)
  const { cacheTree, resolveUndo } = place.index
  if (cacheTree !== null) for (const path of moved.keys()) invalidate(cacheTree, path)
  const file = join(moveFolder(place.gitDir), 'index')
  rmSync(file, { force: true })
  writeIndexFile(file, {
    entries: [...kept, ...added].sort(compareEntries),
    cacheTree,
    resolveUndo,
  })
  renameSync(file, join(place.gitDir, 'index'))
}

/**
 * git keeps `skip-worktree` when it updates an entry, and drops `assume-valid`.
 *
 * @param stats null if the file is not known to be this leaf: then git has to compare its content
 */
function movedEntry(
  path: BytePath,
  leaf: Leaf | null,
  stats: BigIntStats | null,
  old: IndexEntry | undefined,
): IndexEntry | null {
  if (leaf === null) return null
  const stat = stats === null ? noStat : statDataOf(stats)
  const entry = createEntry({ path, mode: leaf.mode, oid: leaf.oid, stat })
  return { ...entry, skipWorktree: old?.skipWorktree ?? false }
}

/**
 * The new index is younger than the old one, so a racy entry would no longer look racy. Like git,
 * sets its size to 0 if its file has in fact changed.
 */
async function smudgeIfChanged(place: PathPlace, entry: IndexEntry): Promise<void> {
  if (entry.stage !== 0 || entry.mode === fileMode.gitlink) return
  if (!isRacy(entry, place.indexStat)) return
  const stats = place.folder.lstat(entry.path)
  if (stats === null || !sameStat(place.settings, entry, statDataOf(stats))) return
  if (stats.isDirectory()) return
  if (!(await isStoredAs(place, entry.path, entry, stats))) entry.size = 0
}
