import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { hermetic } from './run.js'

export interface GitRequest {
  request: Request
  bare: string
  /** `/info/refs`, `/git-upload-pack` or `/git-receive-pack`. */
  path: string
  /** false: the Git-Protocol header is not passed on, as on a server without version 2. */
  protocolV2: boolean
}

/**
 * Passes a push to the real `git http-backend` as CGI (RFC 3875), and streams both ways.
 *
 * @param user who pushes; without one a push is refused
 */
export async function httpBackend(call: GitRequest, user: string | undefined): Promise<Response> {
  const child = spawn('git', ['http-backend'], { env: environment(call, user) })
  const { request } = call
  request.signal.addEventListener('abort', () => child.kill())
  const body = request.body && Readable.fromWeb(request.body as WebStream<Uint8Array>)
  const sent = sendBody(body, child)
  child.stderr.resume()
  const output: AsyncIterator<Buffer> = child.stdout[Symbol.asyncIterator]()
  const { head, rest } = await readHead(output)
  return new Response(ReadableStream.from(bodyOf(rest, output, sent)), head)
}

function environment({ request, bare, path, protocolV2 }: GitRequest, user: string | undefined) {
  const header = (name: string) => request.headers.get(name) ?? ''
  const root = dirname(bare)
  return {
    ...hermetic,
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: bare.slice(root.length) + path,
    REQUEST_METHOD: request.method,
    QUERY_STRING: new URL(request.url).search.slice(1),
    CONTENT_TYPE: header('content-type'),
    CONTENT_LENGTH: header('content-length'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    REMOTE_ADDR: '127.0.0.1',
    ...(user === undefined ? {} : { REMOTE_USER: user }),
    ...(protocolV2 ? { GIT_PROTOCOL: header('git-protocol') } : {}),
  }
}

/** What a pipe says whose reader has closed it, or has ended. */
const closed = ['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET']

/** A backend that has read enough closes its input; that is not an error. */
export async function sendBody(
  body: Readable | null,
  { stdin }: ChildProcessWithoutNullStreams,
): Promise<void> {
  if (!body) {
    stdin.end()
    return
  }
  try {
    await pipeline(body, stdin)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && closed.includes(String(error.code)))) {
      throw error
    }
  }
}

interface Head {
  status: number
  headers: Headers
}

async function readHead(output: AsyncIterator<Buffer>): Promise<{ head: Head; rest: Buffer }> {
  let bytes = Buffer.alloc(0)
  for (;;) {
    const end = bytes.indexOf('\r\n\r\n')
    if (end >= 0)
      return { head: parseHead(bytes.toString('latin1', 0, end)), rest: bytes.subarray(end + 4) }
    const { value, done } = await output.next()
    if (done) return { head: { status: 500, headers: new Headers() }, rest: bytes }
    bytes = Buffer.concat([bytes, value])
  }
}

function parseHead(text: string): Head {
  const headers = new Headers()
  let status = 200
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon)
    const value = line.slice(colon + 1).trim()
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10)
    else headers.append(name, value)
  }
  return { status, headers }
}

async function* bodyOf(first: Buffer, output: AsyncIterator<Buffer>, sent: Promise<void>) {
  if (first.length > 0) yield first
  for (;;) {
    const { value, done } = await output.next()
    if (done) break
    yield value
  }
  await sent
}
