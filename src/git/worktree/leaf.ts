import { type BigIntStats, closeSync, fstatSync, lstatSync, openSync, symlinkSync } from 'node:fs'
import { writeAll } from '../../base/fs/read.js'
import type { LargeBlob } from '../plumbing/objects/object.js'
import { fileMode } from '../plumbing/objects/parse.js'
import type { ObjectStore } from '../plumbing/objects/store.js'
import type { Leaf } from '../plumbing/tree/safe-tree.js'
import type { WorktreeSettings } from './settings.js'

/**
 * Makes the file or the symlink that a leaf of a tree is, where nothing is yet, as the umask allows.
 *
 * @returns what it looks like now
 * @throws MissingObjectError, CorruptObjectError; a large file may then be there in part
 */
export async function writeLeaf(
  store: ObjectStore,
  { symlinks }: WorktreeSettings,
  { mode, oid }: Leaf,
  path: string | Buffer,
): Promise<BigIntStats> {
  if (mode === fileMode.symlink && symlinks) {
    const { data } = await store.read(oid)
    symlinkSync(data, path)
    return lstatSync(path, { bigint: true })
  }
  const blob = await store.open(oid)
  const fd = openSync(path, 'wx', mode === fileMode.executable ? 0o777 : 0o666)
  try {
    if ('data' in blob) writeAll(fd, blob.data)
    else await writePieces(fd, blob)
    return fstatSync(fd, { bigint: true })
  } finally {
    closeSync(fd)
  }
}

async function writePieces(fd: number, { pieces }: LargeBlob): Promise<void> {
  for await (const piece of pieces) writeAll(fd, piece)
}
