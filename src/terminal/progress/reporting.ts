import type { WizardEvent } from '../../events.js'
import type { Stream } from '../stream.js'

export type Handlers = {
  [T in WizardEvent['type']]?: (event: Extract<WizardEvent, { type: T }>) => void
}

/** The common parts of all progress reporters. */
export interface ProgressContext {
  stream: Stream
  now(): number
  verbose: boolean
  /** Whether live lines show the changes. */
  isLive: boolean
  /** Whether the result repeats failures, with their reasons. */
  repeats: boolean
  /** Prints a permanent line. */
  say(line: string): void
}
