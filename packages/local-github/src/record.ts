import { gunzipSync } from 'node:zlib'
import type { Origin } from './addresses.js'

export interface RecordedRequest {
  origin: Origin
  method: string
  /** With the query, and with an enterprise server's prefix. */
  path: string
  /** By name in lower case. */
  headers: Record<string, string>
  /**
   * The decompressed body as text, at most its first megabyte; filled in while the body is read.
   */
  body: string
}

const longest = 1024 * 1024

/** Records a request, and returns one whose body fills in the record while it is read. */
export function record(
  request: Request,
  origin: Origin,
): { noted: RecordedRequest; request: Request } {
  const url = new URL(request.url)
  const headers = Object.fromEntries(request.headers)
  const path = url.pathname + url.search
  const noted: RecordedRequest = { origin, method: request.method, path, headers, body: '' }
  const { body, signal } = request
  if (!body) return { noted, request }
  const note = (bytes: Buffer, whole: boolean) => {
    noted.body = (whole ? uncompressed(bytes, headers['content-encoding']) : bytes).toString()
  }
  return {
    noted,
    request: new Request(request, { body: tapped(body, note), duplex: 'half', signal }),
  }
}

/** Reads a request's body first, so that the record is complete before the answer. */
export async function readWhole(request: Request): Promise<Request> {
  if (!request.body) return request
  const { signal } = request
  return new Request(request, { body: await request.arrayBuffer(), signal })
}

function tapped(body: ReadableStream<Uint8Array>, note: (bytes: Buffer, whole: boolean) => void) {
  const chunks: Uint8Array[] = []
  let length = 0
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        if (length < longest) chunks.push(chunk)
        length += chunk.length
        controller.enqueue(chunk)
      },
      flush: () => note(Buffer.concat(chunks).subarray(0, longest), length <= longest),
    }),
  )
}

const uncompressed = (bytes: Buffer, encoding: string | undefined) =>
  encoding === 'gzip' ? gunzipSync(bytes) : bytes
