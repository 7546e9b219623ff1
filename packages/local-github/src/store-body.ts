import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as WebStream } from 'node:stream/web'

/**
 * Writes a request's body to a file as it comes.
 *
 * @returns its size in bytes, and its sha256 in hex
 */
export async function storeBody(
  { body }: Request,
  file: string,
): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256')
  let size = 0
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      size += chunk.length
      done(null, chunk)
    },
  })
  const source = body ? Readable.fromWeb(body as WebStream<Uint8Array>) : Readable.from([])
  await pipeline(source, measure, createWriteStream(file))
  return { size, sha256: hash.digest('hex') }
}
