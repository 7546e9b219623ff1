import {
  type BigIntStats,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  symlinkSync,
} from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Pacer } from '../../base/async/pacer.js'
import { ConflictError } from '../../base/errors.js'
import { hasCode, writeAll } from '../../base/fs/read.js'
import { describePlace } from '../../base/fs/system-error.js'
import type { Liveness } from '../../process/owner-mark.js'
import type { GitProgress } from '../git.js'
import type { LfsObjects } from '../lfs/objects.js'
import { type LfsPointer, parsePointer } from '../lfs/pointer.js'
import { type BytePath, joinBytes, showPath } from '../plumbing/byte-path.js'
import {
  readWorktreeSettings,
  type UserEnvironment,
  type WorktreeSettings,
} from '../plumbing/config/worktree-settings.js'
import { largestConverted, toWorktree } from '../plumbing/convert/conversion.js'
import type { CacheTree } from '../plumbing/index/cache-tree.js'
import { createEntry, type IndexEntry, noStat, statDataOf } from '../plumbing/index/entry.js'
import { formatIndex } from '../plumbing/index/index-file.js'
import { lockFile } from '../plumbing/lock-file.js'
import type { GitObject, LargeBlob, Oid } from '../plumbing/objects/object.js'
import { fileMode } from '../plumbing/objects/parse.js'
import { type Leaf, readSafeTree, refuseEntry } from '../plumbing/objects/safe-tree.js'
import type { ObjectStore } from '../plumbing/objects/store.js'
import { type Conversions, forCheckout, lookupIn, noRules } from './conversions.js'
import { Folder } from './folder.js'
import { type BringContent, lfsFilesAmong } from './lfs-files.js'

export interface CheckoutRequest {
  store: ObjectStore
  /** Contains at most its `.git`. */
  dir: string
  gitDir: string
  /** A tree's id, not a commit's. */
  tree: Oid
  /** Locates the user's own git configuration; default: none. */
  env?: UserEnvironment | undefined
  liveness?: Liveness | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((progress: GitProgress) => void) | undefined
  /** Brings the content of pointers before the first file is written; without it pointers stay. */
  bringContent?: BringContent | undefined
}

/**
 * Writes every file of a tree into a new folder, and the index. Checks the whole tree before it
 * writes the first file. If it fails, the caller removes the folder.
 *
 * @throws PathError for an unsafe tree entry
 * @throws ConflictError if two entries are one file on this file system, or a path already exists
 */
export async function checkoutFresh(request: CheckoutRequest): Promise<void> {
  const { store, dir, gitDir, tree, env, signal, onProgress } = request
  const listing: Listing = { store, entries: [], folders: [], pacer: new Pacer(signal) }
  const cacheTree = await listTree(listing, tree, '')
  const { entries, folders, pacer } = listing
  const settings = readWorktreeSettings(gitDir, env)
  const folder = new Folder(dir)
  const conversions = forCheckout({ gitDir, folder, settings, store }, lookupIn(entries))
  const place = { folder, settings, store, conversions }
  await request.bringContent?.(await lfsFilesAmong(place, entries), conversions.lfs)
  for (const path of folders) {
    await make(entries, path, async () => mkdirSync(place.folder.at(path)))
  }
  let done = 0
  for (const entry of entries) {
    const stats = await writeEntry(place, listing, entry)
    if (stats !== null) Object.assign(entry, statDataOf(stats))
    onProgress?.({ phase: 'checkout', bytes: 0, done: ++done, total: entries.length })
    if (pacer.isDue) await pacer.rest()
  }
  const lock = await lockFile(join(gitDir, 'index'), request.liveness)
  await lock.commit(formatIndex({ entries, cacheTree, resolveUndo: null }))
}

/** A submodule's folder exists already. */
async function writeEntry(
  place: LeafPlace & { folder: Folder },
  { entries }: Listing,
  entry: IndexEntry,
): Promise<BigIntStats | null> {
  const { folder } = place
  const { path, mode } = entry
  if (mode === fileMode.gitlink) return folder.lstat(path)
  return make(entries, path, () => writeLeaf(place, entry, folder.at(path)))
}

interface Listing {
  store: ObjectStore
  /** In the index's order, which is also the trees'. */
  entries: IndexEntry[]
  /** Parents first, including the folders of submodules. */
  folders: BytePath[]
  pacer: Pacer
}

