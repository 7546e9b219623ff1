import { createHash } from 'node:crypto'
import { readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { CorruptObjectError } from '../../errors.js'
import { type Inflated, inflateExactly, inflatePieces, mostDeflated } from '../objects/inflate.js'
import { type Oid, objectHeader } from '../objects/object.js'
import {
  isLarge,
  mostHeader,
  type PackEntry,
  type PackFile,
  readPackEntry,
  type WholeEntry,
} from './pack-file.js'

const windowLength = 1024 * 1024

export type Scanned = {
  /** The entry's length in the pack, in bytes. */
  length: number
  crc: number
} & (
  | { entry: PackEntry /** Inflated. */; data: Buffer }
  | { entry: WholeEntry /** Of a big blob. */; oid: Oid }
)

/** Scans a pack from its first object to its last, through a window of its bytes. */
export class PackScanner {
  readonly #file: PackFile
  /** Where the objects end and the pack's checksum begins. */
  readonly #end: number
  #window: Buffer = Buffer.allocUnsafe(windowLength)
  #start = 0
  #filled = 0

  constructor(file: PackFile, end: number) {
    this.#file = file
    this.#end = end
  }

  /**
   * @returns a promise only for a large blob, which is read in pieces.
   * @throws CorruptObjectError
   */
  scan(at: number): Scanned | Promise<Scanned> {
    const entry = readPackEntry(this.#bytes(at, mostHeader), 0)
    if (entry === null) throw new CorruptObjectError(`${this.#file.name(at)} is not an object`)
    if (isLarge(entry)) return this.#scanBig(at, entry)
    const { data, consumed } = this.#inflate(at, entry)
    const length = entry.headerLength + consumed
    return { entry, data, length, crc: crc32(this.#bytes(at, length).subarray(0, length)) }
  }

  #inflate(at: number, { headerLength, size }: PackEntry): Inflated {
    for (let want = headerLength + mostDeflated(size); ; want *= 2) {
      const bytes = this.#bytes(at, want)
      const inflated = inflateExactly(bytes.subarray(headerLength), size, this.#file.name(at))
      if (inflated !== null) return inflated
      if (at + bytes.length === this.#end) {
        throw new CorruptObjectError(`${this.#file.name(at)} is cut short`)
      }
    }
  }

  async #scanBig(at: number, entry: WholeEntry): Promise<Scanned> {
    const hash = createHash('sha1').update(objectHeader('blob', entry.size))
    const input = this.#pieces(at + entry.headerLength)
    const pieces = inflatePieces(input, entry.size, this.#file.name(at))
    let piece = await pieces.next()
    for (; !piece.done; piece = await pieces.next()) hash.update(piece.value)
    const length = entry.headerLength + piece.value
    return { entry, oid: hash.digest('hex'), length, crc: this.#crcOf(at, length) }
  }

  *#pieces(from: number): Generator<Buffer> {
    for (let at = from; at < this.#end; ) {
      // Copied, because the next piece comes while this one is still in use.
      const piece = Buffer.from(this.#bytes(at, windowLength / 4).subarray(0, windowLength / 4))
      yield piece
      at += piece.length
    }
  }

  #crcOf(from: number, length: number): number {
    let crc = 0
    for (let at = from; at < from + length; at += windowLength) {
      const piece = Math.min(windowLength, from + length - at)
      crc = crc32(this.#bytes(at, piece).subarray(0, piece), crc)
    }
    return crc
  }

  /**
   * The bytes at an offset: at least `want`, unless the objects end before. Valid until the next
   * call.
   */
  #bytes(at: number, want: number): Buffer {
    const length = Math.min(want, this.#end - at)
    if (at < this.#start || at + length > this.#start + this.#filled) this.#fill(at, length)
    return this.#window.subarray(at - this.#start, this.#filled)
  }

  #fill(at: number, least: number): void {
    const size = Math.max(windowLength, least)
    if (this.#window.length !== size) this.#window = Buffer.allocUnsafe(size)
    const length = Math.min(size, this.#end - at)
    this.#start = at
    this.#filled = length
    if (readSync(this.#file.fd, this.#window, 0, length, at) !== length) {
      throw new CorruptObjectError(`${this.#file.called} is cut short`)
    }
  }
}
