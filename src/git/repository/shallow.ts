import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readTextIfThere } from '../../base/fs/read.js'
import { isOid } from '../../base/names/ref.js'
import type { Liveness } from '../../process/owner-mark.js'
import { lockFile } from '../plumbing/lock-file.js'
import type { Oid } from '../plumbing/objects/object.js'

/**
 * The commits at which this repository's history ends although they have parents; empty if it is
 * complete.
 *
 * @see https://git-scm.com/docs/shallow
 */
export async function readShallow(gitDir: string): Promise<Set<Oid>> {
  const text = readTextIfThere(join(gitDir, 'shallow')) ?? ''
  return new Set(text.split('\n').filter(isOid))
}

/** @throws ConflictError if another process holds the file's lock */
export async function writeShallow(
  gitDir: string,
  shallow: Set<Oid>,
  liveness?: Liveness,
): Promise<void> {
  const path = join(gitDir, 'shallow')
  const lock = await lockFile(path, liveness)
  try {
    if (shallow.size === 0) await rm(path, { force: true })
    else
      await lock.commit(
        [...shallow]
          .sort()
          .map((oid) => `${oid}\n`)
          .join(''),
      )
  } finally {
    await lock.release()
  }
}
