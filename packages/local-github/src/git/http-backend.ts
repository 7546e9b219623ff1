import { dirname } from 'node:path'
import { command } from './shell.js'

export interface GitRequest {
  request: Request
  bare: string
  /** `/info/refs`, `/git-upload-pack` or `/git-receive-pack`. */
  path: string
  /** false: the Git-Protocol header is not passed on, as on a server without version 2. */
  protocolV2: boolean
}

/**
 * Passes a push to the real `git http-backend` as CGI (RFC 3875).
 *
 * @param user who pushes; without one a push is refused
 */
export async function httpBackend(call: GitRequest, user: string | undefined): Promise<Response> {
  const { request } = call
  const { stdout } = await command(['git', 'http-backend'], {
    input: new Uint8Array(await request.arrayBuffer()),
    env: environment(call, user),
    signal: request.signal,
  })
  const end = stdout.indexOf('\r\n\r\n')
  if (end < 0) return new Response(new Uint8Array(stdout), { status: 500 })
  const head = parseHead(stdout.toString('latin1', 0, end))
  return new Response(ReadableStream.from([stdout.subarray(end + 4)]), head)
}

function environment({ request, bare, path, protocolV2 }: GitRequest, user: string | undefined) {
  const header = (name: string) => request.headers.get(name) ?? ''
  const root = dirname(bare)
  return {
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

interface Head {
  status: number
  headers: Headers
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
