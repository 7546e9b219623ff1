import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { crypto } from '../../../base/builtin.js'
import { CorruptObjectError } from '../../errors.js'
import type { Oid } from '../objects/object.js'
import type { EntryTable } from './entry-table.js'

/** Version 2 and later begin with it; version 1 begins with its fan-out table. */
const magic = 0xff744f63
const fanOutLength = 256 * 4
const headerLength = 8 + fanOutLength
const trailerLength = 40
/**
 * Smaller indexes, in bytes, are read at once and closed: a repository may have hundreds of small
 * packs.
 */
const mostHeld = 64 * 1024

interface Bucket {
  /** The sorted object ids that begin with the bucket's byte, 20 bytes each. */
  names: Buffer
  /** Their offsets in the pack, 4 bytes each. */
  offsets: Buffer
}

/**
 * Finds objects in a pack by its `.idx`, version 2, or 1 as git before 1.6 wrote it. It reads only
 * what a lookup needs: the fan-out table, then the ids and offsets of one first byte.
 *
 * @see https://git-scm.com/docs/pack-format#_pack_idx_files_have_the_following_format
 */
export class PackIndex {
  readonly #path: string
  /** The whole index, or the file descriptor of a big one. */
  readonly #source: Buffer | number
  readonly #version: 1 | 2
  readonly #fanOut: Buffer
  readonly #buckets = new Map<number, Bucket>()
  /** The number of objects in the pack. */
  readonly count: number

