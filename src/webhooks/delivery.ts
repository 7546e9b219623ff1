/** An answered delivery is `accepted` until it is routed to its handlers. */
export const deliveryStatuses = [
  'accepted',
  'queued',
  'running',
  'retry',
  'done',
  'dead',
  'ignored',
  'repeat',
  'cancelled',
] as const

export type DeliveryStatus = (typeof deliveryStatuses)[number]

/** Of a delivery that is not finished: a handler runs, or waits to run. */
export const openStatuses = [
  'accepted',
  'queued',
  'running',
  'retry',
] as const satisfies readonly DeliveryStatus[]

/** No delivery of any status. */
export const noDeliveries = (): Record<DeliveryStatus, number> =>
  Object.fromEntries(deliveryStatuses.map((status) => [status, 0])) as Record<
    DeliveryStatus,
    number
  >

export type HandlerRunStatus =
  | 'queued'
  | 'running'
  | 'retry'
  | 'done'
  | 'dead'
  /** Coalesced: a newer delivery of the same repository and ref runs in its place. */
  | 'superseded'
  | 'cancelled'

/** The JSON of a delivery. */
export interface Delivery {
  /** wizard's own number, in the order of arrival. */
  id: number
  /** GitHub's id of the event, shared by all hooks and redeliveries of it. */
  delivery: string
  hook_id: string | null
  event: string
  /** null until it is routed, and where the payload names none. */
  action: string | null
  /** `owner/repo` */
  repo: string | null
  ref: string | null
  status: DeliveryStatus
  /** Why it is dead, ignored or a repeat. */
  reason: string | null
  received_at: string
  times_received: number
  /** Of the body, as it came. */
  bytes: number
  /** Of the body; 64 hex digits. */
  sha256: string
}

export interface DeliveryWithRuns extends Delivery {
  runs: HandlerRun[]
}

export interface ListedDelivery extends Delivery {
  handlers: { handler: string; status: HandlerRunStatus }[]
}

/** One handler's part of a delivery. */
export interface HandlerRun {
  handler: string
  action: string
  status: HandlerRunStatus
  /** How often it was started. */
  attempts: number
  /** When a retry is due. */
  next_at: string | null
  started_at: string | null
  ended_at: string | null
  duration_ms: number | null
  /** The exit status of its command. */
  exit: number | null
  error: RunError | null
  result: Record<string, unknown> | null
  machine: string | null
}

export interface RunError {
  code: string
  message: string
  hint: string | null
}
