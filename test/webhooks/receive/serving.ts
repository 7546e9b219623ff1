import { once } from 'node:events'
import { Agent, request as httpRequest, type RequestOptions } from 'node:http'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { systemClock } from '../../../src/base/clock.js'
import { createMetrics, type Metrics } from '../../../src/webhooks/metrics/metrics.js'
import {
  type Receiver,
  type ReceiverEvent,
  type ReceiverOptions,
  type ReceiverSettings,
  type ServingState,
  startReceiver,
} from '../../../src/webhooks/receive/receiver.js'
import { sign } from '../../../src/webhooks/receive/signature.js'
import { MemoryStore, secret, someSettings } from './memory-store.js'

export interface Serving {
  receiver: Receiver
  port: number
  store: MemoryStore
  state: ServingState
  metrics: Metrics
  /** A test replaces it as a reload does. */
  settings: ReceiverSettings
  events: ReceiverEvent[]
}

/** Starts a receiver on a free port, for the time of a test. */
export async function serve(
  settings: Partial<ReceiverSettings> = {},
  options: Partial<ReceiverOptions> = {},
): Promise<Serving> {
  const port = await freePort()
  const metrics = createMetrics()
  const state = { isDraining: false, isStoreUp: true }
  const store = new MemoryStore()
  const events: ReceiverEvent[] = []
  const serving = {
    port,
    store,
    state,
    metrics,
    events,
    settings: { ...someSettings, ...settings },
  }
  const receiver = await startReceiver({
    place: { type: 'tcp', host: '127.0.0.1', port },
    settings: () => serving.settings,
    store,
    probeStore: async () => {},
    state,
    metrics,
    gauges: async () => [],
    githubRanges: async () => [],
    clock: systemClock,
    emit: (event) => events.push(event),
    ...options,
  })
  onTestFinished(() => receiver.drain(0))
  return Object.assign(serving, { receiver })
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

export interface Sent {
  body?: string | Uint8Array
  /** undefined: it is left out. */
  headers?: Record<string, string | string[] | undefined>
  method?: string
  path?: string
  agent?: Agent
  socketPath?: string
}

export interface Received {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  json: unknown
}

/** The headers of a rightly signed delivery. */
export const headersOf = (body: string | Uint8Array, key = secret) => ({
  'Content-Type': 'application/json',
  'User-Agent': 'GitHub-Hookshot/044aadd',
  'X-GitHub-Delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
  'X-GitHub-Event': 'push',
  'X-GitHub-Hook-ID': '292430182',
  'X-Hub-Signature-256': sign(Buffer.from(body), key),
})

/** Sends one request; without changes, a rightly signed delivery. */
export async function send({ port }: { port: number }, sent: Sent = {}): Promise<Received> {
  const { body = '{"ref":"refs/heads/main"}', method = 'POST', path = '/webhook' } = sent
  const length = String(Buffer.byteLength(body))
  const headers: Sent['headers'] = {
    ...(method === 'POST' ? { ...headersOf(body), 'Content-Length': length } : {}),
    ...sent.headers,
  }
  const options: RequestOptions = {
    port,
    method,
    path,
    headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)),
    agent: sent.agent ?? new Agent(),
    ...(sent.socketPath === undefined ? {} : { socketPath: sent.socketPath }),
  }
  const request = httpRequest(options)
  request.end(method === 'POST' ? body : undefined)
  const [response] = await once(request, 'response')
  // A refusal may come before all is sent.
  request.on('error', () => {})
  const answer = await text(response)
  return {
    status: response.statusCode,
    headers: response.headers,
    text: answer,
    json: answer.startsWith('{') ? JSON.parse(answer) : null,
  }
}

/** The head of a request, as it goes over the wire. */
export const headOf = (headers: Record<string, string>, line = 'POST /webhook HTTP/1.1') =>
  `${[line, 'Host: localhost', ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].join('\r\n')}\r\n\r\n`

export interface RawConnection {
  socket: Socket
  /** All that has come, when the other side has closed; also after a reset. */
  closed: Promise<string>
}

/** A connection that sends whatever it is given. */
export function rawConnection({ port }: { port: number }): RawConnection {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('error', () => {})
  const closed = new Promise<string>((resolve) => {
    socket.once('close', () => resolve(Buffer.concat(chunks).toString()))
  })
  onTestFinished(() => void socket.destroy())
  return { socket, closed }
}
