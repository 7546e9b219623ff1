import { inflateSync } from 'node:zlib'
import { CorruptObjectError } from './errors.js'

/** The least output buffer that zlib takes. */
const leastChunk = 64

/**
 * The object's `size` bytes out of a zlib stream that begins `input`; what follows the stream is left alone.
 * One output buffer of just that size is both quicker than zlib's own and keeps no spare memory alive.
 *
 * @throws CorruptObjectError where the stream is cut, damaged, or of another size
 */
export function inflateExactly(input: Uint8Array, size: number, what: string): Buffer {
  let data: Buffer
  try {
    data = inflateSync(input, {
      chunkSize: Math.max(leastChunk, size + 1),
      maxOutputLength: Math.max(1, size),
    })
  } catch (error) {
    throw new CorruptObjectError(`${what} can't be unpacked`, error)
  }
  if (data.length !== size) {
    throw new CorruptObjectError(`${what} holds ${data.length} bytes, not ${size}`)
  }
  return data
}

/** The most bytes that `size` bytes take when deflated, by zlib's own worst case (stored blocks). */
export const mostDeflated = (size: number) => size + (size >>> 12) + (size >>> 14) + 64
