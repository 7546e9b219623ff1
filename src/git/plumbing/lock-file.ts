import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ConflictError } from '../../base/errors.js'
import { replaceFile } from '../../base/fs/durable-write.js'
import { entriesIn } from '../../base/fs/read.js'
import { isDead, type Liveness, readMark, takeMark } from '../../process/owner-mark.js'

/** The right to replace one file of a repository, until it is used or released. */
export interface FileLock {
  /** Replaces the file atomically and durably, and releases the lock. */
  commit(data: string | Uint8Array): Promise<void>
  /** Releases it unused; does nothing after `commit`. */
  release(): Promise<void>
}

/**
 * Takes `PATH.lock`, which git takes and respects too. Ours is an owner's mark (owner-mark.ts), so
 * a killed wizard's lock differs from git's and from a living wizard's.
 *
 * @see https://git-scm.com/docs/api-lockfile
 * @throws ConflictError if another process holds it
 */
export async function lockFile(path: string, liveness?: Liveness): Promise<FileLock> {
  const lock = `${path}.lock`
  if ((await takeMark(lock, liveness)) === null) return heldLock(path, lock)
  throw new ConflictError(`${lock} exists: another process is changing this repository`, {
    hint: 'wait until it ends; after a crash, remove the file',
  })
}

function heldLock(path: string, lock: string): FileLock {
  let held = true
  const release = async () => {
    if (held) await rm(lock, { force: true })
    held = false
  }
  return {
    release,
    async commit(data) {
      // It ends in .lock because git reads any other name in refs/ as a ref, and no ref's lock has
      // this name.
      const temporary = `${lock}.new.lock`
      try {
        await replaceFile(path, data, { beside: temporary })
      } finally {
        await release()
      }
    },
  }
}

const lockEnding = /\.lock(?:\.new\.lock)?$/

/**
 * Removes the locks of killed wizards and their temporary files. git would stop at such a lock
 * until somebody removes it.
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
  for (const entry of await entriesIn(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && deep) locks.push(...(await locksIn(path, deep)))
    else if (!entry.isDirectory() && lockEnding.test(entry.name)) locks.push(path)
  }
  return locks
}
