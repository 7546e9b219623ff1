import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/*
 * The one way to write a file so that nothing is lost: the bytes reach the disk first, then one
 * rename gives the file its name. After a kill or a power cut the file is either the old one or the
 * whole new one.
 */

export interface SyncedOptions {
  /** Permissions of a new file, before the umask; default 0o666. */
  mode?: number | undefined
  /** Fails with EEXIST if the file exists. */
  exclusive?: boolean | undefined
  /** Runs before the bytes are written: to set the owner, for example. */
  prepare?: ((file: FileHandle) => Promise<void>) | undefined
}

export interface ReplaceOptions extends SyncedOptions {
  /** The temporary file in the same folder. A failure removes it; a kill may leave it. */
  beside: string
  /**
   * Runs when the new file is on the disk and the old one still exists; if it throws, the old file
   * stays.
   */
  beforeRename?: (() => Promise<void>) | undefined
  /**
   * Waits until the new name is on the disk too. Without it a power cut may bring the whole old
   * file back, which is fine for data that the next run finds out again, and is what git does with
   * its refs.
   */
  syncFolder?: boolean | undefined
}

/** Where a file that can't be understood is kept when a new one takes its place. */
export const damagedPath = (path: string): string => `${path}.damaged`

/** Creates or replaces a file. @throws the error of the step that failed */
export async function replaceFile(
  path: string,
  data: string | Uint8Array,
  { beside, beforeRename, syncFolder: isFolderSynced = false, ...options }: ReplaceOptions,
): Promise<void> {
  try {
    await writeSynced(beside, data, options)
    await beforeRename?.()
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
  if (isFolderSynced) await syncFolder(dirname(path))
}

/**
 * Writes a file and waits until its bytes are on the disk. For paths that nobody reads yet, so no
 * rename is needed.
 */
export async function writeSynced(
  path: string,
  data: string | Uint8Array,
  { mode = 0o666, exclusive = false, prepare }: SyncedOptions = {},
): Promise<void> {
  const file = await open(path, exclusive ? 'wx' : 'w', mode)
  try {
    await prepare?.(file)
    await file.writeFile(data)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Waits until a folder's entries are on the disk. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/**
 * Writes a whole text file and creates its folder. Only one process may write at a time: hold a
 * lock.
 *
 * @param mode of the file, before the umask; default 0o666
 */
export async function writeWhole(path: string, text: string, mode = 0o666): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const part = partOf(path)
  await rm(part, { force: true })
  await replaceFile(path, text, { beside: part, mode, exclusive: true })
}

/** The temporary file beside `path`. A kill may leave it; the next write replaces it. */
export const partOf = (path: string): string => `${path}.new`
