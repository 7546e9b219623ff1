import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Server as NetServer } from 'node:net'
import type { Clock } from '../../base/clock.js'
import { reasonOf } from '../../base/fs/system-error.js'
import { eventLabel, type GaugeSample, type Metrics } from '../metrics/metrics.js'
import type { AcceptedDelivery, DeliveryStore, ReceivedDelivery } from '../store/store.js'
import type { AccessRules } from './access.js'
import {
  type Answer,
  hasUnreadBody,
  refusalAnswer,
  type ServedRequest,
  sendAnswer,
} from './answer.js'
import { byteBudget } from './body.js'
import { watchConnections } from './connections.js'
import { type CommittedDelivery, groupCommit } from './group-commit.js'
import { type ListenPlace, listen } from './listen.js'
import { servePage } from './pages.js'
import { receiveDelivery } from './receive-delivery.js'
import { refusalReports } from './refusal-reports.js'
import { type Rules, rulesOf } from './rules.js'

/** What a reload may change. */
export interface ReceiverSettings extends AccessRules {
  /** At least one. */
  secrets: readonly string[]
  /** Of the hook's URL; begins with a slash. */
  path: string
  /** Bytes. */
  maxBody: number
  /** Whether `GET /metrics` is answered. */
  metrics: boolean
}

/** The receiver's state, which its owner may read and set as well. */
export interface ServingState {
  isDraining: boolean
  /** false from a failed commit until one succeeds. */
  isStoreUp: boolean
}

export type ReceiverEvent =
  | { type: 'warning'; message: string }
  /** The deliveries of one commit, ready to be routed. */
  | { type: 'deliveries-received'; deliveries: ReceivedSummary[] }
  /**
   * A request at the hook's path was refused; at most 60 a minute. `address`: of the client; null if
   * it is unknown.
   */
  | { type: 'delivery-refused'; status: number; address: string | null }

export type ReceivedSummary = AcceptedDelivery & Pick<ReceivedDelivery, 'delivery' | 'event'>

export interface ReceiverOptions {
  place: ListenPlace
  /** Called for each request; the same object as long as nothing has changed. */
  settings(): ReceiverSettings
  store: Pick<DeliveryStore, 'accept'>
  /** A small commit, which tells /healthz whether a store that was down is up again. */
  probeStore(): Promise<void>
  state: ServingState
  metrics: Metrics
  gauges(): Promise<readonly GaugeSample[]>
  /** The `hooks` of `GET /meta`. */
  githubRanges(): Promise<readonly string[]>
  /** Bytes of all bodies in hand; default: 256 MiB. */
  memory?: number
  clock: Clock
  /** Must not throw. */
  emit(event: ReceiverEvent): void
}

export interface Receiver {
  /** See `listen`. */
  address: string
  /**
   * Accepts no more connections, answers the requests of the open ones, and closes them: idle ones
   * soon, all of them after `within` milliseconds (10,000). Deliveries are stored to the end.
   */
  drain(within?: number): Promise<void>
}

const limits = {
  headersTimeout: 4000,
  requestTimeout: 8000,
  connectionsCheckingInterval: 500,
  keepAliveTimeout: 5000,
  maxHeaderSize: 16 * 1024,
  // node's own answer would be empty.
  requireHostHeader: false,
}
const mostConnections = 1024
const mostRequestsPerConnection = 1000
const defaultMemory = 256 * 1024 ** 2

/**
 * Receives GitHub's deliveries. Each is verified and stored before it is answered.
 *
 * @throws UsageError if the place is taken, or can't be used
 */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const server = createServer(limits)
  server.maxConnections = mostConnections
  server.maxRequestsPerSocket = mostRequestsPerConnection
  const rules = rulesOf({ ...options, warn: (message) => warn(options, message) })
  const peers = { areUnix: options.place.type === 'unix' }
  const answerRequest = requestListener(server, options, rules, peers)
  server.on('request', answerRequest)
  server.on('checkContinue', answerRequest)
  // Begins to read GitHub's addresses before the first delivery.
  rules.current()
  const { address, isUnix } = await listen(server, options.place).catch((error) => {
    rules.stop()
    throw error
  })
  peers.areUnix = isUnix
  server.on('error', (error) => warn(options, `a connection failed: ${reasonOf(error)}`))
  let drained: Promise<void> | undefined
  const drain: Receiver['drain'] = (within = 10_000) => {
    rules.stop()
    drained ??= drainServer(server, options, within)
    return drained
  }
  return { address, drain }
}

