import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode } from '../../files.js'
import { BlockedError } from '../types.js'
import { type CacheTree, parseCacheTree } from './cache-tree.js'
import { type IndexEntry, type StatData, statDataOf } from './entry.js'

/** `.git/index`: what the next commit would hold, and what the files looked like when they last equalled it. */
export interface IndexFile {
  version: 2 | 3
  /** In the index's own order: by path's bytes, then by stage. */
  entries: IndexEntry[]
  /** null where it is not known, or stale. */
  cacheTree: CacheTree | null
  /** The extension `REUC`, kept as it is: what conflicts were before they were resolved. */
  resolveUndo: Buffer | null
  /** Of the index file itself; null where there is none. An entry not older than it may be racy. */
  stat: StatData | null
}

const headerLength = 12
const checksumLength = 20
const fixedLength = 62
const extendedFlag = 0x4000

/**
 * @see https://git-scm.com/docs/index-format
 * @returns an empty one where there is no file
 * @throws BlockedError (`unsupported`) for version 4, a split or a sparse index, and for a damaged one
 */
export function readIndex(gitDir: string): IndexFile {
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
  if (!isWhole(data)) throw damaged()
  const { entries, end } = readEntries(data, damaged)
  return { version, entries, ...readExtensions(path, data, end), stat }
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

/** With `index.skipHash` git writes zeros in the checksum's place. */
function isWhole(data: Buffer): boolean {
  const body = data.subarray(0, data.length - checksumLength)
  const checksum = data.subarray(data.length - checksumLength)
  return (
    checksum.every((byte) => byte === 0) ||
    createHash('sha1').update(body).digest().equals(checksum)
  )
}

function readEntries(data: Buffer, damaged: () => Error): { entries: IndexEntry[]; end: number } {
  const count = data.readUInt32BE(8)
  const limit = data.length - checksumLength
  const entries: IndexEntry[] = []
  let at = headerLength
  while (entries.length < count) {
    if (at + fixedLength > limit) throw damaged()
    const flags = data.readUInt16BE(at + 60)
    const extended = flags & extendedFlag ? data.readUInt16BE(at + fixedLength) : 0
    const start = at + fixedLength + (flags & extendedFlag ? 2 : 0)
    const end = data.indexOf(0, start)
    if (end < 0 || end >= limit) throw damaged()
    entries.push(readEntry(data, at, flags, extended, data.toString('latin1', start, end)))
    at += paddedLength(end - at)
  }
  return { entries, end: at }
}

/** One to eight zeros end an entry, so that its length is a multiple of eight. */
export const paddedLength = (length: number) => (length + 8) & ~7

function readEntry(
  data: Buffer,
  at: number,
  flags: number,
  extended: number,
  path: string,
): IndexEntry {
  return {
    path,
    mode: data.readUInt32BE(at + 24),
    oid: data.toString('hex', at + 40, at + 60),
    stage: (flags >> 12) & 3,
    assumeValid: (flags & 0x8000) !== 0,
    skipWorktree: (extended & 0x4000) !== 0,
    intentToAdd: (extended & 0x2000) !== 0,
    ctimeSeconds: data.readUInt32BE(at),
    ctimeNanoseconds: data.readUInt32BE(at + 4),
    mtimeSeconds: data.readUInt32BE(at + 8),
    mtimeNanoseconds: data.readUInt32BE(at + 12),
    dev: data.readUInt32BE(at + 16),
    ino: data.readUInt32BE(at + 20),
    uid: data.readUInt32BE(at + 28),
    gid: data.readUInt32BE(at + 32),
    size: data.readUInt32BE(at + 36),
  }
}

/** What an index may not be understood without; any other extension of lower case is refused as unknown. */
const required: Record<string, string> = { link: 'is a split index', sdir: 'is a sparse index' }

/**
 * `TREE` and `REUC` are taken; every other optional one (untracked cache, fsmonitor, offset tables) describes
 * the file as it was, so it is dropped when the index is written, as git drops what it does not know.
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
  new BlockedError('unsupported', `${path} ${what}, which wizard does not read`, {
    hint: 'use git itself there, or: git update-index --index-version 2 --no-split-index, git sparse-checkout disable',
  })

const damagedIndex = (path: string) =>
  new BlockedError('unsupported', `${path} is damaged`, {
    hint: 'look with `git status`; `rm .git/index && git reset` makes a new one and keeps the files',
  })
