import { pipeline, Readable } from 'node:stream'
import { createInflate } from 'node:zlib'
import { CorruptObjectError } from '../../errors.js'
import type { PackEntry, WholeEntry } from '../pack/read/pack-entry.js'

/** Blobs above this many bytes are gone through in pieces; nothing of them is kept. */
const mostHeld = 4 * 1024 * 1024

/** Whether an entry is a blob that is whole in the pack, and too large to be held in memory. */
export const isLarge = (entry: PackEntry): entry is WholeEntry =>
  entry.type === 'blob' && entry.size > mostHeld

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
