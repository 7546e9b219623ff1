import { closeSync, openSync, readSync } from 'node:fs'
import { CorruptObjectError } from './errors.js'
import { inflateExactly, mostDeflated } from './inflate.js'
import { type PackEntry, readPackEntry } from './pack-entry.js'

/** The pack's own hash, behind the last entry. */
const trailer = 20
/** Bytes read for an entry at first: most are whole within it. */
const firstRead = 4096

/** The entries of a pack, read by position. */
export class PackFile {
  /** For messages. */
  readonly called: string
  readonly fd: number
  readonly #first = Buffer.allocUnsafe(firstRead)

  constructor(path: string, called = path) {
    this.called = called
    this.fd = openSync(path, 'r')
  }

  /** An entry, and what it holds: an object's bytes, or a delta's. @throws CorruptObjectError */
  read(at: number): { entry: PackEntry; data: Buffer } {
    const first = this.#first.subarray(0, this.#fill(this.#first, at))
    const entry = readPackEntry(first, 0)
    if (entry === null) throw new CorruptObjectError(`${this.name(at)} is no object`)
    for (let want = entry.headerLength + mostDeflated(entry.size); ; want *= 2) {
      const bytes = this.#atLeast(want, first, at)
      const rest = bytes.subarray(entry.headerLength)
      const inflated = inflateExactly(rest, entry.size, this.name(at))
      if (inflated !== null) return { entry, data: inflated.data }
      if (bytes.length < want) throw new CorruptObjectError(`${this.name(at)} is cut short`)
    }
  }

  /** What is at that byte, for messages. */
  name(at: number): string {
    return `${this.called}: the object at byte ${at}`
  }

  close(): void {
    closeSync(this.fd)
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
