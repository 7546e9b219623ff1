import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/*
 * The one way a file is written so that nothing is lost: its bytes are on the disk before it gets its name, and the name
 * is given at once. At any moment, a kill and a power cut too, it is as it was or whole.
 */

export interface SyncedOptions {
  /** Of a file that is made, less what the umask takes of it; default 0o666. */
  mode?: number | undefined
  /** Fails with EEXIST where something is there already. */
  exclusive?: boolean | undefined
  /** What is done to the file before its bytes are written: its owner, say. */
  prepare?: ((file: FileHandle) => Promise<void>) | undefined
}

export interface ReplaceOptions extends SyncedOptions {
  /** Where the new file is written first, in the same folder: a kill may leave it there. At a failure it is removed. */
  beside: string
  /** Called when the new file is on the disk and the old one is still there; what it throws leaves the old one. */
  beforeRename?: (() => Promise<void>) | undefined
  /**
   * Waits until the new name is on the disk too. Without it a power cut may bring the old file back, whole: enough for
   * what the next run finds out again, and what git does with its own refs.
   */
  syncFolder?: boolean | undefined
}

/** Puts a new file in the place of another, or where none was. @throws the error of the step that failed */
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

/** Writes a file and waits until its bytes are on the disk; in a place that nobody reads before, it need not be replaced. */
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

/** Waits until the names in a folder are on the disk. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/**
 * Puts a text in a file's place. Its folder is made. For one writer at a time: whoever holds a lock.
 *
 * @param mode of the file, default 0o666, of which the umask takes its part
 */
export async function writeWhole(path: string, text: string, mode = 0o666): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const part = partOf(path)
  await rm(part, { force: true })
  await replaceFile(path, text, { beside: part, mode, exclusive: true })
}

/** What a kill may leave beside a file; the next time it is written it goes. */
export const partOf = (path: string): string => `${path}.new`
