import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** Bytes that depend on a seed alone, and take no space. They do not compress. */
export interface Generated {
  seed: number
  /** In bytes. */
  size: number
}

/** Bytes in memory, in a file, or made while they are read. */
export type Content = Buffer | { file: string; size: number } | Generated

export const sizeOf = (content: Content): number =>
  Buffer.isBuffer(content) ? content.length : content.size

/** The bytes from `start` to before `end`, in pieces. */
export function read(content: Content, start = 0, end = sizeOf(content)): AsyncIterable<Buffer> {
  if ('seed' in content) return generated(content, start, end)
  if (Buffer.isBuffer(content)) return one(content.subarray(start, end))
  // A stream of a file includes its end, and can't be empty.
  return start < end ? createReadStream(content.file, { start, end: end - 1 }) : one()
}

async function* one(...pieces: Buffer[]) {
  yield* pieces
}

const blockSize = 1024 * 1024

/** One block again and again with its number in front, so that no two places are the same. */
async function* generated({ seed }: Generated, start: number, end: number) {
  const random = createHash('shake256', { outputLength: blockSize }).update(`${seed}`).digest()
  for (let at = start; at < end; ) {
    const index = Math.floor(at / blockSize)
    const block = Buffer.from(random)
    block.writeUInt32BE(index)
    const from = at - index * blockSize
    const piece = block.subarray(from, from + end - at)
    yield piece
    at += piece.length
  }
}
