import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { StorePaths } from './paths.js'
import { differenceOf, isUntouched, readRecord } from './record.js'

/** A version that is needed no more. */
export interface Copy {
  tree: string
  record: string
}

/** Removes a copy; where somebody has worked in it, it goes to the trash instead. @returns where it is then */
export async function discard(
  { trash }: StorePaths,
  id: string,
  { tree, record }: Copy,
  time: string,
): Promise<string | null> {
  if (!existsSync(tree)) return null
  const known = await readRecord(record)
  if (known !== null && isUntouched(await differenceOf(tree, known.files))) {
    await rm(tree, { recursive: true, force: true })
    return null
  }
  const place = await freePlace(join(trash, time, 'plugins', id))
  await mkdir(dirname(place), { recursive: true })
  await rename(tree, place)
  return place
}

async function freePlace(path: string): Promise<string> {
  for (let count = 1; ; count++) {
    const place = count === 1 ? path : `${path}-${count}`
    if (!existsSync(place)) return place
  }
}
