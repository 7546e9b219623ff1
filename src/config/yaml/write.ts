import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ConfigError, ConflictError } from '../../base/errors.js'
import { replaceFile } from '../../base/fs/durable-write.js'
import { hasCode } from '../../base/fs/read.js'
import { reasonOf } from '../../base/fs/system-error.js'

export interface Rewrite {
  path: string
  /** The file's content when the edit began; null if it did not exist. */
  before: string | null
  after: string
}

/**
 * Replaces a file atomically. A symbolic link stays, and its target is replaced. Owner and mode are
 * kept.
 *
 * @throws ConflictError if somebody else has changed the file since; ConfigError if it can't be
 *   written
 */
export async function rewrite({ path, before, after }: Rewrite): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    const target = (await orNull(realpath(path))) ?? path
    const like = await orNull(stat(target))
    await replaceFile(target, after, {
      beside: `${target}.${randomUUID()}.tmp`,
      mode: like ? like.mode & 0o7777 : 0o666,
      exclusive: true,
      prepare: async (file) => {
        if (like) await keepOwner(file, like)
      },
      beforeRename: () => assertUnchanged(path, target, before),
      syncFolder: true,
    })
  } catch (error) {
    if (error instanceof ConflictError) throw error
    throw new ConfigError(`${path}: can't be written: ${reasonOf(error)}`, { cause: error })
  }
}

async function assertUnchanged(path: string, target: string, before: string | null): Promise<void> {
  if ((await orNull(readFile(target, 'utf8'))) === before) return
  throw new ConflictError(`${path} was changed by somebody else in the meantime`, {
    hint: 'run the command again',
  })
}

/**
 * root may edit another user's file, which must still belong to that user; others can't change the
 * owner.
 */
async function keepOwner(file: FileHandle, like: { uid: number; gid: number; mode: number }) {
  const own = await file.stat()
  if (own.uid !== like.uid || own.gid !== like.gid) {
    await file.chown(like.uid, like.gid).catch((error: unknown) => {
      if (!hasCode(error, 'EPERM')) throw error
    })
  }
  await file.chmod(like.mode & 0o7777)
}

const orNull = <T>(reading: Promise<T>): Promise<T | null> =>
  reading.catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  })
