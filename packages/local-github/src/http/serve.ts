import { once } from 'node:events'
import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { respond } from './respond.js'

export type Handler = (request: Request) => Promise<Response>

export interface Listening {
  /** An address of this machine, or `0.0.0.0` and `::` for all. */
  host: string
  /** 0: any free port. */
  port: number
}

export interface Server {
  /** `http://127.0.0.1:PORT` */
  url: string
  /** Closes every connection, hanging ones too. */
  close(): Promise<void>
}

/**
 * Serves a function from Request to Response on a port. It is also a proxy that routes by host.
 *
 * @throws Error with node's code, such as `EADDRINUSE`
 */
export async function serve(handler: Handler, { host, port }: Listening): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 60_000 })
  server.listen(port, host)
  await once(server, 'listening')
  const url = `http://${reachable(host)}:${(server.address() as AddressInfo).port}`
  server.on('request', (input, output) => {
    answer(handler, url, input, output).catch((error: unknown) => fail(output, error))
  })
  tunnel(server)
  return { url, close: () => close(server) }
}

/** The host for URLs; a server on all addresses gets the one that every machine has. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

async function answer(
  handler: Handler,
  base: string,
  input: IncomingMessage,
  output: ServerResponse,
) {
  const gone = new AbortController()
  output.on('close', () => gone.abort())
  await respond(await handler(toRequest(input, base, gone.signal)), output)
}

function toRequest(input: IncomingMessage, base: string, signal: AbortSignal): Request {
  const { method = 'GET', url = '/' } = input
  const headers = new Headers()
  for (let i = 0; i < input.rawHeaders.length; i += 2) {
    headers.append(input.rawHeaders[i] ?? '', input.rawHeaders[i + 1] ?? '')
  }
  const bodiless = method === 'GET' || method === 'HEAD'
  const body = bodiless ? null : (Readable.toWeb(input) as WebStream<Uint8Array>)
  return new Request(address(url, input, base), { method, headers, body, duplex: 'half', signal })
}

/** A proxy request has the whole address; any other one has a Host header. */
function address(target: string, { headers }: IncomingMessage, base: string): string {
  if (!target.startsWith('/')) return target
  return headers.host === undefined ? base + target : `http://${headers.host}${target}`
}

/** CONNECT, for any host: the tunnel carries plain HTTP to one of this server's names. */
function tunnel(server: HttpServer): void {
  server.on('connect', (_request, socket, head) => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    socket.unshift(head)
    server.emit('connection', socket)
  })
}

async function close(server: HttpServer): Promise<void> {
  server.close()
  server.closeAllConnections()
  if (server.listening) await once(server, 'close')
}

/** A bug of this server: its answer shows the error, so that a failing test shows it too. */
function fail(output: ServerResponse, error: unknown): void {
  if (output.headersSent || output.destroyed) output.destroy()
  else output.writeHead(500).end(error instanceof Error ? error.stack : String(error))
}
