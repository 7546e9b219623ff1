import type { Delivery, DeliveryStatus, HandlerRun, HandlerRunStatus } from '../delivery.js'
import type { StoredDelivery } from './store.js'

export const deliveryColumns = [
  'id',
  'delivery',
  'hook_id',
  'event',
  'action',
  'repo',
  'ref',
  'status',
  'reason',
  'received_at',
  'times_received',
  'bytes',
  'sha256',
]
  .map((name) => `deliveries.${name}`)
  .join(', ')

export interface DeliveryRow {
  id: number
  delivery: string
  hook_id: string | null
  event: string
  action: string | null
  repo: string | null
  ref: string | null
  status: DeliveryStatus
  reason: string | null
  received_at: number
  times_received: number
  bytes: number
  sha256: string
}

export interface StoredRow extends DeliveryRow {
  headers: string
  body: Uint8Array
}

export interface RunRow {
  id: number
  delivery_id: number
  handler: string
  action: string
  status: HandlerRunStatus
  attempts: number
  next_at: number | null
  machine: string | null
  started_at: number | null
  ended_at: number | null
  exit_status: number | null
  error_code: string | null
  error_message: string | null
  error_hint: string | null
  result: string | null
}

export const toDelivery = (row: DeliveryRow): Delivery => ({
  id: row.id,
  delivery: row.delivery,
  hook_id: row.hook_id,
  event: row.event,
  action: row.action,
  repo: row.repo,
  ref: row.ref,
  status: row.status,
  reason: row.reason,
  received_at: isoTime(row.received_at),
  times_received: row.times_received,
  bytes: row.bytes,
  sha256: row.sha256,
})

export const toStored = (row: StoredRow): StoredDelivery => ({
  ...toDelivery(row),
  headers: JSON.parse(row.headers),
  body: row.body,
})

export const toHandlerRun = (row: RunRow): HandlerRun => ({
  handler: row.handler,
  action: row.action,
  status: row.status,
  attempts: row.attempts,
  next_at: row.status === 'retry' ? timeOrNull(row.next_at) : null,
  started_at: timeOrNull(row.started_at),
  ended_at: timeOrNull(row.ended_at),
  duration_ms:
    row.started_at === null || row.ended_at === null
      ? null
      : // A clock may have been set back meanwhile.
        Math.max(0, row.ended_at - row.started_at),
  exit: row.exit_status,
  error:
    row.error_code === null
      ? null
      : { code: row.error_code, message: row.error_message ?? '', hint: row.error_hint },
  result: row.result === null ? null : JSON.parse(row.result),
  machine: row.machine,
})

export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString()

const timeOrNull = (milliseconds: number | null) =>
  milliseconds === null ? null : isoTime(milliseconds)
