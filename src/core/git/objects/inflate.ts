import { inflateSync } from 'node:zlib'
import { hasCode } from '../../files.js'
import { CorruptObjectError } from './errors.js'

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
    const { buffer, engine } = inflateWithInfo(input, size)
    if (buffer.length === size) return { data: buffer, consumed: engine.bytesWritten }
  } catch (error) {
    if (hasCode(error, 'Z_BUF_ERROR')) return null
    throw new CorruptObjectError(`${what} can't be unpacked`, error)
  }
  throw new CorruptObjectError(`${what} is shorter than it says`)
}

/** Node tells how much of its input a stream took, which its types do not know. */
function inflateWithInfo(input: Uint8Array, size: number) {
  const chunkSize = Math.max(leastChunk, size + 1)
  const result: unknown = inflateSync(input, {
    info: true,
    chunkSize,
    maxOutputLength: Math.max(1, size),
  })
  return result as { buffer: Buffer; engine: { bytesWritten: number } }
}

/** The most bytes that zlib itself makes of `size` bytes (stored blocks); other writers may make more. */
export const mostDeflated = (size: number) => size + (size >>> 12) + (size >>> 14) + 64
