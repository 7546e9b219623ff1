import { createReadStream, existsSync } from 'node:fs'
import { link, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { crypto } from '../../base/builtin.js'
import { hasCode } from '../../base/fs/read.js'
import { LfsObjects } from './objects.js'
import type { LfsPointer } from './pointer.js'

/**
 * Links objects that another clone on this disk has, after a look at their bytes. git-lfs too only
 * adds and removes such files, so two clones can share one. What can't be linked is left out.
 *
 * @param peers the `.git` folders of clones whose content this one may have
 */
export async function linkFromPeers(
  peers: string[],
  objects: LfsObjects,
  missing: LfsPointer[],
): Promise<void> {
  const stores = peers
    .map((gitDir) => new LfsObjects(gitDir, null))
    .filter(({ folder }) => existsSync(join(folder, 'objects')))
  if (stores.length === 0) return
  for (const pointer of missing) {
    const store = stores.find((one) => one.has(pointer))
    if (store === undefined || pointer.size === 0) continue
    const [from, to] = [store.pathOf(pointer), objects.pathOf(pointer)]
    if ((await contentHash(from)) !== pointer.oid) continue
    await mkdir(dirname(to), { recursive: true })
    await link(from, to).catch((error: unknown) => {
      // Another disk, a file system without links, somebody else's file, or too many links.
      const mayNot = ['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK', 'EEXIST', 'ENOENT']
      if (!hasCode(error, ...mayNot)) throw error
    })
  }
}

/** @returns null if the file is gone */
async function contentHash(path: string): Promise<string | null> {
  const hash = crypto().createHash('sha256')
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk)
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES')) return null
    throw error
  }
  return hash.digest('hex')
}
