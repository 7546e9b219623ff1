import { hookRanges } from '../github/rest/hooks.js'
import { type Log, writeLines } from '../logs/log.js'
import { version } from '../version.js'
import type { Intake } from './accept-first.js'
import type { LiveSettings } from './live-settings.js'
import { readGauges } from './metrics/gauges.js'
import type { Metrics } from './metrics/metrics.js'
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
import { assertDisk, type StoreLimit } from './store-limit.js'

export interface ReceivingParts {
  store: Pick<DeliveryStore, 'engine' | 'counts' | 'announce'>
  intake: Intake
  limit: StoreLimit
  settings: LiveSettings
  metrics: Metrics
  /** null: another machine runs the handlers. */
  worker: Worker | null
  /** This machine. */
  here: Server
}

/** Receives deliveries into the store, and wakes the worker for them. @throws as `startReceiver` */
export function receiveInto(
  session: WebhookSession,
  place: ListenPlace,
  { store, intake, limit, settings, metrics, worker, here }: ReceivingParts,
): Promise<Receiver> {
  const { client, clock, emit, log } = session
  const state: ServingState = { isDraining: false, isStoreUp: true }
  const running = () =>
    new Map(settings.config.handlers.map(({ name }) => [name, worker?.runningOf(name) ?? 0]))
  return startReceiver({
    place,
    settings: () => settings.receiver,
    store: intake,
    async probeStore() {
      limit.assertRoom()
      await assertDisk(settings.config.store)
      await store.announce(here)
    },
    state,
    metrics,
    async gauges() {
      const counts = await store.counts().catch(() => null)
      const { isStoreUp } = state
      return readGauges({ version, engine: store.engine, isStoreUp, running: running(), counts })
    },
    githubRanges: () => hookRanges(client),
    clock,
    emit(event) {
      emit(event)
      logReceived(log, event)
      if (event.type === 'deliveries-received') worker?.wake()
    },
  })
}

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
