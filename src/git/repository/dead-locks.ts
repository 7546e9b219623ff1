import type { Dirent } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '../../base/fs/read.js'
import { isDead, type Liveness, readMark } from '../../process/owner-mark.js'
import { lockFile } from './lock-file.js'

const lockEnding = /\.lock(?:\.new\.lock)?$/

/**
 * Removes the locks of killed wizards, and what they had written under them: git would stop at such a lock until
 * somebody removes it.
 */
export async function clearDeadLocks(gitDir: string, liveness: Liveness): Promise<void> {
  const found = [...(await locksIn(gitDir, false)), ...(await locksIn(join(gitDir, 'refs'), true))]
  for (const locked of new Set(found.map((path) => path.replace(lockEnding, '')))) {
    const isLeft = (await readMark(`${locked}.lock`)) === 'gone'
    if (!isLeft && !(await isDead(`${locked}.lock`, liveness))) continue
    const lock = await lockFile(locked, liveness)
    try {
      await rm(`${locked}.lock.new.lock`, { force: true })
    } finally {
      await lock.release()
    }
  }
}

async function locksIn(folder: string, deep: boolean): Promise<string[]> {
  const locks: string[] = []
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && deep) locks.push(...(await locksIn(path, deep)))
    else if (!entry.isDirectory() && lockEnding.test(entry.name)) locks.push(path)
  }
  return locks
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}
