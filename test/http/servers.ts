import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, request } from 'node:http'
import { type AddressInfo, connect, type Server, type Socket } from 'node:net'
import { afterEach } from 'vitest'

const servers = new Set<{ server: Server; sockets: Set<Socket> }>()

afterEach(async () => {
  for (const { server, sockets } of servers) {
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  servers.clear()
})

/** Closes a server and its connections at the end of the test. */
export function track(server: Server): Server {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  servers.add({ server, sockets })
  return server
}

/** A server on a free loopback port for one test; its address, without a trailing slash. */
export async function serve(listener: RequestListener): Promise<string> {
  return listen(track(createServer(listener)))
}

export async function listen(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An address without a listener. */
export async function closedAddress(): Promise<string> {
  const server = createServer()
  const address = await listen(server)
  await once(server.close(), 'close')
  return address
}

export async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of message) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

export interface ProxyServer {
  address: string
  /** Requests so far: `CONNECT host:port`, or `GET http://…`. */
  asked: string[]
  /** The credentials it received. */
  credentials: (string | undefined)[]
}

/**
 * A proxy that tunnels (CONNECT) and forwards (absolute form), or answers everything with
 * `refusal`.
 */
export async function proxy(refusal?: number): Promise<ProxyServer> {
  const asked: string[] = []
  const credentials: (string | undefined)[] = []
  const note = (message: IncomingMessage) => {
    asked.push(`${message.method} ${message.url}`)
    credentials.push(message.headers['proxy-authorization'])
  }
  const server = createServer((message, answer) => {
    note(message)
    if (refusal !== undefined) return void answer.writeHead(refusal).end()
    const forward = request(
      message.url ?? '',
      { method: message.method, headers: message.headers },
      (from) => {
        answer.writeHead(from.statusCode ?? 500, from.headers)
        from.pipe(answer)
      },
    )
    message.pipe(forward)
  })
  server.on('connect', (message: IncomingMessage, client: Socket) => {
    note(message)
    if (refusal !== undefined) return void client.end(`HTTP/1.1 ${refusal} No\r\n\r\n`)
    const [host = '', port] = (message.url ?? '').split(':')
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.pipe(client).pipe(upstream)
    })
    upstream.on('error', () => client.destroy())
    client.on('error', () => upstream.destroy())
  })
  return { address: await listen(track(server)), asked, credentials }
}