async function listTree(listing: Listing, oid: Oid, folder: BytePath): Promise<CacheTree> {
  const { store, entries, folders, pacer } = listing
  const before = entries.length
  const node: CacheTree = { count: 0, oid, folders: new Map() }
  for (const entry of await readSafeTree(store, oid, folder)) {
    const path = joinBytes(folder, entry.name)
    const isFile = entry.mode !== fileMode.folder && entry.mode !== fileMode.gitlink
    if (!isFile) folders.push(path)
    if (entry.mode === fileMode.folder) {
      const inside = await listTree(listing, entry.oid, path)
      node.folders.set(entry.name, inside)
      // As git, which makes only the folders of what it writes.
      if (inside.count === 0) folders.pop()
    } else {
      entries.push(createEntry({ path, mode: entry.mode, oid: entry.oid, stat: noStat }))
    }
  }
  if (pacer.isDue) await pacer.rest()
  node.count = entries.length - before
  return node
}

/** Replaces nothing: an existing file is another entry of the same tree, or not ours. */
async function make<T>(entries: IndexEntry[], path: BytePath, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!hasCode(error, 'EEXIST', 'ENOTDIR', 'EISDIR')) throw describePlace(error, showPath(path))
    const other = entries.find((entry) => entry.path !== path && sameName(entry.path, path))
    const by = other === undefined ? 'something else' : showPath(other.path)
    throw new ConflictError(`can't write ${showPath(path)}: ${by} is already there`, {
      hint: 'on a case-sensitive file system they are two files',
      cause: error,
    })
  }
}

/** Whether some file system treats two names as one: by case, or by the composition of accents. */
const sameName = (one: BytePath, other: BytePath) => folded(one) === folded(other)

const folded = (path: BytePath) =>
  Buffer.from(path, 'latin1').toString('utf8').normalize('NFC').toLowerCase()

export interface LeafPlace {
  store: ObjectStore
  settings: WorktreeSettings
  conversions: Conversions
}

/**
 * Creates the file or symlink of a tree's leaf at a free path; the umask applies.
 *
 * @returns its stat data
 * @throws MissingObjectError, CorruptObjectError; a large file may then be incomplete. PathError for
 *   a symlink that no system can hold
 */
export async function writeLeaf(
  { store, settings, conversions }: LeafPlace,
  { mode, oid, path: shown }: Leaf & { path: BytePath },
  path: string | Buffer,
): Promise<BigIntStats> {
  if (mode === fileMode.symlink && settings.symlinks) {
    const { data } = await store.read(oid)
    if (data.length === 0) refuseEntry(shown, 'its target is empty')
    if (data.includes(0)) refuseEntry(shown, 'its target contains a NUL byte')
    symlinkSync(data, path)
    return lstatSync(path, { bigint: true })
  }
  const blob = await store.open(oid)
  const isConverted = mode !== fileMode.symlink && sizeOf(blob) <= largestConverted
  const { conversion, isLfs } = isConverted ? await conversions.of(shown) : noRules
  const converted = conversion && toWorktree(await wholeOf(blob), oid, conversion)
  const fd = openSync(path, 'wx', mode === fileMode.executable ? 0o777 : 0o666)
  try {
    const bytes = converted ?? ('data' in blob ? blob.data : null)
    const pointer = isLfs && bytes !== null ? parsePointer(bytes) : null
    // Content that is not here leaves the pointer, as with git-lfs.
    if (pointer !== null && conversions.lfs.has(pointer)) {
      await copyContent(conversions.lfs, pointer, path, fd)
    } else if (bytes !== null) writeAll(fd, bytes)
    else if ('pieces' in blob) await writePieces(fd, blob)
    return fstatSync(fd, { bigint: true })
  } finally {
    closeSync(fd)
  }
}

/** Shares the blocks on a file system that can; the copy keeps the permissions of the new file. */
async function copyContent(
  lfs: LfsObjects,
  pointer: LfsPointer,
  to: string | Buffer,
  fd: number,
): Promise<void> {
  if (pointer.size === 0) return
  const { mode } = fstatSync(fd)
  await copyFile(lfs.pathOf(pointer), to, constants.COPYFILE_FICLONE)
  fchmodSync(fd, mode)
}

const sizeOf = (blob: GitObject | LargeBlob) => ('data' in blob ? blob.data.length : blob.size)

async function wholeOf(blob: GitObject | LargeBlob): Promise<Buffer> {
  if ('data' in blob) return blob.data
  const pieces: Buffer[] = []
  for await (const piece of blob.pieces) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function writePieces(fd: number, { pieces }: LargeBlob): Promise<void> {
  for await (const piece of pieces) writeAll(fd, piece)
}
