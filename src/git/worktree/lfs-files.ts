import type { LfsFile } from '../lfs/content.js'
import type { LfsObjects } from '../lfs/objects.js'
import { readPointer } from '../lfs/pointer.js'
import type { BytePath } from '../plumbing/byte-path.js'
import { fileMode } from '../plumbing/objects/parse.js'
import type { Leaf } from '../plumbing/objects/safe-tree.js'
import type { ObjectStore } from '../plumbing/objects/store.js'
import type { Conversions } from './conversions.js'

/** Puts the content of files, as far as it is wanted, where checkouts look for it. */
export type BringContent = (files: LfsFile[], objects: LfsObjects) => Promise<void>

interface Place {
  store: ObjectStore
  conversions: Conversions
}

/** The leaves whose attributes say Git LFS, and whose blob is a pointer. */
export async function lfsFilesAmong(
  { store, conversions }: Place,
  leaves: Iterable<Leaf & { path: BytePath }>,
): Promise<LfsFile[]> {
  const files: LfsFile[] = []
  for (const { path, mode, oid } of leaves) {
    if (mode !== fileMode.regular && mode !== fileMode.executable) continue
    if (!(await conversions.of(path)).isLfs) continue
    const pointer = await readPointer(store, oid)
    if (pointer !== null) files.push({ path, pointer })
  }
  return files
}
