import type { BigIntStats } from 'node:fs'
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { LfsFile } from '../../lfs/content.js'
import { formatPointer, longestPointer, parsePointer } from '../../lfs/pointer.js'
import { type BytePath, parentsOf } from '../../plumbing/byte-path.js'
import type { IndexEntry } from '../../plumbing/index/entry.js'
import { lockFile } from '../../plumbing/lock-file.js'
import { hashObject } from '../../plumbing/objects/object.js'
import { operationInProgress } from '../../repository/open.js'
import { type Conversions, forCheckin, isStoredAs, lookupIn } from '../conversions.js'
import { hasMode } from '../file-state.js'
import type { BringContent } from '../lfs-files.js'
import { applySteps } from './apply.js'
import { hasJournal, moveFolder, removeJournal } from './journal-file.js'
import { moveIndex } from './new-index.js'
import { folderCheck, type PathPlace, type PathState } from './path-state.js'
import { type MovingRepository, openPlace } from './repository.js'

/** Of the files that lay in a work tree as pointers. */
export interface FilledIn {
  /** How many have their content now. */
  filled: number
  /** How many are pointers still. */
  left: number
}

/**
 * Gives the files that lie in the work tree as unchanged pointers of Git LFS their content. A kill
 * leaves each of them as either, and both are what the index has.
 *
 * @param bring null: content is not wanted, and the pointers are only counted
 * @throws what `bring` throws, with nothing changed; ConflictError if another process is at work
 *   there; BlockedError (`dirty`) if a file is changed meanwhile
 */
export async function fillInContent(
  request: MovingRepository,
  bring: BringContent | null,
): Promise<FilledIn> {
  const waiting = await pointersIn(openPlace(request))
  if (waiting.length === 0) return { filled: 0, left: 0 }
  const none = { filled: 0, left: waiting.length }
  if (bring === null || operationInProgress(request.gitDir) !== null) return none
  const { lfs } = conversionsOf(openPlace(request))
  await bring(waiting, lfs)
  const ready = waiting.filter(({ pointer }) => lfs.has(pointer))
  if (ready.length === 0) return none
  const filled = await putContent(request, new Set(ready.map(({ path }) => path)))
  return { filled, left: waiting.length - filled }
}

const conversionsOf = (place: PathPlace): Conversions =>
  forCheckin(place, lookupIn(place.index.entries))

async function putContent(request: MovingRepository, wanted: Set<BytePath>): Promise<number> {
  const { gitDir, liveness } = request
  const lock = await lockFile(join(gitDir, 'index'), liveness)
  try {
    if (hasJournal(gitDir)) return 0
    // Looked at again: somebody may have changed them during the download.
    const place = openPlace(request)
    const files = (await pointersIn(place)).filter(({ path }) => wanted.has(path))
    mkdirSync(moveFolder(gitDir))
    try {
      await replace(place, files)
    } finally {
      removeJournal(gitDir)
    }
    return files.length
  } finally {
    await lock.release()
  }
}

async function replace(place: PathPlace, files: PointerFile[]): Promise<void> {
  const moves = files.map(({ path, entry, stats }) => {
    const leaf = { mode: entry.mode, oid: entry.oid }
    const change = { path, from: leaf, to: leaf }
    const state: PathState = { change, entry, index: 'from', file: 'from', stats }
    return { state, step: { path, current: leaf, want: leaf, stats } }
  })
  const steps = moves.map(({ step }) => step)
  const states = moves.map(({ state }) => state)
  // After a kill the size of a pointer would make its content look like an edit. Without stat data
  // the file itself is compared.
  await moveIndex(place, states, [], 'forward')
  await applySteps({ place, conversions: conversionsOf(place), steps })
  for (const { path, stats } of files)
    chmodSync(place.folder.at(path), Number(stats.mode & 0o7777n))
  await moveIndex(place, states, steps, 'forward')
}

interface PointerFile extends LfsFile {
  entry: IndexEntry
  stats: BigIntStats
}

/** The files that lie there as the pointers that the index has. */
async function pointersIn(place: PathPlace): Promise<PointerFile[]> {
  const conversions = conversionsOf(place)
  const isFolder = folderCheck(place)
  const found: PointerFile[] = []
  for (const entry of place.index.entries) {
    if (place.pacer.isDue) await place.pacer.rest()
    if (!(await mayBePointer(conversions, entry))) continue
    const file = parentsOf(entry.path).every(isFolder) ? pointerAt(place, entry) : null
    if (file !== null && (await isUnchanged(place, file))) found.push(file)
  }
  return found
}

/** Of a pointer in another spelling git-lfs would not make the same blob: its file would look changed. */
async function isUnchanged(place: PathPlace, { path, pointer, entry, stats }: PointerFile) {
  // Its content can't be had, so its spelling does not matter.
  const isUsual =
    pointer.isExtended || hashObject('blob', Buffer.from(formatPointer(pointer))) === entry.oid
  return isUsual && (await isStoredAs(place, path, entry, stats))
}

async function mayBePointer(conversions: Conversions, entry: IndexEntry): Promise<boolean> {
  const isThere = entry.stage === 0 && !entry.skipWorktree && !entry.intentToAdd
  return isThere && (await conversions.of(entry.path)).isLfs
}

function pointerAt({ folder, settings }: PathPlace, entry: IndexEntry): PointerFile | null {
  const { path, mode } = entry
  const stats = folder.lstat(path)
  if (!stats?.isFile() || stats.size >= longestPointer || !hasMode(settings, mode, stats))
    return null
  const pointer = parsePointer(folder.read(path))
  return pointer && { path, pointer, entry, stats }
}
