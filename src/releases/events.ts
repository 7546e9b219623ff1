import type { CommonEvent, StepEvent } from '../base/call.js'
import type { TransferEvent } from '../github/transfer/events.js'

/** What ReleaseManager reports while it works. */
export type ReleaseEvent =
  | CommonEvent
  | StepEvent
  | TransferEvent
  /** A line that a command printed: of a build, or of signing. */
  | { type: 'command-output'; line: string }
