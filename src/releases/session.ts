import type { CommonEvent, Emit, StepEvent, TransferPlannedEvent } from '../base/call.js'
import type { Clock } from '../base/clock.js'
import type { Api } from '../github/rest/api.js'
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

/** Reports the upload or download of a release asset. */
export type TransferEvent =
  | TransferPlannedEvent
  /** Bytes; `total` is null if the server does not say. */
  | {
      type: 'transfer-progress'
      direction: 'upload' | 'download'
      name: string
      done: number
      total: number | null
    }
  | {
      type: 'transfer-done'
      direction: 'upload' | 'download'
      name: string
      /** Bytes. */
      size: number
      status: string
    }