  /** @throws CorruptObjectError, or node's error if the file can't be opened */
  constructor(path: string) {
    this.#path = path
    this.#source = openSource(path)
    try {
      this.#version = this.#readVersion()
      this.#fanOut = this.#read(this.#version === 1 ? 0 : 8, fanOutLength)
      this.count = this.#countUpTo(255)
      this.#checkSizes()
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** The object's offset in the pack; null if the pack does not hold it. */
  find(oid: Oid): number | null {
    const first = Number.parseInt(oid.slice(0, 8), 16)
    const { names, offsets } = this.#bucket(first >>> 24)
    let low = 0
    let high = names.length / 20
    while (low < high) {
      const middle = (low + high) >>> 1
      // The first four bytes distinguish nearly all ids.
      const order = names.readUInt32BE(middle * 20) - first || compareRest(names, middle * 20, oid)
      if (order === 0) return this.#offset(offsets.readUInt32BE(middle * 4))
      if (order < 0) low = middle + 1
      else high = middle
    }
    return null
  }

  close(): void {
    if (typeof this.#source === 'number') closeSync(this.#source)
  }

  #bucket(first: number): Bucket {
    const known = this.#buckets.get(first)
    if (known !== undefined) return known
    const start = first === 0 ? 0 : this.#countUpTo(first - 1)
    const length = this.#countUpTo(first) - start
    const bucket =
      this.#version === 1
        ? separate(this.#read(fanOutLength + start * 24, length * 24))
        : {
            names: this.#read(headerLength + start * 20, length * 20),
            offsets: this.#read(headerLength + this.count * 24 + start * 4, length * 4),
          }
    this.#buckets.set(first, bucket)
    return bucket
  }

  /**
   * A 31-bit value is the offset itself; in version 2 a greater one is an index into the table of
   * 64-bit offsets.
   */
  #offset(word: number): number {
    if (word < 0x80000000 || this.#version === 1) return word
    const place = word - 0x80000000
    return Number(this.#read(headerLength + this.count * 28 + place * 8, 8).readBigUInt64BE(0))
  }

  #readVersion(): 1 | 2 {
    const start = this.#read(0, 8)
    if (start.readUInt32BE(0) !== magic) return 1
    const version = start.readUInt32BE(4)
    if (version === 2) return 2
    throw new CorruptObjectError(`${this.#path} is a pack index of version ${version}`)
  }

  #countUpTo(first: number): number {
    return this.#fanOut.readUInt32BE(first * 4)
  }

  #checkSizes(): void {
    for (let first = 1; first < 256; first++) {
      if (this.#countUpTo(first - 1) > this.#countUpTo(first)) {
        throw new CorruptObjectError(`${this.#path}: its fan-out table is not sorted`)
      }
    }
    const tables =
      this.#version === 1 ? fanOutLength + this.count * 24 : headerLength + this.count * 28
    if (lengthOf(this.#source) < tables + trailerLength)
      throw new CorruptObjectError(`${this.#path} is cut short`)
  }

  #read(at: number, length: number): Buffer {
    const bytes = readSource(this.#source, at, length)
    if (bytes.length !== length) throw new CorruptObjectError(`${this.#path} is cut short`)
    return bytes
  }
}

/** Version 1 has each offset before its id. */
function separate(rows: Buffer): Bucket {
  const count = rows.length / 24
  const names = Buffer.allocUnsafe(count * 20)
  const offsets = Buffer.allocUnsafe(count * 4)
  for (let row = 0; row < count; row++) {
    rows.copy(offsets, row * 4, row * 24, row * 24 + 4)
    rows.copy(names, row * 20, row * 24 + 4, row * 24 + 24)
  }
  return { names, offsets }
}

/** Compares the id at `at` with another one, from the fifth byte on. */
function compareRest(names: Buffer, at: number, oid: Oid): number {
  const there = names.toString('hex', at + 4, at + 20)
  const rest = oid.slice(8)
  return there < rest ? -1 : there > rest ? 1 : 0
}

function openSource(path: string): Buffer | number {
  const fd = openSync(path, 'r')
  if (fstatSync(fd).size > mostHeld) return fd
  try {
    return readFileSync(fd)
  } finally {
    closeSync(fd)
  }
}

const lengthOf = (source: Buffer | number) =>
  typeof source === 'number' ? fstatSync(source).size : source.length

function readSource(source: Buffer | number, at: number, length: number): Buffer {
  if (typeof source !== 'number') return source.subarray(at, at + length)
  const bytes = Buffer.allocUnsafe(length)
  return bytes.subarray(0, readSync(source, bytes, 0, length, at))
}

/** The greatest offset that fits into the table of 4-byte offsets. */
const mostShort = 0x7fffffff

/**
 * Formats a pack's `.idx`, version 2, as `git index-pack` writes it.
 *
 * @param checksum the pack's own, its last 20 bytes
 * @see
 *   https://git-scm.com/docs/pack-format#_version_2_pack_idx_files_support_packs_larger_than_4_gib_and
 */
export function formatPackIndex(table: EntryTable, checksum: Buffer): Buffer {
  const sorted = table.sorted()
  const far = sorted.filter((place) => table.offsetOf(place) > mostShort)
  const { count } = table
  const header = headerLength
  const index = Buffer.alloc(header + count * 28 + far.length * 8 + 40)
  index.writeUInt32BE(magic, 0)
  index.writeUInt32BE(2, 4)
  const names = header
  const crcs = names + count * 20
  const offsets = crcs + count * 4
  const farOffsets = offsets + count * 4
  let farthest = 0
  for (const [row, place] of sorted.entries()) {
    const offset = table.offsetOf(place)
    table.oids.copy(index, names + row * 20, place * 20, place * 20 + 20)
    index.writeUInt32BE(table.crcs[place] ?? 0, crcs + row * 4)
    if (offset <= mostShort) index.writeUInt32BE(offset, offsets + row * 4)
    else {
      index.writeUInt32BE(0x80000000 + farthest, offsets + row * 4)
      index.writeBigUInt64BE(BigInt(offset), farOffsets + farthest * 8)
      farthest++
    }
  }
  writeFanOut(index, names, count)
  checksum.copy(index, index.length - 40)
  const own = crypto().createHash('sha1').update(index.subarray(0, -20)).digest()
  own.copy(index, index.length - 20)
  return index
}

/** Writes, for each byte, how many ids begin with it or a lesser one. */
function writeFanOut(index: Buffer, names: number, count: number): void {
  let row = 0
  for (let byte = 0; byte < 256; byte++) {
    while (row < count && index.readUInt8(names + row * 20) <= byte) row++
    index.writeUInt32BE(row, 8 + byte * 4)
  }
}
