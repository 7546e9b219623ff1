import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { GitHubNetworkError } from '../../base/errors.js'
import type { Api } from '../rest/api.js'
import type { ApiRequest, ApiResponse, FileStream } from '../transport/message.js'
import { type OnProgress, writing } from './files.js'

export interface DownloadOptions {
  /** The file's name in messages; default: the file name. */
  name?: string | undefined
  /** Default: the stored bytes. */
  accept?: string | undefined
  /** `sha256:` and 64 hexadecimal digits that the bytes must match. */
  digest?: string | null | undefined
  /**
   * The expected size in bytes, if known: if a server sends no length, a truncated answer is
   * otherwise not noticed.
   */
  size?: number | undefined
  onProgress?: ((progress: OnProgress) => void) | undefined
  /** Receives the headers of each answer that brings bytes; names are in lower case. */
  onHeaders?: ((headers: Record<string, string>) => void) | undefined
}

export interface Downloaded {
  path: string
  /** Bytes. */
  size: number
  /** In hexadecimal digits. */
  sha256: string
}

/**
 * Streams an address of the API into a file. Writes a temporary file beside it and renames that, so
 * that the file is either complete or unchanged. Storage on another host gets no credential, and an
 * address of it that has expired is replaced once. After a lost connection it continues where it stopped, if the server still has the same bytes (RFC
 * 9110, 13.1.5 and 14).
 *
 * @throws GitHubNetworkError, also for bytes that do not match the digest; PathError if the file
 *   can't be written
 */
export async function downloadFile(
  api: Api,
  url: URL,
  to: string,
  {
    name = basename(to),
    accept = 'application/octet-stream',
    digest,
    size: expected,
    onProgress,
    onHeaders,
  }: DownloadOptions = {},
): Promise<Downloaded> {
  const part = join(dirname(to), `.${basename(to)}.${randomBytes(6).toString('hex')}.part`)
  const file = await writing(part, () => open(part, 'wx'))
  try {
    const sink = createSink(file, part, { onProgress, onHeaders, expected })
    await fetchInto(api, { method: 'GET', url, headers: { accept }, stream: sink }, sink.startOver)
    await writing(part, () => file.close())
    const { size, sha256 } = sink.result()
    if (digest?.startsWith('sha256:') && digest !== `sha256:${sha256}`)
      throw otherBytes(name, digest, `sha256:${sha256}`)
    if (expected !== undefined && size !== expected)
      throw otherBytes(name, `${expected} bytes`, `${size}`)
    await writing(to, () => rename(part, to))
    return { path: to, size, sha256 }
  } catch (error) {
    await file.close()
    await rm(part, { force: true })
    throw error
  }
}

/** Storage's address expires some minutes after GitHub signed it, so a refused one is replaced once. */
async function fetchInto(api: Api, request: ApiRequest, startOver: () => void): Promise<void> {
  try {
    await api.transfer(request)
  } catch (error) {
    if (!isRefusedByStorage(error)) throw error
    startOver()
    await api.transfer(request)
  }
}

/** The API's own refusals are other errors; a 407 is a proxy's. */
const isRefusedByStorage = (error: unknown): boolean =>
  error instanceof GitHubNetworkError &&
  error.status !== undefined &&
  error.status >= 400 &&
  error.status < 500 &&
  error.status !== 407

const otherBytes = (name: string, announced: string, came: string) =>
  new GitHubNetworkError(`${name}: the received bytes do not match their checksum`, {
    hint: `expected ${announced}, received ${came}`,
  })

interface SinkOptions extends Pick<DownloadOptions, 'onProgress' | 'onHeaders'> {
  expected: number | undefined
}

/** Writes the bytes, from the start or from where the last attempt stopped. */
function createSink(
  file: FileHandle,
  path: string,
  { onProgress, onHeaders, expected }: SinkOptions,
) {
  let received = 0
  let hash = createHash('sha256')
  let etag: string | undefined

  const restart = async () => {
    if (received > 0) await writing(path, () => file.truncate(0))
    received = 0
    hash = createHash('sha256')
  }
  const stream: FileStream = {
    headers: (): Record<string, string> =>
      received > 0 && etag !== undefined ? { range: `bytes=${received}-`, 'if-range': etag } : {},
    async receive(head, body) {
      if (head.status !== 206) await restart()
      else if (rangeStart(head) !== received)
        throw new GitHubNetworkError(`${head.url.host} sent a different part than requested`)
      etag = strongEtag(head)
      onHeaders?.(head.headers)
      const total = totalOf(head, received) ?? expected ?? null
      for await (const chunk of body) {
        const at = received
        await writing(path, () => file.write(chunk, 0, chunk.length, at))
        hash.update(chunk)
        received += chunk.length
        onProgress?.({ done: received, total })
      }
      if (total !== null && received !== total)
        throw new GitHubNetworkError(`${head.url.host}: its answer was cut short`)
    },
  }
  const startOver = () => {
    etag = undefined
  }
  return { ...stream, startOver, result: () => ({ size: received, sha256: hash.digest('hex') }) }
}

type Head = Omit<ApiResponse, 'body'>

const strongEtag = ({ headers: { etag } }: Head) => (etag?.startsWith('"') ? etag : undefined)

function rangeStart({ headers }: Head): number {
  return Number(/^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1] ?? Number.NaN)
}

function totalOf({ headers }: Head, from: number): number | null {
  const length = headers['content-length']
  return length === undefined ? null : from + Number(length)
}
