import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { type CacheTree, formatCacheTree } from './cache-tree.js'
import type { IndexEntry } from './entry.js'
import type { IndexFile } from './read.js'
import { paddedLength, StoredEntry } from './stored-entry.js'

export type IndexContent = Pick<IndexFile, 'entries' | 'cacheTree' | 'resolveUndo'>

/** The bytes of an index: version 2, or 3 where a flag needs it, as git chooses. Entries must be in order. */
export function formatIndex({ entries, cacheTree, resolveUndo }: IndexContent): Buffer {
  const version = entries.some(isExtended) ? 3 : 2
  const header = Buffer.alloc(12)
  header.write('DIRC', 'latin1')
  header.writeUInt32BE(version, 4)
  header.writeUInt32BE(entries.length, 8)
  const parts = [header, formatEntries(entries), ...treeExtension(cacheTree)]
  if (resolveUndo !== null) parts.push(extension('REUC', resolveUndo))
  const body = Buffer.concat(parts)
  return Buffer.concat([body, createHash('sha1').update(body).digest()])
}

/** To a file that no one else reads yet; see `index/lock.ts` for how it takes the index's place. */
export const writeIndexFile = (path: string, content: IndexContent): void =>
  writeFileSync(path, formatIndex(content), { flag: 'wx' })

const isExtended = (entry: IndexEntry) => entry.skipWorktree || entry.intentToAdd

/** As it stood in the file that it was read from. Another flag than these two may have extended it there. */
const isAsItWas = (entry: IndexEntry): entry is StoredEntry =>
  entry instanceof StoredEntry && !entry.isExtended

const lengthOf = (entry: IndexEntry) =>
  isAsItWas(entry)
    ? entry.length
    : paddedLength(62 + (isExtended(entry) ? 2 : 0) + entry.path.length)

function formatEntries(entries: IndexEntry[]): Buffer {
  const data = Buffer.alloc(entries.reduce((sum, entry) => sum + lengthOf(entry), 0))
  let at = 0
  for (const entry of entries) {
    if (isAsItWas(entry)) entry.copyTo(data, at)
    else writeEntry(data, at, entry)
    at += lengthOf(entry)
  }
  return data
}

function writeEntry(data: Buffer, at: number, entry: IndexEntry): void {
  data.writeUInt32BE(entry.ctimeSeconds, at)
  data.writeUInt32BE(entry.ctimeNanoseconds, at + 4)
  data.writeUInt32BE(entry.mtimeSeconds, at + 8)
  data.writeUInt32BE(entry.mtimeNanoseconds, at + 12)
  data.writeUInt32BE(entry.dev, at + 16)
  data.writeUInt32BE(entry.ino, at + 20)
  data.writeUInt32BE(entry.mode, at + 24)
  data.writeUInt32BE(entry.uid, at + 28)
  data.writeUInt32BE(entry.gid, at + 32)
  data.writeUInt32BE(entry.size, at + 36)
  data.write(entry.oid, at + 40, 'hex')
  const extended = isExtended(entry)
  const name = Math.min(entry.path.length, 0xfff)
  const flags = (entry.assumeValid ? 0x8000 : 0) | (extended ? 0x4000 : 0) | (entry.stage << 12)
  data.writeUInt16BE(flags | name, at + 60)
  if (extended) {
    const more = (entry.skipWorktree ? 0x4000 : 0) | (entry.intentToAdd ? 0x2000 : 0)
    data.writeUInt16BE(more, at + 62)
  }
  data.write(entry.path, at + (extended ? 64 : 62), 'latin1')
}

const treeExtension = (tree: CacheTree | null) =>
  tree === null ? [] : [extension('TREE', formatCacheTree(tree))]

function extension(name: string, body: Buffer): Buffer {
  const header = Buffer.alloc(8)
  header.write(name, 'latin1')
  header.writeUInt32BE(body.length, 4)
  return Buffer.concat([header, body])
}
