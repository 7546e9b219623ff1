import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { PathError } from '../../base/errors.js'
import type { Api } from '../rest/api.js'
import { jsonOf } from '../transport/message.js'
import { fileError, type OnProgress } from './files.js'

export interface UploadOptions {
  /** Default: the file's name. */
  name?: string | undefined
  contentType: string
  onProgress?: ((progress: OnProgress) => void) | undefined
  /** Ends this upload; replaces the client's own signal. */
  signal?: AbortSignal | undefined
}

/**
 * Streams a file in a POST with `?name=`. Sends it again only if it certainly did not arrive.
 *
 * @returns the answer's JSON, and the digest of the bytes that were sent
 * @throws PathError if the file can't be read, or changes while it is sent
 */
export async function uploadFile(
  api: Api,
  to: URL,
  path: string,
  { name = basename(path), contentType, onProgress, signal }: UploadOptions,
): Promise<{ answer: unknown; sha256: string }> {
  const file = await open(path).catch((cause) => {
    throw fileError(path, "can't be read", cause)
  })
  try {
    const stats = await file.stat()
    if (!stats.isFile()) throw new PathError(`not a file: ${path}`)
    const source = createSource(file, path, stats.size, onProgress)
    const url = new URL(to)
    url.searchParams.set('name', name)
    const headers = { 'content-type': contentType, 'content-length': String(stats.size) }
    const response = await api.transfer({ method: 'POST', url, headers, stream: source, signal })
    return { answer: jsonOf(response), sha256: source.sha256() }
  } finally {
    await file.close()
  }
}

const chunkSize = 256 * 1024

function createSource(
  file: FileHandle,
  path: string,
  size: number,
  onProgress?: (progress: OnProgress) => void,
) {
  let hash = createHash('sha256')
  async function* chunks(): AsyncGenerator<Buffer> {
    hash = createHash('sha256')
    for (let at = 0; at < size; ) {
      const chunk = await readChunk(file, path, at, Math.min(chunkSize, size - at))
      hash.update(chunk)
      at += chunk.length
      yield chunk
      onProgress?.({ done: at, total: size })
    }
  }
  return {
    body: () => (size === 0 ? Readable.from([]) : Readable.from(chunks(), { objectMode: false })),
    sha256: () => hash.digest('hex'),
  }
}

async function readChunk(
  file: FileHandle,
  path: string,
  at: number,
  length: number,
): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  const { bytesRead } = await file.read(buffer, 0, length, at).catch((cause) => {
    throw fileError(path, "can't be read", cause)
  })
  if (bytesRead === 0) throw new PathError(`${path} became shorter during the upload`)
  return buffer.subarray(0, bytesRead)
}
