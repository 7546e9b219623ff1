import { existsSync } from 'node:fs'
import { link } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeFolders } from '../../base/fs/make-folders.js'
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
    if (store === undefined || !(await store.isIntact(pointer))) continue
    const [from, to] = [store.pathOf(pointer), objects.pathOf(pointer)]
    await makeFolders(dirname(to))
    await link(from, to).catch((error: unknown) => {
      // Another disk, a file system without links, somebody else's file, or too many links.
      const mayNot = ['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK', 'EEXIST', 'ENOENT']
      if (!hasCode(error, ...mayNot)) throw error
    })
  }
}
