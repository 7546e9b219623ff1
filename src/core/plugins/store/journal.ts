import { existsSync, renameSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { ConflictError } from '../../errors.js'
import { hasCode } from '../../files.js'
import { partOf, writeWhole } from '../../whole-file.js'
import { isPluginId } from '../manifest/id.js'
import { type LockEntry, readLock, toLockEntry, writeLock } from './lock-file.js'
import type { StorePaths } from './paths.js'
import { discard } from './trash.js'

const journal = z.object({
  id: z.string().refine(isPluginId),
  /** The name of a folder in `staging`, with `new` and `new.json` where something is installed. */
  work: z.string().regex(/^[\w.-]+$/),
  /** null: it is removed. */
  entry: z.custom<LockEntry>((value) => typeof toLockEntry(value) !== 'string').nullable(),
})

/** What is put in a plugin's place, or that it goes. */
export type Journal = z.output<typeof journal>

/**
 * Puts a version that is built whole in its place, or takes one away. From the journal's writing on it happens whatever
 * comes between: a run that was killed is finished by the next one.
 */
export async function carryOut(paths: StorePaths, what: Journal, time: string): Promise<void> {
  await writeWhole(paths.journal, `${JSON.stringify(what)}\n`)
  await finish(paths, what, time)
}

/** Finishes what a kill broke off; whoever calls it holds the lock. */
export async function recover(paths: StorePaths, time: string): Promise<void> {
  const what = await readJournal(paths.journal)
  if (what !== null) await finish(paths, what, time)
  await rm(paths.staging, { recursive: true, force: true })
  for (const file of [paths.journal, paths.state, paths.lockFile]) {
    await rm(partOf(file), { force: true })
  }
}

async function readJournal(path: string): Promise<Journal | null> {
  try {
    return journal.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}

/** Each step does nothing where it was done before. */
async function finish(paths: StorePaths, { id, work, entry }: Journal, time: string) {
  const at = (...parts: string[]) => join(paths.staging, work, ...parts)
  const record = join(paths.records, `${id}.json`)
  swap(join(paths.plugins, id), { fresh: at('new'), old: at('old'), removing: entry === null })
  await swapRecords(record, {
    fresh: at('new.json'),
    old: at('old.json'),
    removing: entry === null,
  })
  await changeLock(paths.lockFile, id, entry)
  if (entry !== null) await keepPrevious(paths, id, at)
  else await moveIfThere(join(paths.previous, id), at('dropped'))
  await rm(paths.journal, { force: true })
  if (entry === null) await discard(paths, id, { tree: at('old'), record: at('old.json') }, time)
  const dropped = { tree: at('dropped', 'tree'), record: at('dropped', 'record.json') }
  await discard(paths, id, dropped, time)
  await rm(at(), { recursive: true, force: true })
}

interface Swap {
  fresh: string
  old: string
  removing: boolean
}

/** No system call swaps two folders everywhere: between these two calls, without a pause, the place is empty. */
function swap(place: string, { fresh, old, removing }: Swap): void {
  if (!removing && !existsSync(fresh)) return
  try {
    if (existsSync(place) && !existsSync(old)) renameSync(place, old)
    if (!removing) renameSync(fresh, place)
  } catch (cause) {
    if (!hasCode(cause, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EISDIR')) throw cause
    throw new ConflictError(`${place}: something was put there meanwhile`, {
      hint: 'move it away and run the command again: it is finished then',
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

async function changeLock(path: string, id: string, entry: Journal['entry']): Promise<void> {
  const lock = readLock(path)
  if (entry === null) lock.entries.delete(id)
  else lock.entries.set(id, entry)
  await writeLock(path, lock)
}

/** What was there is the version before; the one before that goes. */
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

/** @throws the system's error where both are there */
async function moveIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

/** The name of a folder of its own in `staging`. */
export const workName = (id: string, unique: string): string => basename(`${id}-${unique}`)
