import { pipeline, Readable } from 'node:stream'
import { constants, createInflate, inflateSync } from 'node:zlib'
import { hasCode } from '../../../base/fs/read.js'
import { CorruptObjectError } from '../../errors.js'

/** The least output buffer that zlib takes. */
const leastChunk = 64

export interface Inflated {
  data: Buffer
  /** Bytes of the input that the stream took. */
  consumed: number
}

/**
 * The object's `size` bytes out of a zlib stream that begins `input`; what follows the stream is left alone.
 * One output buffer of just that size is both quicker than zlib's own and keeps no spare memory alive.
 *
 * @param what for messages
 * @returns null where the input ends before the stream does
 * @throws CorruptObjectError where the stream is damaged, or of another size
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
  throw new CorruptObjectError(`${what} is shorter than it says`)
}

let inflate: Inflate | undefined

/** At most one byte more than `size`. */
type Inflate = (input: Uint8Array, size: number) => Inflated

/** Node tells how much of its input a stream took, which its types do not know. */
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

/** What node's own streams of zlib stand on, the same since Node 11; it is not documented. */
interface Handle {
  reset(): void
  writeSync(
    flush: number,
    ...buffers: [Uint8Array, number, number, output: Uint8Array, number, number]
  ): void
  onerror(message: string, errno: number, code: string): void
}

/**
 * One zlib state for object after object. `inflateSync` sets up a whole stream for each, which takes longer than
 * most objects of a pack do: they are deltas and trees of some hundred bytes.
 */
class Engine {
  readonly #handle: Handle
  /** After a write: bytes of the output, and of the input, that are left. */
  readonly #left: Uint32Array
  #failure: NodeJS.ErrnoException | null = null

  constructor(handle: Handle, left: Uint32Array) {
    this.#handle = handle
    this.#left = left
    handle.onerror = (message, errno, code) => {
      this.#failure = Object.assign(new Error(message), { errno, code })
    }
  }

  /** Whether the stream ends is only told where there is room left. */
  inflate(input: Uint8Array, size: number): Inflated {
    const output = Buffer.allocUnsafe(size + 1)
    this.#failure = null
    this.#handle.reset()
    this.#handle.writeSync(constants.Z_FINISH, input, 0, input.length, output, 0, output.length)
    if (this.#failure !== null) throw this.#failure
    const [outputLeft = 0, inputLeft = 0] = this.#left
    if (outputLeft === 0) throw new Error('it is longer than it says')
    return {
      data: output.subarray(0, output.length - outputLeft),
      consumed: input.length - inputLeft,
    }
  }
}

/** By a state of our own, or as node offers it where it is built otherwise. */
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

/** The most bytes that zlib itself makes of `size` bytes (stored blocks); other writers may make more. */
export const mostDeflated = (size: number) => size + (size >>> 12) + (size >>> 14) + 64

/**
 * The bytes of a large object as they come out of its zlib stream; what follows the stream is left alone.
 *
 * @param what for messages
 * @returns at the end, how many bytes of the input the stream took
 * @throws CorruptObjectError where the stream is damaged, cut, or of another size
 */
export async function* inflatePieces(
  input: Iterable<Buffer>,
  size: number,
  what: string,
): AsyncGenerator<Buffer, number> {
  const inflate = createInflate({ chunkSize: 1 << 18 })
  // Of a failure that ends the input too; what it was is thrown where the output is read.
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
  if (left !== 0) throw new CorruptObjectError(`${what} is not of the size it says`)
  return inflate.bytesWritten
}
