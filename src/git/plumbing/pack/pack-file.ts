import { closeSync, openSync, readSync } from 'node:fs'
import { CorruptObjectError } from '../../errors.js'
import { inflateExactly, inflatePieces, mostDeflated } from '../objects/inflate.js'
import type { LargeBlob, ObjectType, Oid } from '../objects/object.js'

/** Bytes of the pack's own hash after the last entry. */
const trailer = 20
/** The first read of an entry, in bytes: most entries fit. */
const firstRead = 4096
const pieceLength = 1 << 18

/** Reads the entries of a pack by position. */
export class PackFile {
  /** For messages. */
  readonly called: string
  readonly fd: number
  readonly #buffer = Buffer.allocUnsafe(firstRead)
  /** The last first read: the same entry is often read twice. */
  #first = { at: -1, bytes: this.#buffer }

  constructor(path: string, called = path) {
    this.called = called
    this.fd = openSync(path, 'r')
  }

  /** Reads an entry and its content, an object or a delta. @throws CorruptObjectError */
  read(at: number): { entry: PackEntry; data: Buffer } {
    const { entry, first } = this.#begin(at)
    for (let want = entry.headerLength + mostDeflated(entry.size); ; want *= 2) {
      const bytes = this.#atLeast(want, first, at)
      const rest = bytes.subarray(entry.headerLength)
      const inflated = inflateExactly(rest, entry.size, this.name(at))
      if (inflated !== null) return { entry, data: inflated.data }
      if (bytes.length < want) throw new CorruptObjectError(`${this.name(at)} is cut short`)
    }
  }

  /**
   * A blob that is too large to hold in memory; null for any other entry.
   *
   * @throws CorruptObjectError
   */
  large(at: number): LargeBlob | null {
    const { entry } = this.#begin(at)
    if (!isLarge(entry)) return null
    const input = this.#bytesFrom(at + entry.headerLength)
    return {
      type: 'blob',
      size: entry.size,
      pieces: inflatePieces(input, entry.size, this.name(at)),
    }
  }

  /** Describes the object at an offset, for messages. */
  name(at: number): string {
    return `${this.called}: the object at byte ${at}`
  }

  close(): void {
    closeSync(this.fd)
  }

  #begin(at: number): { entry: PackEntry; first: Buffer } {
    if (this.#first.at !== at) {
      const bytes = this.#buffer.subarray(0, this.#fill(this.#buffer, at))
      this.#first = { at, bytes }
    }
    const first = this.#first.bytes
    const entry = readPackEntry(first, 0)
    if (entry === null) throw new CorruptObjectError(`${this.name(at)} is not an object`)
    return { entry, first }
  }

  /** All bytes from an offset on, piece by piece. */
  *#bytesFrom(from: number): Generator<Buffer> {
    for (let at = from, length = 1; length > 0; at += length) {
      const bytes = Buffer.allocUnsafe(pieceLength)
      length = readSync(this.fd, bytes, 0, bytes.length, at)
      yield bytes.subarray(0, length)
    }
  }

  /** At least this many bytes, or all up to the end of the pack. */
  #atLeast(want: number, first: Buffer, at: number): Buffer {
    if (want <= first.length || first.length < firstRead) return first
    const bytes = Buffer.allocUnsafe(want)
    return bytes.subarray(0, this.#fill(bytes, at))
  }

  /** @returns how many bytes it read: fewer than asked for at the end of the pack */
  #fill(bytes: Buffer, at: number): number {
    const length = readSync(this.fd, bytes, 0, bytes.length, at)
    if (length <= trailer) throw new CorruptObjectError(`${this.called} is cut short`)
    return length
  }
}

interface Header {
  /** Inflated bytes of the object or delta. */
  size: number
  /** Bytes of this header, including the base's name. */
  headerLength: number
}

export type WholeEntry = Header & { type: ObjectType }

export type DeltaEntry = Header &
  (
    | { type: 'ofs-delta' /** How far before this entry its base begins. */; distance: number }
    | { type: 'ref-delta'; base: Oid }
  )

/** The header before an entry's zlib stream. */
export type PackEntry = WholeEntry | DeltaEntry

const types: Partial<Record<number, PackEntry['type']>> = {
  1: 'commit',
  2: 'tree',
  3: 'blob',
  4: 'tag',
  6: 'ofs-delta',
  7: 'ref-delta',
}

export const isDelta = (entry: PackEntry): entry is DeltaEntry =>
  entry.type === 'ofs-delta' || entry.type === 'ref-delta'

/** An upper bound of an entry's header, in bytes. */
export const mostHeader = 10 + 20

/**
 * @see https://git-scm.com/docs/pack-format
 * @returns null if the bytes are not an entry, or end within its header
 */
export function readPackEntry(bytes: Buffer, at: number): PackEntry | null {
  let next = bytes[at]
  if (next === undefined) return null
  const type = types[(next >> 4) & 7]
  if (type === undefined) return null
  let size = next & 15
  let end = at + 1
  for (let scale = 16; next & 0x80; scale *= 128) {
    next = bytes[end++]
    if (next === undefined) return null
    size += (next & 0x7f) * scale
  }
  if (size > Number.MAX_SAFE_INTEGER) return null
  if (type === 'ofs-delta') {
    const distance = readDistance(bytes, end)
    return distance && { type, size, headerLength: distance.end - at, distance: distance.value }
  }
  if (type !== 'ref-delta') return { type, size, headerLength: end - at }
  if (end + 20 > bytes.length) return null
  const base = bytes.toString('hex', end, end + 20)
  return { type, size, headerLength: end + 20 - at, base }
}

/**
 * Seven bits per byte, the highest first. Each further byte adds one, so that every number has one
 * encoding only.
 */
function readDistance(bytes: Buffer, at: number): { value: number; end: number } | null {
  let next = bytes[at]
  if (next === undefined) return null
  let value = next & 0x7f
  let end = at + 1
  while (next & 0x80) {
    next = bytes[end++]
    if (next === undefined || value > Number.MAX_SAFE_INTEGER / 256) return null
    value = (value + 1) * 128 + (next & 0x7f)
  }
  return { value, end }
}

/** Whether an entry is a whole blob that is too large to hold in memory. */
export const isLarge = (entry: PackEntry): entry is WholeEntry =>
  entry.type === 'blob' && entry.size > mostHeld

/** Larger blobs, in bytes, are read in pieces and not kept. */
const mostHeld = 4 * 1024 * 1024
