import { pipeline, Readable } from 'node:stream'
import { constants, createInflate, inflateSync } from 'node:zlib'
import { hasCode } from '../../../base/fs/read.js'
import { CorruptObjectError } from '../../errors.js'

/** The smallest output buffer that zlib accepts. */
const leastChunk = 64

export interface Inflated {
  data: Buffer
  /** Bytes of the input that the stream used. */
  consumed: number
}

/**
 * Inflates the object's `size` bytes from the zlib stream at the start of `input`; bytes after the
 * stream are ignored. One output buffer of exactly that size is quicker than zlib's own and keeps
 * no spare memory alive.
 *
 * @param what for messages
 * @returns null if the input ends before the stream does
 * @throws CorruptObjectError if the stream is damaged or has another size
 */
export function inflateExactly(input: Uint8Array, size: number, what: string): Inflated | null {
  try {
    inflate ??= openInflate()
    const inflated = inflate(input, size)
    if (inflated.data.length === size) return inflated
  } catch (error) {
    if (hasCode(error, 'Z_BUF_ERROR')) return null
    throw new CorruptObjectError(`${what} can't be unpacked`, error)
  }
  throw new CorruptObjectError(`${what} is shorter than declared`)
}

let inflate: Inflate | undefined

/** Returns at most one byte more than `size`. */
type Inflate = (input: Uint8Array, size: number) => Inflated

/** Node reports how much input a stream used, but its types do not say so. */
const inflateAnew: Inflate = (input, size) => {
  const chunkSize = Math.max(leastChunk, size + 1)
  const result: unknown = inflateSync(input, {
    info: true,
    chunkSize,
    maxOutputLength: Math.max(1, size),
  })
  const { buffer, engine } = result as { buffer: Buffer; engine: { bytesWritten: number } }
  return { data: buffer, consumed: engine.bytesWritten }
}

/** The internals of node's zlib streams. They are undocumented, and the same since Node 11. */
interface Handle {
  reset(): void
  writeSync(
    flush: number,
    ...buffers: [Uint8Array, number, number, output: Uint8Array, number, number]
  ): void
  onerror(message: string, errno: number, code: string): void
}

/**
 * Reuses one zlib state for all objects. `inflateSync` sets up a whole stream for each, which takes
 * longer than inflating most objects of a pack: deltas and trees of some hundred bytes.
 */
class Engine {
  readonly #handle: Handle
  /** After a write: the bytes left in the output and in the input. */
  readonly #left: Uint32Array
  #failure: NodeJS.ErrnoException | null = null

  constructor(handle: Handle, left: Uint32Array) {
    this.#handle = handle
    this.#left = left
    handle.onerror = (message, errno, code) => {
      this.#failure = Object.assign(new Error(message), { errno, code })
    }
  }

  /** zlib says that the stream has ended only if there is room left in the output. */
  inflate(input: Uint8Array, size: number): Inflated {
    const output = Buffer.allocUnsafe(size + 1)
    this.#failure = null
    this.#handle.reset()
    this.#handle.writeSync(constants.Z_FINISH, input, 0, input.length, output, 0, output.length)
    if (this.#failure !== null) throw this.#failure
    const [outputLeft = 0, inputLeft = 0] = this.#left
    if (outputLeft === 0) throw new Error('it is longer than declared')
    return {
      data: output.subarray(0, output.length - outputLeft),
      consumed: input.length - inputLeft,
    }
  }
}

/** Uses our own state, or node's public function if node's internals have changed. */
function openInflate(): Inflate {
  const { _handle: handle, _writeState: left } = createInflate() as unknown as {
    _handle?: Partial<Handle>
    _writeState?: unknown
  }
  const isKnown =
    typeof handle?.reset === 'function' &&
    typeof handle.writeSync === 'function' &&
    left instanceof Uint32Array
  if (!isKnown) return inflateAnew
  const engine = new Engine(handle as Handle, left)
  return (input, size) => engine.inflate(input, size)
}

/** The most bytes that zlib makes of `size` bytes (stored blocks); other writers may make more. */
export const mostDeflated = (size: number) => size + (size >>> 12) + (size >>> 14) + 64

/**
 * Yields the bytes of a large object as they are inflated; bytes after the stream are ignored.
 *
 * @param what for messages
 * @returns at the end, how many bytes of the input the stream used
 * @throws CorruptObjectError if the stream is damaged, truncated, or has another size
 */
export async function* inflatePieces(
  input: Iterable<Buffer>,
  size: number,
  what: string,
): AsyncGenerator<Buffer, number> {
  const inflate = createInflate({ chunkSize: 1 << 18 })
  // A failure also ends the input; the reader of the output throws it.
  pipeline(Readable.from(input), inflate, () => undefined)
  let left = size
  try {
    for await (const piece of inflate) {
      left -= piece.length
      if (left < 0) break
      yield piece
    }
  } catch (error) {
    if (error instanceof CorruptObjectError) throw error
    throw new CorruptObjectError(`${what} can't be unpacked`, error)
  }
  if (left !== 0) throw new CorruptObjectError(`${what} does not have the declared size`)
  return inflate.bytesWritten
}
