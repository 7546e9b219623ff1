import type { StoreCounts } from '../store/store.js'
import type { GaugeSample } from './metrics.js'

export interface GaugeSources {
  version: string
  engine: string
  isStoreUp: boolean
  /** By handler, including those that run nothing now. */
  running: ReadonlyMap<string, number>
  /** null: the store does not answer, and its gauges are left out. */
  counts: StoreCounts | null
}

/** The gauges of one scrape. */
export function readGauges(sources: GaugeSources): GaugeSample[] {
  const { version, engine, isStoreUp, running, counts } = sources
  const runs = [...running].map(
    ([handler, value]): GaugeSample => ({
      name: 'wizard_webhook_running',
      labels: { handler },
      value,
    }),
  )
  return [
    { name: 'wizard_webhook_info', labels: { version, engine }, value: 1 },
    { name: 'wizard_webhook_store_up', labels: {}, value: isStoreUp ? 1 : 0 },
    ...runs,
    ...(counts === null ? [] : storeGauges(counts)),
  ]
}

function storeGauges(store: StoreCounts): GaugeSample[] {
  const { counts, oldest_waiting_seconds, last_received_at, store_bytes } = store
  const deliveries = Object.entries(counts).map(
    ([status, value]): GaugeSample => ({
      name: 'wizard_webhook_deliveries',
      labels: { status },
      value,
    }),
  )
  const oldest = oldest_waiting_seconds ?? 0
  const last = last_received_at === null ? null : Date.parse(last_received_at) / 1000
  return [
    ...deliveries,
    { name: 'wizard_webhook_oldest_waiting_seconds', labels: {}, value: oldest },
    ...(last === null ? [] : [lastDelivery(last)]),
    { name: 'wizard_webhook_store_bytes', labels: {}, value: store_bytes },
  ]
}

const lastDelivery = (value: number): GaugeSample => ({
  name: 'wizard_webhook_last_delivery_timestamp_seconds',
  labels: {},
  value,
})