function requestListener(
  server: Server,
  options: ReceiverOptions,
  rules: Rules<ReceiverSettings>,
  peers: { areUnix: boolean },
) {
  const { clock, metrics, state, emit } = options
  const countRefusal = (status: number) =>
    metrics.count('wizard_webhook_refused_total', { code: String(status) })
  const connections = watchConnections(server, { clock, onRefusal: countRefusal })
  const receiver = {
    budget: byteBudget(options.memory ?? defaultMemory),
    connections,
    commit: commitOf(options),
  }
  const reportRefusal = refusalReports<{ status: number; address: string | null }>({
    clock,
    report: (refused) => emit({ type: 'delivery-refused', ...refused }),
    reportMore: (count) => warn(options, `${count} more requests were refused in a minute`),
  })
  const peerOf = ({ socket, headers }: IncomingMessage) => ({
    // A broken TCP connection has no address either, and must not pass for a proxy.
    address: socket.remoteAddress ?? (peers.areUnix ? null : ''),
    forwardedFor: String(headers['x-forwarded-for'] ?? ''),
  })

  async function answerOf(served: ServedRequest): Promise<Answer | null> {
    const { httpVersion, headers } = served.request
    if (httpVersion === '1.1' && headers.host === undefined) return refusalAnswer(400)
    const current = rules.current()
    const path = pathOf(served.request.url)
    if (path !== current.path) return servePage(path, served.request.method, current, options)
    const start = performance.now()
    const address = current.access.clientOf(peerOf(served.request))
    const answer = await receiveDelivery(served, address, current, receiver)
    if (answer === null) return null
    if (answer.isRefusal) reportRefusal({ status: answer.status, address })
    else metrics.observe('wizard_webhook_accept_seconds', {}, (performance.now() - start) / 1000)
    return answer
  }

  return async (request: IncomingMessage, response: ServerResponse) => {
    const served = { request, response }
    // A connection may break at any time; whoever waits for a body sees its end.
    request.on('error', () => {})
    response.on('error', () => {})
    connections.begin(request.socket)
    const answer = await answerOf(served).catch((error) => {
      warn(options, `a request failed: ${reasonOf(error)}`)
      return refusalAnswer(503)
    })
    const isLast = connections.end(request.socket, hasUnreadBody(request))
    if (answer === null) return
    if (answer.isRefusal) countRefusal(answer.status)
    sendAnswer(served, answer, { clock, mustClose: isLast || state.isDraining })
  }
}

const pathOf = (url = '') => url.split('?', 1)[0] ?? ''

function commitOf(options: ReceiverOptions) {
  const { store, clock, metrics, state, emit } = options
  return groupCommit({
    store,
    clock,
    metrics,
    onCommit(committed) {
      state.isStoreUp = true
      for (const { received, accepted } of committed) {
        const labels = { event: eventLabel(received.event), outcome: accepted.outcome }
        metrics.count('wizard_webhook_deliveries_total', labels)
      }
      emit({ type: 'deliveries-received', deliveries: committed.map(summaryOf) })
    },
    onFailure(error, isDown) {
      // One warning an outage.
      if (state.isStoreUp) warn(options, `can't store deliveries: ${reasonOf(error)}`)
      if (isDown) state.isStoreUp = false
    },
  })
}

const summaryOf = ({ received, accepted }: CommittedDelivery): ReceivedSummary => ({
  ...accepted,
  delivery: received.delivery,
  event: received.event,
})

const warn = ({ emit }: Pick<ReceiverOptions, 'emit'>, message: string) =>
  emit({ type: 'warning', message })

/** Milliseconds for requests that are already on their way over an idle connection. */
const idleGrace = 500

async function drainServer(
  server: Server,
  { clock, state }: ReceiverOptions,
  within: number,
): Promise<void> {
  state.isDraining = true
  const closed = once(server, 'close')
  // The close of http.Server would end idle connections at once, and no longer check time limits.
  NetServer.prototype.close.call(server)
  const unsetIdle = clock.after(idleGrace, () => server.closeIdleConnections())
  const unsetAll = clock.after(within, () => server.closeAllConnections())
  await closed
  unsetIdle()
  unsetAll()
  server.close()
}
