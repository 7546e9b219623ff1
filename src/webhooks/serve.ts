import { onAbort } from '../base/async/on-abort.js'
import type { Clock } from '../base/clock.js'
import { reportError } from '../base/error-report.js'
import { ConfigError, UsageError } from '../base/errors.js'
import type { WebhooksConfig } from '../config/files/webhooks.js'
import { hookRanges } from '../github/rest/meta.js'
import { type Log, writeLines } from '../logs/log.js'
import { logMarks } from '../logs/marks.js'
import { livenessFor } from '../process/identity.js'
import { version } from '../version.js'
import { openHandlers } from './handlers-of-store.js'
import { recoverAtStart } from './hooks/recover-at-start.js'
import { type LiveSettings, liveSettings } from './live-settings.js'
import { readGauges } from './metrics/gauges.js'
import { createMetrics, type Metrics } from './metrics/metrics.js'
import { lockStore, openStoreOf } from './open.js'
import type { ListenPlace } from './receive/listen.js'
import {
  type Receiver,
  type ReceiverEvent,
  type ServingState,
  startReceiver,
} from './receive/receiver.js'
import type { Worker } from './runs/worker.js'
import type { WebhookSession } from './session.js'
import type { DeliveryStore, Server } from './store/store.js'
import { assertDisk, type StoreLimit, storeLimit } from './store-limit.js'

export interface ServeRequest {
  /** Default: webhooks.yaml's host and port. */
  place?: ListenPlace | undefined
  /** Of the hook's URL; default: webhooks.yaml's. */
  path?: string | undefined
  /** For PostgreSQL: machines that only accept, and machines that only run. */
  role?: 'both' | 'accept' | 'run' | undefined
  /** Calls `listener` to have webhooks.yaml read again. @returns a function that ends it */
  onReload?(listener: () => void): () => void
}

export interface ServeEnd {
  /** Whether all runs ended within `drain`; the others run again at the next start. */
  isDrained: boolean
}

const minute = 60_000

/**
 * Takes deliveries and runs their handlers until the signal.
 *
 * @throws ConfigError unless webhooks are enabled; UsageError if the address is taken; LockedError if
 *   another SERVE has the SQLite store
 */
export async function serve(session: WebhookSession, request: ServeRequest): Promise<ServeEnd> {
  const { webhooks, clock, signal } = session
  const { role = 'both' } = request
  assertServable(webhooks, role)
  const lock = await lockStore(session, 'WEBHOOK SERVE')
  try {
    const store = await openStoreOf(webhooks.store, clock, { isChecked: true })
    try {
      const serving = await start(session, { ...request, role }, store)
      await stopped(signal)
      return await serving.stop()
    } finally {
      await store.close()
    }
  } finally {
    await lock.release()
  }
}

function assertServable({ enabled, store }: WebhooksConfig, role: ServeRequest['role']): void {
  if (!enabled) {
    throw new ConfigError('webhooks.enabled is false in webhooks.yaml', {
      hint: 'set enabled: true there, with a secret',
    })
  }
  if (role !== 'both' && store.engine === 'sqlite') {
    throw new UsageError(`--${role}-only is for several machines on one PostgreSQL`, {
      hint: 'set webhooks.store.engine: postgres, or leave the flag out',
    })
  }
}

async function start(
  session: WebhookSession,
  request: ServeRequest,
  store: DeliveryStore,
): Promise<{ stop(): Promise<ServeEnd> }> {
  const { log, emit, host } = session
  const settings = liveSettings(session)
  const metrics = createMetrics()
  const state: ServingState = { isDraining: false, isStoreUp: true }
  const limit = storeLimit(store, () => settings.config.store.retention)
  await limit.look()
  const accepting = watchAccepts(store, limit, session.clock)
  const worker =
    request.role === 'accept'
      ? null
      : await openHandlers(session, { store, settings, metrics, standBack: accepting.standBack })
  const announcement = {
    owner: livenessFor(session.self).mark,
    machine: session.self.host,
    pid: host.pid,
    address: 'none',
  }
  const parts = {
    session,
    request,
    store,
    settings,
    metrics,
    state,
    worker,
    accepting,
    limit,
    announcement,
  }
  const receiver = request.role === 'run' ? null : await receive(parts)
  const address = receiver?.address ?? 'none'
  announcement.address = address
  await store.announce(announcement)
  const onReload = () => worker?.reconfigure()
  const undo = [
    settings.watch(onReload),
    request.onReload?.(() => void settings.reload().then(onReload)) ?? (() => {}),
    every(minute / 6, () => store.announce(announcement), parts),
    every(minute, () => limit.look(), parts),
    every(60 * minute, () => store.prune(settings.config.store.retention), parts),
  ]
  worker?.start()
  log.write('webhooks', 'INFO', `SERVE ${version} takes deliveries at ${address}`)
  emit({ type: 'webhooks-listening', address, pid: host.pid })
  const recovered = receiver === null ? null : recoverAtStart(session, store)
  return {
    async stop() {
      state.isDraining = true
      for (const stop of undo) stop()
      const [drained] = await Promise.allSettled([
        worker?.drain(settings.config.drain * 1000),
        receiver?.drain(),
        recovered,
      ])
      if (drained.status === 'rejected') throw drained.reason
      const isDrained = drained.value ?? true
      await store.depart(announcement.owner).catch(() => {})
      const how = isDrained
        ? `${logMarks.good} SERVE has ended`
        : 'SERVE has ended with runs in hand'
      log.write('webhooks', isDrained ? 'INFO' : 'WARN', how)
      return { isDrained }
    },
  }
}

