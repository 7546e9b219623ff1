import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface Received {
  headers: IncomingHttpHeaders
  body: Buffer
}

/** A server that keeps what webhooks send to it, and answers with `status`; 0: not at all. */
export async function openReceiver() {
  const received: Received[] = []
  const state = { status: 202 }
  const server = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: await buffer(request) })
    if (state.status > 0) response.writeHead(state.status, { 'x-own': 'yes' }).end('thanks')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    received,
    state,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}
