import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { deflateSync, inflateSync } from 'node:zlib'

export interface LooseObject {
  type: 'blob' | 'tree' | 'commit' | 'tag'
  content: Buffer
}

const pathOf = (bare: string, oid: string) => join(bare, 'objects', oid.slice(0, 2), oid.slice(2))

/**
 * Writes a loose object without a process.
 * https://git-scm.com/book/en/v2/Git-Internals-Git-Objects#_object_storage
 */
export async function writeLoose(
  bare: string,
  type: LooseObject['type'],
  content: Buffer | string,
): Promise<string> {
  const body = Buffer.from(content)
  const bytes = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body])
  const oid = createHash('sha1').update(bytes).digest('hex')
  const path = pathOf(bare, oid)
  if (!(await isThere(path))) await replaceFile(path, deflateSync(bytes, { level: 1 }))
  return oid
}

/** null if the object is not loose: it is in a pack, or missing. */
export async function readLoose(bare: string, oid: string): Promise<LooseObject | null> {
  const deflated = await readFile(pathOf(bare, oid)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (deflated === null) return null
  const bytes = inflateSync(deflated)
  const end = bytes.indexOf(0)
  const [type] = bytes.toString('latin1', 0, end).split(' ') as [LooseObject['type']]
  return { type, content: bytes.subarray(end + 1) }
}

export interface LooseEntry {
  /** As in the tree: `40000` for a folder. */
  mode: string
  oid: string
}

/** The entries of a tree by name, in the tree's order. */
export function parseTree(content: Buffer): Map<string, LooseEntry> {
  const entries = new Map<string, LooseEntry>()
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(32, at)
    const end = content.indexOf(0, space)
    const oid = content.toString('hex', end + 1, end + 21)
    const mode = content.toString('latin1', at, space)
    entries.set(content.toString('utf8', space + 1, end), { mode, oid })
    at = end + 21
  }
  return entries
}

/** Replaces a file atomically: readers see the old content or the new one, never a part. */
export async function replaceFile(path: string, content: Buffer | string): Promise<void> {
  const beside = `${path}.${randomBytes(4).toString('hex')}`
  await mkdir(dirname(path), { recursive: true })
  await writeFile(beside, content)
  await rename(beside, path)
}

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )
