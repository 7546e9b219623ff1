import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode } from '../../../base/fs/read.js'
import { BlockedError } from '../../errors.js'
import { type CacheTree, parseCacheTree } from './cache-tree.js'
import { type IndexEntry, type StatData, statDataOf } from './entry.js'
import { storedEntries } from './stored-entry.js'

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

/** With `index.skipHash` git writes zeros in the checksum's place. */
function isWhole(data: Buffer): boolean {
  const body = data.subarray(0, data.length - checksumLength)
  const checksum = data.subarray(data.length - checksumLength)
  return (
    checksum.every((byte) => byte === 0) ||
    createHash('sha1').update(body).digest().equals(checksum)
  )
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
