import { existsSync, renameSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod/mini'
import { ConflictError } from '../../base/errors.js'
import { partOf, writeWhole } from '../../base/fs/durable-write.js'
import { hasCode } from '../../base/fs/read.js'
import { isPluginId } from '../manifest/id.js'
import { type LockEntry, readLock, toLockEntry, writeLock } from './lock-file.js'
import type { StorePaths } from './paths.js'
import { type Copy, rescue } from './trash.js'

const journal = z.object({
  id: z.string().check(z.refine(isPluginId)),
  /** A folder in `staging`, which contains `new` and `new.json` if something is installed. */
  work: z.string().check(z.regex(/^\w[\w.-]*$/)),
  /** null: the plugin is removed. */
  entry: z.nullable(z.custom<LockEntry>((value) => typeof toLockEntry(value) !== 'string')),
})

/** The installation or removal of a plugin. */
export type PluginJournal = z.output<typeof journal>

/**
 * Puts a complete version in its place, or removes one. Once the journal is written, the change
 * will happen: after a kill the next run finishes it.
 *
 * @returns the copies that contain changed files
 */
export async function applyJournal(
  paths: StorePaths,
  what: PluginJournal,
  time: string,
): Promise<string[]> {
  await writeWhole(paths.journal, `${JSON.stringify(what)}\n`)
  try {
    return await finish(paths, what, time)
  } catch (error) {
    const [fresh, old] = ['new', 'old'].map((name) => join(paths.staging, what.work, name))
    const place = what.entry === null ? join(paths.plugins, what.id) : fresh
    // Nothing was moved yet: everything stays as it was.
    if (existsSync(place ?? '') && !existsSync(old ?? '')) await rm(paths.journal, { force: true })
    throw error
  }
}

/**
 * Finishes a change that a kill interrupted; the caller holds the lock.
 *
 * @returns as `applyJournal`
 */
export async function recoverStore(paths: StorePaths, time: string): Promise<string[]> {
  const what = await readJournal(paths.journal)
  const kept = what === null ? [] : await finish(paths, what, time)
  await clearStaging(paths)
  for (const file of [paths.journal, paths.state, paths.lockFile]) {
    await rm(partOf(file), { force: true })
  }
  return kept
}

/** Removes unfinished builds, unless a journal still needs them. */
export async function clearStaging({ journal, staging }: StorePaths): Promise<void> {
  if (!existsSync(journal)) await rm(staging, { recursive: true, force: true })
}

async function readJournal(path: string): Promise<PluginJournal | null> {
  try {
    return journal.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return null
    if (hasCode(cause, 'EACCES', 'EIO')) throw cause
    throw new ConflictError(`${path} is damaged: the interrupted change is unknown`, {
      hint: 'look into the folder staging beside it, then remove the file',
      cause,
    })
  }
}

/** Each step does nothing if it was done before. */
async function finish(
  paths: StorePaths,
  { id, work, entry }: PluginJournal,
  time: string,
): Promise<string[]> {
  const at = (...parts: string[]) => join(paths.staging, work, ...parts)
  const record = join(paths.records, `${id}.json`)
  swap(join(paths.plugins, id), { fresh: at('new'), old: at('old'), removing: entry === null })
  await swapRecords(record, {
    fresh: at('new.json'),
    old: at('old.json'),
    removing: entry === null,
  })
  const dropped = { tree: at('dropped', 'tree'), record: at('dropped', 'record.json') }
  const kept: string[] = []
  const discard = async (copy: Copy, gone: string) => {
    kept.push(...(await discardCopy(paths, { id, copy, gone: at(gone) }, time)))
  }
  if (entry === null) {
    await moveIfThere(join(paths.previous, id), at('dropped'))
    await discard(dropped, 'gone-before')
    // On a full disk this makes the room for the lock.
    await discard({ tree: at('old'), record: at('old.json') }, 'gone')
    await changeLock(paths.lockFile, id, entry)
  } else {
    await changeLock(paths.lockFile, id, entry)
    await keepPrevious(paths, id, at)
    await discard(dropped, 'gone-before')
  }
  // From here on the folder contains nobody's work.
  await rm(paths.journal, { force: true })
  await rm(at(), { recursive: true, force: true })
  return kept
}

/**
 * Moves a copy with changed files to the trash, and deletes any other.
 *
 * @param gone where it is deleted: after a kill, the rest of it must not look like changed files
 * @returns its path in the trash, if it is there
 */
async function discardCopy(
  paths: StorePaths,
  { id, copy, gone }: { id: string; copy: Copy; gone: string },
  time: string,
): Promise<string[]> {
  const kept = await rescue(paths, id, copy, time)
  if (kept === null && existsSync(copy.tree)) await rename(copy.tree, gone)
  await rm(gone, { recursive: true, force: true })
  return kept === null ? [] : [kept]
}

interface Swap {
  fresh: string
  old: string
  removing: boolean
}

/**
 * No portable system call swaps two folders: between these two calls the place is empty for a
 * moment.
 */
function swap(place: string, { fresh, old, removing }: Swap): void {
  if (!removing && !existsSync(fresh)) return
  try {
    if (existsSync(place) && !existsSync(old)) renameSync(place, old)
    if (!removing) renameSync(fresh, place)
  } catch (cause) {
    if (!hasCode(cause, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EISDIR')) throw cause
    throw new ConflictError(`${place}: something else appeared there in the meantime`, {
      hint: 'move it away and run the command again to finish',
      cause,
    })
  }
}

async function swapRecords(place: string, { fresh, old, removing }: Swap): Promise<void> {
  await mkdir(dirname(place), { recursive: true })
  if (!removing && !existsSync(fresh)) return
  if (!existsSync(old)) await moveIfThere(place, old)
  if (!removing) await rename(fresh, place)
}

async function changeLock(path: string, id: string, entry: PluginJournal['entry']): Promise<void> {
  const lock = readLock(path)
  if (entry === null) lock.entries.delete(id)
  else lock.entries.set(id, entry)
  await writeLock(path, lock)
}

/** The replaced version becomes the previous one; the one before it is deleted. */
async function keepPrevious(
  { previous }: StorePaths,
  id: string,
  at: (...parts: string[]) => string,
): Promise<void> {
  if (!existsSync(at('old')) && !existsSync(at('kept'))) return
  await mkdir(at('kept'), { recursive: true })
  await mkdir(previous, { recursive: true })
  await moveIfThere(at('old'), at('kept', 'tree'))
  await moveIfThere(at('old.json'), at('kept', 'record.json'))
  if (!existsSync(at('dropped'))) await moveIfThere(join(previous, id), at('dropped'))
  await rename(at('kept'), join(previous, id))
}

/** @throws the system's error if both exist */
async function moveIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

/** A unique folder name in `staging`. */
export const workName = (id: string, unique: string): string => basename(`${id}-${unique}`)
