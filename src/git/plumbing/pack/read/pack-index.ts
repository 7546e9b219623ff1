import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { CorruptObjectError } from '../../../errors.js'
import type { Oid } from '../../objects/object.js'

const magic = 0xff744f63
const headerLength = 8 + 256 * 4
const trailerLength = 40
/** Indexes up to this many bytes are read at once and closed: a repository may have hundreds of small packs. */
const mostHeld = 64 * 1024

interface Bucket {
  /** The object ids that begin with the bucket's byte, sorted, 20 bytes each. */
  names: Buffer
  /** Where each stands in the pack, 4 bytes each. */
  offsets: Buffer
}

/**
 * Where each object of a pack begins, by the pack's `.idx`, version 2. Only what is asked for is read:
 * the fan-out table, then the ids and offsets of one first byte.
 *
 * @see https://git-scm.com/docs/pack-format#_version_2_pack_idx_files_support_packs_larger_than_4_gib_and
 */
export class PackIndex {
  readonly #path: string
  /** The whole index, or the file where it is big. */
  readonly #source: Buffer | number
  readonly #fanOut: Buffer
  readonly #buckets = new Map<number, Bucket>()
  /** How many objects the pack holds. */
  readonly count: number

  /** @throws CorruptObjectError, or node's error where the file can't be opened */
  constructor(path: string) {
    this.#path = path
    this.#source = openSource(path)
    try {
      const header = this.#read(0, headerLength)
      if (header.readUInt32BE(0) !== magic || header.readUInt32BE(4) !== 2) {
        throw new CorruptObjectError(`${path} is no pack index of version 2`)
      }
      this.#fanOut = header.subarray(8)
      this.count = this.#countUpTo(255)
      this.#checkSizes()
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** The byte of the pack at which the object begins; null where the pack does not hold it. */
  find(oid: Oid): number | null {
    const first = Number.parseInt(oid.slice(0, 8), 16)
    const { names, offsets } = this.#bucket(first >>> 24)
    let low = 0
    let high = names.length / 20
    while (low < high) {
      const middle = (low + high) >>> 1
      // The first four bytes tell nearly all apart.
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
    const bucket = {
      names: this.#read(headerLength + start * 20, length * 20),
      offsets: this.#read(headerLength + this.count * 24 + start * 4, length * 4),
    }
    this.#buckets.set(first, bucket)
    return bucket
  }

  /** An offset of 31 bits stands for itself; a greater one is a place in the table of 64-bit offsets. */
  #offset(word: number): number {
    if (word < 0x80000000) return word
    const place = word - 0x80000000
    return Number(this.#read(headerLength + this.count * 28 + place * 8, 8).readBigUInt64BE(0))
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
    const least = headerLength + this.count * 28 + trailerLength
    if (lengthOf(this.#source) < least) throw new CorruptObjectError(`${this.#path} is cut short`)
  }

  #read(at: number, length: number): Buffer {
    const bytes = readSource(this.#source, at, length)
    if (bytes.length !== length) throw new CorruptObjectError(`${this.#path} is cut short`)
    return bytes
  }
}

/** The id that stands there, from its fifth byte on, against another. */
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
