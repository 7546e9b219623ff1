import type { CommonEvent, Emit, StepEvent } from '../base/call.js'
import type { Clock } from '../base/clock.js'
import type { Api } from '../github/rest/api.js'
import type { TransferEvent } from '../github/transfer/events.js'
import type { Log } from '../logs/log.js'
import type { Host } from '../process/host.js'
import type { ProcessIdentity } from '../process/identity.js'

/** The arguments of every operation on releases. */
export interface ReleaseSession {
  github: Api
  /** GitHub for the last words of a call that its own signal has ended, until this one ends. */
  farewell(signal: AbortSignal): Api
  clock: Clock
  emit: Emit<ReleaseEvent>
  log: Log
  host: Host
  /** This process, for other machines and later runs. */
  self: ProcessIdentity
  signal?: AbortSignal | undefined
}

/** What ReleaseManager reports while it works. */
export type ReleaseEvent =
  | CommonEvent
  | StepEvent
  | TransferEvent
  /** A line of a command's output, from a build or from signing. */
  | { type: 'command-output'; line: string }
