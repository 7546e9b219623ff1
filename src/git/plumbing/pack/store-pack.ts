import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { GitHubError } from '../../../base/errors.js'
import { writeAll } from '../../../base/fs/read.js'
import { cutShort } from '../protocol/pkt-line.js'

/** A pack's header, and its checksum at the end. */
const headerLength = 12
const checksumLength = 20
/** No object takes fewer bytes in a pack: a header and an empty zlib stream. */
const leastObject = 9

export interface TakenPack {
  bytes: number
  /** How many objects it says it holds. */
  count: number
  /** Its last 20 bytes, which are the SHA-1 of all before. */
  checksum: Buffer
}

export interface TakeRequest {
  path: string
  chunks: AsyncIterable<Buffer>
  /** Who sends it, for messages. */
  host: string
  onBytes: (bytes: number) => void
}

/**
 * Puts a pack on the disk as it arrives, whatever its size, and checks it against its own checksum.
 *
 * @see https://git-scm.com/docs/pack-format
 * @throws GitHubNetworkError where it is cut, GitHubError where it is damaged or none
 */
export async function takePack({ path, chunks, host, onBytes }: TakeRequest): Promise<TakenPack> {
  const sum = new TrailingSum()
  let header: Buffer = Buffer.alloc(0)
  let bytes = 0
  const file = await open(path, 'wx', 0o444)
  try {
    for await (const chunk of chunks) {
      if (header.length < headerLength) {
        header = Buffer.concat([header, chunk.subarray(0, headerLength - header.length)])
        if (header.length === headerLength) checkHeader(header, host)
      }
      sum.update(chunk)
      writeAll(file.fd, chunk)
      bytes += chunk.length
      onBytes(bytes)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  if (bytes < headerLength + checksumLength) throw cutShort(host)
  const count = header.readUInt32BE(8)
  if (!sum.fits() || count * leastObject > bytes) throw damaged(host, 'its checksum is another')
  return { bytes, count, checksum: sum.trailer }
}

export const damaged = (host: string, how: string, cause?: unknown) =>
  new GitHubError(`${host} sent a damaged pack: ${how}`, {
    hint: 'run the command again; nothing of it was kept',
    cause,
  })

function checkHeader(header: Buffer, host: string): void {
  const version = header.readUInt32BE(4)
  if (header.toString('latin1', 0, 4) !== 'PACK' || (version !== 2 && version !== 3)) {
    throw damaged(host, 'it does not begin as a pack does')
  }
}

/** The SHA-1 of all but the last 20 bytes, and these, without knowing when the last will come. */
class TrailingSum {
  readonly #hash = createHash('sha1')
  trailer: Buffer = Buffer.alloc(0)

  update(chunk: Buffer): void {
    const all = chunk.length >= checksumLength ? chunk : Buffer.concat([this.trailer, chunk])
    if (all === chunk) this.#hash.update(this.trailer)
    const end = Math.max(0, all.length - checksumLength)
    this.#hash.update(all.subarray(0, end))
    this.trailer = Buffer.from(all.subarray(end))
  }

  fits(): boolean {
    return this.#hash.digest().equals(this.trailer)
  }
}
