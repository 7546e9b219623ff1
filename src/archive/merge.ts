import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { ConflictError } from '../base/errors.js'
import { hasCode, lstatOrNull } from '../base/fs/read.js'
import type { UnpackPlan } from './plan.js'

/**
 * Moves unpacked files into a folder that may hold others: those stay, and a file is replaced only
 * by one of the same path. Everything is checked before the first file moves.
 *
 * @throws ConflictError if something other than a folder is where a folder goes, also a symlink,
 *   which may lead anywhere; or a folder where a file goes
 */
export async function mergeInto(from: string, to: string, plan: UnpackPlan): Promise<void> {
  await assertFits(to, plan)
  for (const folder of plan.folders) {
    await mkdir(join(to, folder)).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error
    })
  }
  for (const { path } of plan.files) await rename(join(from, path), join(to, path))
}

async function assertFits(to: string, { folders, files }: UnpackPlan): Promise<void> {
  for (const folder of ['', ...folders]) {
    const there = await lstatOrNull(join(to, folder))
    if (there !== null && !there.isDirectory()) throw inTheWay(join(to, folder), 'is not a folder')
  }
  for (const { path } of files) {
    const there = await lstatOrNull(join(to, path))
    if (there?.isDirectory()) throw inTheWay(join(to, path), 'is a folder')
  }
}

const inTheWay = (path: string, what: string) =>
  new ConflictError(`${path} ${what}, so it is not replaced`, {
    hint: ['move it away, or choose another ', { flag: 'dir' }],
  })
