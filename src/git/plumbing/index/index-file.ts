import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crypto } from '../../../base/builtin.js'
import { hasCode } from '../../../base/fs/read.js'
import { BlockedError } from '../../errors.js'
import { type CacheTree, formatCacheTree, parseCacheTree } from './cache-tree.js'
import {
  type IndexEntry,
  paddedLength,
  type StatData,
  StoredEntry,
  statDataOf,
  storedEntries,
} from './entry.js'

/**
 * `.git/index`: the content of the next commit, and the stat data of the files when they last
 * equalled it.
 */
export interface IndexFile {
  version: 2 | 3
  /** In the index's own order: by the path's bytes, then by stage. */
  entries: IndexEntry[]
  /** null if it is unknown or stale. */
  cacheTree: CacheTree | null
  /** The extension `REUC`, kept verbatim: conflicts before they were resolved. */
  resolveUndo: Buffer | null
  /** Of the index file itself; null if there is none. An entry that is not older may be racy. */
  stat: StatData | null
}

const headerLength = 12
const checksumLength = 20

/**
 * @see https://git-scm.com/docs/index-format
 * @returns an empty index if there is no file
 * @throws BlockedError (`unsupported`) for version 4, a split or a sparse index, and for a damaged
 *   one
 */
export function readIndex(gitDir: string, { withChecksum = true } = {}): IndexFile {
  const path = join(gitDir, 'index')
  const file = readWithStat(path)
  if (file === null) {
    return { version: 2, entries: [], cacheTree: null, resolveUndo: null, stat: null }
  }
  const { data, stat } = file
  const damaged = () => damagedIndex(path)
  if (data.length < headerLength + checksumLength || data.toString('latin1', 0, 4) !== 'DIRC') {
    throw damaged()
  }
  const version = data.readUInt32BE(4)
  if (version !== 2 && version !== 3) throw unsupported(path, `is of version ${version}`)
  if (withChecksum && !isWhole(data)) throw damaged()
  const count = data.readUInt32BE(8)
  const limit = data.length - checksumLength
  const stored = storedEntries(data, { start: headerLength, count, limit })
  if (stored === null) throw damaged()
  return { version, entries: stored.entries, ...readExtensions(path, data, stored.end), stat }
}

function readWithStat(path: string): { data: Buffer; stat: StatData } | null {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
  try {
    return { stat: statDataOf(fstatSync(fd, { bigint: true })), data: readFileSync(fd) }
  } finally {
    closeSync(fd)
  }
}

/** With `index.skipHash` git writes zeros instead of the checksum. */
function isWhole(data: Buffer): boolean {
  const body = data.subarray(0, data.length - checksumLength)
  const checksum = data.subarray(data.length - checksumLength)
  return (
    checksum.every((byte) => byte === 0) ||
    crypto().createHash('sha1').update(body).digest().equals(checksum)
  )
}

/**
 * Extensions without which an index can't be understood. Any other lower-case extension is refused
 * as unknown.
 */
const required: Record<string, string> = { link: 'is a split index', sdir: 'is a sparse index' }

/**
 * Keeps `TREE` and `REUC`. Every other optional extension (untracked cache, fsmonitor, offset
 * tables) describes the old file, so a write drops it, as git drops what it does not know.
 */
function readExtensions(path: string, data: Buffer, start: number) {
  const limit = data.length - checksumLength
  let cacheTree: CacheTree | null = null
  let resolveUndo: Buffer | null = null
  for (let at = start; at < limit; ) {
    const end = at + 8 + (at + 8 <= limit ? data.readUInt32BE(at + 4) : 0)
    if (at + 8 > limit || end > limit) throw damagedIndex(path)
    const name = data.toString('latin1', at, at + 4)
    const body = data.subarray(at + 8, end)
    if (!/^[A-Z]/.test(name)) {
      throw unsupported(path, required[name] ?? `has an unknown extension`)
    }
    if (name === 'TREE') cacheTree = parseCacheTree(body)
    if (name === 'REUC') resolveUndo = Buffer.from(body)
    at = end
  }
  return { cacheTree, resolveUndo }
}

const unsupported = (path: string, what: string) =>
  new BlockedError('unsupported', `${path} ${what}, which wizard does not support`, {
    hint: 'use git itself there, or: git update-index --index-version 2 --no-split-index, git sparse-checkout disable',
  })

const damagedIndex = (path: string) =>
  new BlockedError('unsupported', `${path} is damaged`, {
    hint: 'run `git status`; `rm .git/index && git reset` makes a new one and keeps the files',
  })

export type IndexContent = Pick<IndexFile, 'entries' | 'cacheTree' | 'resolveUndo'>

/**
 * The bytes of an index: version 2, or 3 if a flag needs it, as git chooses. The entries must be in
 * order.
 */
export function formatIndex({ entries, cacheTree, resolveUndo }: IndexContent): Buffer {
  const version = entries.some(isExtended) ? 3 : 2
  const header = Buffer.alloc(12)
  header.write('DIRC', 'latin1')
  header.writeUInt32BE(version, 4)
  header.writeUInt32BE(entries.length, 8)
  const parts = [header, formatEntries(entries), ...treeExtension(cacheTree)]
  if (resolveUndo !== null) parts.push(extension('REUC', resolveUndo))
  const body = Buffer.concat(parts)
  return Buffer.concat([body, crypto().createHash('sha1').update(body).digest()])
}

/**
 * Writes a new file, which the caller renames over the index under `index.lock`.
 *
 * @throws node's EEXIST if it exists
 */
export const writeIndexFile = (path: string, content: IndexContent): void =>
  writeFileSync(path, formatIndex(content), { flag: 'wx' })

const isExtended = (entry: IndexEntry) => entry.skipWorktree || entry.intentToAdd

/**
 * Whether the entry is unchanged since it was read. Another flag may have extended it in the file.
 */
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
