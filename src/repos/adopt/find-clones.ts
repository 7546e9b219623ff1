import { join } from 'node:path'
import { entriesIn, existsAt, hasCode } from '../../base/fs/read.js'

/** A folder that a scan stops at. */
export interface FoundFolder {
  /** Absolute. */
  path: string
  /** false: the system does not let us see what is in it. */
  readable: boolean
}

export interface CloneSearch {
  /** Levels of folders below the first one; 1: its own children. */
  depth: number
  signal?: AbortSignal | undefined
}

/**
 * The git repositories below a folder, sorted by path: work trees, and bare ones. Looks neither into
 * a repository, nor into `node_modules` and hidden folders, and follows no symbolic link. Reads no
 * file.
 */
export async function findClones(folder: string, options: CloneSearch): Promise<FoundFolder[]> {
  const found: FoundFolder[] = []
  await scan(folder, options, found)
  return found
}

async function scan(
  folder: string,
  { depth, signal }: CloneSearch,
  found: FoundFolder[],
): Promise<void> {
  signal?.throwIfAborted()
  for (const name of await subfoldersOf(folder, found)) {
    const path = join(folder, name)
    if (await isRepository(path)) found.push({ path, readable: true })
    else if (depth > 1 && !name.startsWith('.'))
      await scan(path, { depth: depth - 1, signal }, found)
  }
}

/** Wizard's own folders hold its trash, and clones that are not whole yet. */
const isLeftOut = (name: string) => /^(?:\.git|\.wizard.*|node_modules)$/i.test(name)

async function subfoldersOf(folder: string, found: FoundFolder[]): Promise<string[]> {
  try {
    return (await entriesIn(folder))
      .filter((entry) => entry.isDirectory() && !isLeftOut(entry.name))
      .map(({ name }) => name)
      .sort()
  } catch (error) {
    if (!hasCode(error, 'EACCES', 'EPERM')) throw error
    found.push({ path: folder, readable: false })
    return []
  }
}

async function isRepository(path: string): Promise<boolean> {
  try {
    return (await existsAt(join(path, '.git'))) || (await isBare(path))
  } catch (error) {
    // The scan reports it when it looks for folders in it.
    if (hasCode(error, 'EACCES', 'EPERM')) return false
    throw error
  }
}

/** https://git-scm.com/docs/gitrepository-layout */
export async function isBare(path: string): Promise<boolean> {
  for (const part of ['HEAD', 'objects', 'refs'])
    if (!(await existsAt(join(path, part)))) return false
  return true
}
