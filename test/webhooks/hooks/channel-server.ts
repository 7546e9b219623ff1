import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A channel as its users see it: what is posted to it goes to those who read its events. */
export interface ChannelServer {
  url: string
  /** Requests for its events. */
  readers: IncomingMessage[]
  /** How it answers who wants its events; 200: with them. */
  status: number
  /** Ends the connections of its readers. */
  cut(): void
  /** Writes raw text to them. */
  write(text: string): void
  close(): Promise<void>
}

/**
 * smee parses a body and makes JSON of it again; gosmee passes its bytes on in base64, to who calls
 * itself gosmee.
 */
export async function openChannel(kind: 'smee' | 'gosmee'): Promise<ChannelServer> {
  const open = new Set<ServerResponse>()
  let count = 0
  const send = (event: string, data: string) =>
    channel.write(`id: ${count++}\n${event ? `event: ${event}\n` : ''}data: ${data}\n\n`)
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      send('', JSON.stringify(messageOf(kind, request, await buffer(request))))
      response.end()
      return
    }
    channel.readers.push(request)
    const { accept, 'user-agent': agent = '' } = request.headers
    const isReader = kind === 'smee' ? accept === 'text/event-stream' : agent.includes('gosmee')
    const isServed = isReader && channel.status === 200
    response.writeHead(channel.status, {
      'content-type': isServed ? 'text/event-stream' : 'text/html',
    })
    if (!isServed) return void response.end('<html>')
    open.add(response)
    response.once('close', () => open.delete(response))
    response.write(kind === 'smee' ? 'event: ready\ndata: {}\n\n' : 'data: ready\n\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const channel: ChannelServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/chAnnel12345`,
    readers: [],
    status: 200,
    cut() {
      for (const response of open) response.destroy()
    },
    write(text) {
      for (const response of open) response.write(text)
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return channel
}

function messageOf(kind: 'smee' | 'gosmee', { headers }: IncomingMessage, body: Buffer) {
  const timestamp = Date.now()
  if (kind === 'gosmee') return { ...headers, timestamp, bodyB: body.toString('base64') }
  const isForm = headers['content-type'] === 'application/x-www-form-urlencoded'
  const parsed = isForm
    ? Object.fromEntries(new URLSearchParams(body.toString()))
    : JSON.parse(body.toString())
  return { ...headers, body: parsed, query: {}, timestamp }
}
