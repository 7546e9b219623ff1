import { closeSync, openSync, readSync } from 'node:fs'
import { CorruptObjectError } from '../../errors.js'
import { inflateExactly, inflatePieces, mostDeflated } from '../objects/inflate.js'
import type { LargeBlob, ObjectType, Oid } from '../objects/object.js'

/** The pack's own hash, behind the last entry. */
const trailer = 20
/** Bytes read for an entry at first: most are whole within it. */
const firstRead = 4096
const pieceLength = 1 << 18

/** The entries of a pack, read by position. */
export class PackFile {
  /** For messages. */
  readonly called: string
  readonly fd: number
  readonly #buffer = Buffer.allocUnsafe(firstRead)
  /** What was read of an entry at first: it is often asked for twice. */
  #first = { at: -1, bytes: this.#buffer }

  constructor(path: string, called = path) {
    this.called = called
    this.fd = openSync(path, 'r')
  }

  /** An entry, and what it holds: an object's bytes, or a delta's. @throws CorruptObjectError */
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

  /** A blob that is too large to be held; null where it is none, or a delta. @throws CorruptObjectError */
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

  /** What is at that byte, for messages. */
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
    if (entry === null) throw new CorruptObjectError(`${this.name(at)} is no object`)
    return { entry, first }
  }

  /** All there are from there, a piece at a time. */
  *#bytesFrom(from: number): Generator<Buffer> {
    for (let at = from, length = 1; length > 0; at += length) {
      const bytes = Buffer.allocUnsafe(pieceLength)
      length = readSync(this.fd, bytes, 0, bytes.length, at)
      yield bytes.subarray(0, length)
    }
  }

  /** So many bytes, or all there are to the end of the pack. */
  #atLeast(want: number, first: Buffer, at: number): Buffer {
    if (want <= first.length || first.length < firstRead) return first
    const bytes = Buffer.allocUnsafe(want)
    return bytes.subarray(0, this.#fill(bytes, at))
  }

  /** @returns how many bytes there were: fewer than asked for at the end of the pack */
  #fill(bytes: Buffer, at: number): number {
    const length = readSync(this.fd, bytes, 0, bytes.length, at)
    if (length <= trailer) throw new CorruptObjectError(`${this.called} is cut short`)
    return length
  }
}

interface Header {
  /** Bytes, inflated: of the object, or of the delta. */
  size: number
  /** Bytes that this header takes, the base's name included. */
  headerLength: number
}

export type WholeEntry = Header & { type: ObjectType }

export type DeltaEntry = Header &
  (
    | { type: 'ofs-delta' /** How far before this entry its base begins. */; distance: number }
    | { type: 'ref-delta'; base: Oid }
  )

/** What stands before an entry's zlib stream in a pack. */
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

/** More than any entry's header takes. */
export const mostHeader = 10 + 20

/**
 * @see https://git-scm.com/docs/pack-format
 * @returns null where the bytes are no entry, or end within its header
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

/** Seven bits a byte, the highest first, each further byte adding one so that no number has two spellings. */
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

/** Whether an entry is a blob that is whole in the pack, and too large to be held in memory. */
export const isLarge = (entry: PackEntry): entry is WholeEntry =>
  entry.type === 'blob' && entry.size > mostHeld

/** Blobs above this many bytes are gone through in pieces; nothing of them is kept. */
const mostHeld = 4 * 1024 * 1024
