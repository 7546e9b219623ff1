import type { CommonEvent, Emit, StepEvent } from '../base/call.js'
import type { Clock } from '../base/clock.js'
import type { Api } from '../github/rest/api.js'
import type { TransferEvent } from '../github/transfer/events.js'
import type { Log } from '../logs/log.js'
import type { Host } from '../process/host.js'

/** The arguments of every operation on releases. */
export interface ReleaseSession {
  github: Api
  clock: Clock
  emit: Emit<ReleaseEvent>
  log: Log
  host: Host
  signal?: AbortSignal | undefined
}

/** What ReleaseManager reports while it works. */
export type ReleaseEvent =
  | CommonEvent
  | StepEvent
  | TransferEvent
  /** A line of a command's output, from a build or from signing. */
  | { type: 'command-output'; line: string }