interface Parts {
  session: WebhookSession
  request: ServeRequest
  store: DeliveryStore
  settings: LiveSettings
  metrics: Metrics
  state: ServingState
  worker: Worker | null
  accepting: Accepting
  limit: StoreLimit
  /** Of this machine in the store. */
  announcement: Server
}

function receive(parts: Parts): Promise<Receiver> {
  const { session, request, store, settings, metrics, state, worker, accepting } = parts
  const { clock, client, log } = session
  const { host, port } = settings.config
  let own = settings.receiver
  let shown = { ...own, path: request.path ?? own.path }
  return startReceiver({
    place: request.place ?? { type: 'tcp', host, port },
    settings() {
      if (settings.receiver !== own) {
        own = settings.receiver
        shown = { ...own, path: request.path ?? own.path }
      }
      return shown
    },
    store: accepting,
    async probeStore() {
      parts.limit.assertRoom()
      await assertDisk(settings.config.store)
      await store.announce(parts.announcement)
    },
    state,
    metrics,
    gauges: async () =>
      readGauges({
        version,
        engine: store.engine,
        isStoreUp: state.isStoreUp,
        running: new Map(
          settings.config.handlers.map(({ name }) => [name, worker?.runningOf(name) ?? 0]),
        ),
        counts: await store.counts().catch(() => null),
      }),
    githubRanges: () => hookRanges(client),
    clock,
    emit(event) {
      session.emit(event)
      logReceived(log, event)
      if (event.type === 'deliveries-received') worker?.wake()
    },
  })
}

interface Accepting extends Pick<DeliveryStore, 'accept'> {
  standBack(): Promise<void>
}

/** Milliseconds that routing waits at most while deliveries are being stored, and between looks. */
const longestWait = 50
const look = 5

/**
 * While deliveries arrive without a pause, routing takes a small share of the time: GitHub waits for
 * an answer, and nobody waits for the routing.
 */
function watchAccepts(store: DeliveryStore, limit: StoreLimit, clock: Clock): Accepting {
  let inHand = 0
  return {
    async accept(batch) {
      limit.assertRoom()
      inHand++
      try {
        return await store.accept(batch)
      } finally {
        inHand--
      }
    },
    async standBack() {
      for (let waited = 0; inHand > 0 && waited < longestWait; waited += look) {
        await clock.sleep(look)
      }
    },
  }
}

/** Work that goes on for months: a failure is a warning, and the next time may succeed. */
function every(
  milliseconds: number,
  act: () => Promise<unknown>,
  { session: { clock, log } }: Parts,
): () => void {
  let isOver = false
  let unset = () => {}
  const later = () => {
    unset = clock.after(milliseconds, async () => {
      await act().catch((error: unknown) =>
        log.write('webhooks', 'WARN', reportError(error).message),
      )
      if (!isOver) later()
    })
  }
  later()
  return () => {
    isOver = true
    unset()
  }
}

const stopped = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) resolve()
    else if (signal !== undefined) onAbort(signal, resolve)
  })

function logReceived(log: Log, event: ReceiverEvent): void {
  if (event.type === 'warning') log.write('webhooks', 'WARN', event.message)
  if (event.type === 'delivery-refused') {
    const from = event.address === null ? '' : ` from ${event.address}`
    log.write('webhooks', 'WARN', `a request${from} was refused with ${event.status}`)
  }
  if (event.type !== 'deliveries-received') return
  const lines = event.deliveries.map(
    ({ id, event: name, delivery, outcome }) => `${name} ${delivery} is delivery ${id}: ${outcome}`,
  )
  writeLines(log, 'webhooks', 'INFO', lines)
}
