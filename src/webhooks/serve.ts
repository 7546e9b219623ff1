import { type Defer, withCleanup } from '../base/async/cleanup.js'
import { onAbort } from '../base/async/on-abort.js'
import { once } from '../base/async/once.js'
import { ConfigError, UsageError } from '../base/errors.js'
import type { WebhooksConfig } from '../config/files/webhooks.js'
import { logMarks } from '../logs/marks.js'
import { livenessFor } from '../process/identity.js'
import { version } from '../version.js'
import { acceptFirst } from './accept-first.js'
import { openHandlers } from './handlers-of-store.js'
import { recoverAtStart } from './hooks/recover-at-start.js'
import { warningsOfHandlers } from './idle-handlers.js'
import { type LiveSettings, liveSettings } from './live-settings.js'
import { createMetrics } from './metrics/metrics.js'
import { lockStore, openStoreOf } from './open.js'
import type { ListenPlace } from './receive/listen.js'
import type { Receiver } from './receive/receiver.js'
import { receiveInto } from './receive-into.js'
import type { Worker } from './runs/worker.js'
import { reportWarning, type WebhookSession } from './session.js'
import type { DeliveryStore, Server } from './store/store.js'
import { type StoreLimit, storeLimit } from './store-limit.js'
import { repeat } from './upkeep.js'

export interface ServeRequest {
  /** Default: webhooks.yaml's host and port. */
  place?: ServePlace | undefined
  /** Of the hook's URL; default: webhooks.yaml's. */
  path?: string | undefined
  /** For PostgreSQL: machines that only accept, and machines that only run. */
  role?: 'both' | 'accept' | 'run' | undefined
  /** Calls `listener` to have webhooks.yaml read again. @returns a function that ends it */
  onReload?(listener: () => void): () => void
}

/** What is left out is webhooks.yaml's. */
export type ServePlace =
  | ListenPlace
  | { type: 'tcp'; host?: string | undefined; port?: number | undefined }

export interface ServeEnd {
  /** Whether all runs ended within `drain`; the others run again at the next start. */
  isDrained: boolean
}

/**
 * Takes deliveries and runs their handlers until the signal.
 *
 * @throws ConfigError unless webhooks are enabled; UsageError if the address is taken; LockedError if
 *   another SERVE has the SQLite store
 */
export async function serve(session: WebhookSession, request: ServeRequest): Promise<ServeEnd> {
  const { webhooks, clock, signal, log } = session
  assertServable(webhooks, request.role)
  const isDrained = await withCleanup(async (defer) => {
    const lock = await lockStore(session, 'WEBHOOK SERVE')
    defer(() => lock.release())
    const store = await openStoreOf(webhooks.store, clock, { isChecked: true })
    defer(() => store.close())
    const drain = await start(session, request, store, defer)
    await aborted(signal)
    return drain()
  })
  if (isDrained) log.write('webhooks', 'INFO', `${logMarks.good} SERVE has ended`)
  else log.write('webhooks', 'WARN', 'SERVE has ended with unfinished runs')
  return { isDrained }
}

function assertServable({ enabled, store }: WebhooksConfig, role: ServeRequest['role']): void {
  if (!enabled) {
    throw new ConfigError('webhooks.enabled is false in webhooks.yaml', {
      hint: 'set enabled: true there, with a secret',
    })
  }
  if ((role === 'accept' || role === 'run') && store.engine === 'sqlite') {
    throw new UsageError(`a SERVE that only ${role}s needs a shared PostgreSQL`, {
      hint: 'set webhooks.store.engine: postgres, or run SERVE without this flag',
    })
  }
}

const minute = 60_000

/**
 * Opens what SERVE needs. What it defers closes it in the opposite order.
 *
 * @returns ends the receiving and waits for the runs; false: some had to be given back
 */
async function start(
  session: WebhookSession,
  { role, place, path, onReload }: ServeRequest,
  store: DeliveryStore,
  defer: Defer,
): Promise<() => Promise<boolean>> {
  const settings = liveSettings(session, path)
  const limit = storeLimit(store, () => settings.config.store.retention)
  await limit.look()
  const intake = acceptFirst(store, limit, session.clock)
  const metrics = createMetrics()
  const here = serverOf(session)

  let worker: Worker | null = null
  let receiver: Receiver | null = null
  // Both at the same time, as each may take long.
  const drain = once(() => drainBoth(worker, receiver, settings.config.drain))
  defer(drain)
  if (role !== 'accept') {
    const { standBack } = intake
    worker = await openHandlers(session, { store, settings, metrics, standBack })
  }
  if (role !== 'run') {
    const parts = { store, intake, limit, settings, metrics, worker, here }
    receiver = await receiveInto(session, placeOf(place, settings.config), parts)
    here.address = receiver.address
  }
  await keepUp(session, { store, settings, limit, here }, defer)
  const watch = settings.watch(() => {
    worker?.reconfigure()
    warnOfHandlers(session, settings)
  })
  defer(() => watch.stop())
  defer(onReload?.(() => void watch.reload()) ?? (() => {}))

  worker?.start()
  reportStart(session, here)
  warnOfHandlers(session, settings)
  if (receiver !== null) {
    const recovered = recoverAtStart(session, store)
    defer(() => recovered)
  }
  return drain
}

interface Kept {
  store: DeliveryStore
  settings: LiveSettings
  limit: StoreLimit
  /** This machine. */
  here: Server
}

/** What SERVE does as long as it runs. */
async function keepUp(
  session: WebhookSession,
  { store, settings, limit, here }: Kept,
  defer: Defer,
): Promise<void> {
  const announce = () => store.announce(here)
  defer(() => store.depart(here.owner).catch(() => {}))
  await announce()
  defer(repeat(session, minute / 6, announce))
  defer(repeat(session, minute, () => limit.look()))
  defer(repeat(session, 60 * minute, () => store.prune(settings.config.store.retention)))
}

function reportStart({ log, emit, host }: WebhookSession, { address }: Server): void {
  log.write('webhooks', 'INFO', `SERVE ${version} accepts deliveries at ${address}`)
  emit({ type: 'webhooks-listening', address, pid: host.pid })
}

function warnOfHandlers(session: WebhookSession, { config }: LiveSettings): void {
  for (const warning of warningsOfHandlers(config)) reportWarning(session, warning)
}

const serverOf = ({ self, host }: WebhookSession): Server => ({
  owner: livenessFor(self).mark,
  machine: self.host,
  pid: host.pid,
  address: 'none',
})

const placeOf = (place: ServePlace | undefined, { host, port }: WebhooksConfig): ListenPlace =>
  place !== undefined && place.type !== 'tcp'
    ? place
    : { type: 'tcp', host: place?.host ?? host, port: place?.port ?? port }

/** @returns whether all runs have ended */
async function drainBoth(
  worker: Worker | null,
  receiver: Receiver | null,
  seconds: number,
): Promise<boolean> {
  const [runs, requests] = await Promise.allSettled([
    worker?.drain(seconds * 1000),
    receiver?.drain(),
  ])
  if (runs.status === 'rejected') throw runs.reason
  if (requests.status === 'rejected') throw requests.reason
  return runs.value ?? true
}

const aborted = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (signal !== undefined) onAbort(signal, resolve)
  })
