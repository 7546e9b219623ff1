import { readSync } from 'node:fs'
import yauzl from 'yauzl'

const windowSize = 256 * 1024

/** yauzl reads a directory in very small pieces. */
export class WindowReader extends yauzl.RandomAccessReader {
  readonly #fd: number
  readonly #window = Buffer.allocUnsafe(windowSize)
  #start = 0
  #length = 0

  constructor(fd: number) {
    super()
    this.#fd = fd
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    const bytesRead = this.#read(buffer.subarray(offset, offset + length), position)
    queueMicrotask(() => callback(null, bytesRead))
  }

  #read(buffer: Buffer, position: number): number {
    // An archive may claim any place for its parts; there is nothing at such a one.
    if (!Number.isSafeInteger(position)) return 0
    if (buffer.length > windowSize) return readSync(this.#fd, buffer, 0, buffer.length, position)
    const from = position - this.#start
    if (from < 0 || from + buffer.length > this.#length) {
      this.#length = readSync(this.#fd, this.#window, 0, windowSize, position)
      this.#start = position
    }
    const at = position - this.#start
    return this.#window.copy(buffer, 0, at, Math.min(at + buffer.length, this.#length))
  }
}
