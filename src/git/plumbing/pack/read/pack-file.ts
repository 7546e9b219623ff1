import { closeSync, openSync, readSync } from 'node:fs'
import { CorruptObjectError } from '../../../errors.js'
import { inflateExactly, inflatePieces, mostDeflated } from '../../objects/inflate.js'
import type { LargeBlob } from '../../objects/object.js'
import { isLarge, type PackEntry, readPackEntry } from './pack-entry.js'

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
