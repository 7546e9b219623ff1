import type { BigIntStats } from 'node:fs'
import type { BytePath } from '../byte-path.js'
import type { Oid } from '../objects/object.js'

/**
 * lstat(2) of a file whose content was known to equal the entry: 32 bits each, as git keeps them.
 */
export interface StatData {
  ctimeSeconds: number
  ctimeNanoseconds: number
  mtimeSeconds: number
  mtimeNanoseconds: number
  dev: number
  ino: number
  uid: number
  gid: number
  /** Bytes. 0 for a non-empty file means that its content must be compared (git: "smudged"). */
  size: number
}

export interface IndexEntry extends StatData {
  path: BytePath
  mode: number
  oid: Oid
  /** 0; in a conflict 1 is the common ancestor's, 2 ours, 3 theirs. */
  stage: number
  assumeValid: boolean
  skipWorktree: boolean
  intentToAdd: boolean
}

export const noStat: StatData = {
  ctimeSeconds: 0,
  ctimeNanoseconds: 0,
  mtimeSeconds: 0,
  mtimeNanoseconds: 0,
  dev: 0,
  ino: 0,
  uid: 0,
  gid: 0,
  size: 0,
}

const billion = 1_000_000_000n

const low32 = (number: bigint) => Number(BigInt.asUintN(32, number))

export const statDataOf = (stats: BigIntStats): StatData => ({
  ctimeSeconds: low32(stats.ctimeNs / billion),
  ctimeNanoseconds: low32(stats.ctimeNs % billion),
  mtimeSeconds: low32(stats.mtimeNs / billion),
  mtimeNanoseconds: low32(stats.mtimeNs % billion),
  dev: low32(stats.dev),
  ino: low32(stats.ino),
  uid: low32(stats.uid),
  gid: low32(stats.gid),
  size: low32(stats.size),
})

export interface NewEntry {
  path: BytePath
  mode: number
  oid: Oid
  stat: StatData
}

/** The entry that git makes for a file it has just written. */
export const createEntry = ({ path, mode, oid, stat }: NewEntry): IndexEntry => ({
  path,
  mode,
  oid,
  stage: 0,
  assumeValid: false,
  skipWorktree: false,
  intentToAdd: false,
  ...stat,
})

/** The order of the index: by bytes, then by stage. */
export const compareEntries = (a: IndexEntry, b: IndexEntry): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : a.stage - b.stage

const fixedLength = 62
const extendedFlag = 0x4000
const longestName = 0xfff

/** One to eight zeros end an entry, so that its length is a multiple of eight. */
export const paddedLength = (length: number) => (length + 8) & ~7

/**
 * An entry in the bytes of an index. A field is read on demand, and an unchanged entry is written
 * back as the same bytes.
 */
export class StoredEntry implements IndexEntry {
  readonly path: BytePath
  readonly #data: Buffer
  readonly #view: DataView
  readonly #at: number
  /** Its length in the file, in bytes. */
  readonly length: number

  constructor(data: Buffer, view: DataView, at: number, path: BytePath) {
    this.path = path
    this.#data = data
    this.#view = view
    this.#at = at
    this.length = paddedLength(fixedLength + (this.isExtended ? 2 : 0) + path.length)
  }

  get isExtended(): boolean {
    return (this.#flags & extendedFlag) !== 0
  }
  get mode(): number {
    return this.#number(24)
  }
  get oid(): Oid {
    return this.#data.toString('hex', this.#at + 40, this.#at + 60)
  }
  get stage(): number {
    return (this.#flags >> 12) & 3
  }
  get assumeValid(): boolean {
    return (this.#flags & 0x8000) !== 0
  }
  get skipWorktree(): boolean {
    return (this.#moreFlags & 0x4000) !== 0
  }
  get intentToAdd(): boolean {
    return (this.#moreFlags & 0x2000) !== 0
  }
  get ctimeSeconds(): number {
    return this.#number(0)
  }
  get ctimeNanoseconds(): number {
    return this.#number(4)
  }
  get mtimeSeconds(): number {
    return this.#number(8)
  }
  get mtimeNanoseconds(): number {
    return this.#number(12)
  }
  get dev(): number {
    return this.#number(16)
  }
  get ino(): number {
    return this.#number(20)
  }
  get uid(): number {
    return this.#number(28)
  }
  get gid(): number {
    return this.#number(32)
  }
  get size(): number {
    return this.#number(36)
  }
  set size(bytes: number) {
    this.#view.setUint32(this.#at + 36, bytes)
  }

  copyTo(target: Buffer, at: number): void {
    this.#data.copy(target, at, this.#at, this.#at + this.length)
  }

  get #flags(): number {
    return this.#view.getUint16(this.#at + 60)
  }
  get #moreFlags(): number {
    return this.isExtended ? this.#view.getUint16(this.#at + fixedLength) : 0
  }
  #number(offset: number): number {
    return this.#view.getUint32(this.#at + offset)
  }
}

/**
 * Reads the entries in the bytes of an index, from a position on.
 *
 * @param limit where the entries' bytes end at most
 * @returns null if they are damaged
 */
export function storedEntries(
  data: Buffer,
  { start, count, limit }: { start: number; count: number; limit: number },
): { entries: StoredEntry[]; end: number } | null {
  const view = new DataView(data.buffer, data.byteOffset, data.length)
  const entries: StoredEntry[] = []
  let at = start
  while (entries.length < count) {
    if (at + fixedLength > limit) return null
    const flags = view.getUint16(at + 60)
    const name = at + fixedLength + (flags & extendedFlag ? 2 : 0)
    const end = data.indexOf(0, name)
    if (end < 0 || end >= limit) return null
    if ((flags & longestName) !== Math.min(end - name, longestName)) return null
    const entry = new StoredEntry(data, view, at, data.toString('latin1', name, end))
    entries.push(entry)
    at += entry.length
  }
  return { entries, end: at }
}
