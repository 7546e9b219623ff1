import { createReadStream, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { crypto } from '../../base/builtin.js'
import { hasCode } from '../../base/fs/read.js'
import type { LfsPointer } from './pointer.js'

/** The content of Git LFS that a repository has here, one file an object, as git-lfs keeps it. */
export class LfsObjects {
  /** Absolute; may not exist. */
  readonly folder: string

  /** @param storage `lfs.storage` of git's configuration; null: the usual folder in `gitDir` */
  constructor(gitDir: string, storage: string | null) {
    const named = storage ?? 'lfs'
    this.folder = isAbsolute(named) ? named : join(gitDir, named)
  }

  /** Where the file of an object is, or will be. */
  pathOf({ oid }: LfsPointer): string {
    return join(this.folder, 'objects', oid.slice(0, 2), oid.slice(2, 4), oid)
  }

  /** Whether it is there; as for git-lfs, a file of another size does not count. */
  has(pointer: LfsPointer): boolean {
    if (pointer.isExtended) return false
    if (pointer.size === 0) return true
    const stats = statSync(this.pathOf(pointer), { throwIfNoEntry: false })
    return stats?.isFile() === true && stats.size === pointer.size
  }

  /** Whether it is there and its bytes are right, which are all read. */
  async isIntact(pointer: LfsPointer): Promise<boolean> {
    if (pointer.size === 0) return this.has(pointer)
    return this.has(pointer) && (await contentHash(this.pathOf(pointer))) === pointer.oid
  }
}

/** SHA-256; null if the file is gone, or nobody may read it. */
async function contentHash(path: string): Promise<string | null> {
  const hash = crypto().createHash('sha256')
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk)
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES')) return null
    throw error
  }
  return hash.digest('hex')
}
