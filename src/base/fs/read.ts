import { type Dirent, readFileSync, type Stats, writeSync } from 'node:fs'
import { lstat, readdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Whether an error of node:fs has one of these codes. */
export const hasCode = (error: unknown, ...codes: string[]): boolean =>
  codes.includes(codeOf(error))

/** The system's code of an error (`ENOENT`); empty if it has none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''

/** Whether anything exists at a path; a dangling symlink counts. */
export async function existsAt(path: string): Promise<boolean> {
  return (await lstatOrNull(path)) !== null
}

/** `lstat`; null if nothing exists there. */
export async function lstatOrNull(path: string): Promise<Stats | null> {
  try {
    return await lstat(path)
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null
    throw error
  }
}

/** The names in a folder; empty if the folder does not exist. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}

/** The same with what each is: a file, a folder, a symlink. */
export async function entriesIn(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}

/**
 * The text of a small file; null if it does not exist. Synchronous, because a read from the page
 * cache takes a tenth of the time of a promise.
 */
export function readTextIfThere(path: string | Buffer): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return null
    throw error
  }
}

/**
 * Writes all of `data`; one `write` may take less. Synchronous, because a write to the page cache
 * is quicker than the thread pool.
 */
export function writeAll(fd: number, data: Uint8Array): void {
  for (let at = 0; at < data.length; ) at += writeSync(fd, data, at)
}

/**
 * Removes a folder that contains only empty folders. Leaves any other folder, and files, untouched.
 */
export async function removeEmptyFolders(path: string): Promise<void> {
  try {
    await rmdir(path)
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error
    const entries = await readdir(path, { withFileTypes: true })
    if (!entries.every((entry) => entry.isDirectory())) return
    for (const entry of entries) await removeEmptyFolders(join(path, entry.name))
    await rmdir(path).catch((again: unknown) => {
      if (!hasCode(again, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw again
    })
  }
}
