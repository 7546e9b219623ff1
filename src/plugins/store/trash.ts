import { existsSync } from 'node:fs'
import { cp, mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CommonEvent, Emit } from '../../base/call.js'
import type { Clock } from '../../base/clock.js'
import { hasCode } from '../../base/fs/read.js'
import { assertInside } from '../../config/locate/root.js'
import type { StorePaths } from './paths.js'
import { differenceOf, isAsRecorded, readRecord } from './record.js'

/** The time as the name of a folder in the trash. */
export const timeOf = (clock: Clock): string =>
  new Date(clock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '')

/** @param places of copies that contain changed files */
export function reportKept(emit: Emit<CommonEvent>, places: string[]): void {
  for (const place of places) {
    emit({ type: 'warning', message: `changed files of a plugin were moved to ${place}` })
  }
}

/** A version, and the record of its files. */
export interface Copy {
  tree: string
  record: string
}

/** Whether all files are unchanged, as far as that can be known. */
export async function isAsInstalled({ tree, record }: Copy): Promise<boolean> {
  try {
    const known = await readRecord(record)
    return known !== null && isAsRecorded(await differenceOf(tree, known.files))
  } catch (error) {
    // An unreadable file may be somebody's work.
    if (hasCode(error, 'EACCES', 'EPERM', 'EIO')) return false
    throw error
  }
}

/**
 * Moves a copy with changed files to the trash; leaves any other.
 *
 * @returns its new path, or null
 */
export async function rescue(
  { root, trash }: StorePaths,
  id: string,
  copy: Copy,
  time: string,
): Promise<string | null> {
  if (!existsSync(copy.tree) || (await isAsInstalled(copy))) return null
  const place = freePlace(join(trash, time, 'plugins', id))
  await assertInside(root, dirname(place))
  await mkdir(dirname(place), { recursive: true })
  await move(copy.tree, place)
  return place
}

function freePlace(path: string): string {
  for (let count = 1; ; count++) {
    const place = count === 1 ? path : `${path}-${count}`
    if (!existsSync(place)) return place
  }
}

/**
 * If the plugins are on another file system, copies it; the original goes with the discarded files.
 */
async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (!hasCode(error, 'EXDEV')) throw error
    await cp(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })
  }
}
