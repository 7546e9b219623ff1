import type { Wait, Waits } from '../../http/policy/waits.js'
import type { RequestRecord } from './record.js'

/** One call of a client, for the transport. */
export interface TransportCall {
  signal: AbortSignal | undefined
  waits: Waits
  listener: RequestListener
}

/** Receives requests and waits. */
export interface RequestListener {
  onRequest(record: RequestRecord): void
  onWait(wait: Wait): void
}
