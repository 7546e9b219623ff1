import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A proxy for plain http that records the requested hosts, and their Proxy-Authorization. */
export interface Proxy {
  url: string
  asked: { host: string; authorization: string | undefined }[]
  close(): Promise<void>
}

export async function openProxy(): Promise<Proxy> {
  const asked: Proxy['asked'] = []
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '')
    asked.push({ host: url.host, authorization: incoming.headers['proxy-authorization'] })
    forward(url, incoming, outgoing)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function forward(url: URL, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { 'proxy-authorization': _, 'proxy-connection': __, ...headers } = incoming.headers
  const onward = request(url, { method: incoming.method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
  })
  onward.on('error', () => outgoing.destroy())
  incoming.pipe(onward)
}
