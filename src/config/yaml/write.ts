import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ConfigError, ConflictError } from '../../base/errors.js'
import { replaceFile } from '../../base/fs/durable-write.js'
import { codeOf, hasCode } from '../../base/fs/read.js'

export interface Rewrite {
  path: string
  /** What the file was when the edit began; null where it was not there. */
  before: string | null
  after: string
}

/**
 * Puts a new text in a file's place, whole or not at all; a symbolic link stays, and the file it leads to is the one
 * that is written. Owner and mode are kept.
 *
 * @throws ConflictError where somebody else changed the file meanwhile; ConfigError where it can't be written.
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
      beforeRename: () => expectUnchanged(path, target, before),
      syncFolder: true,
    })
  } catch (error) {
    if (error instanceof ConflictError) throw error
    throw new ConfigError(`${path}: can't be written: ${codeOf(error) || error}`, { cause: error })
  }
}

async function expectUnchanged(path: string, target: string, before: string | null): Promise<void> {
  if ((await orNull(readFile(target, 'utf8'))) === before) return
  throw new ConflictError(`${path} was changed by somebody else meanwhile`, {
    hint: 'run the command again',
  })
}

/** The superuser may edit a file of somebody else's, who wants it back; others may not give a file away. */
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
