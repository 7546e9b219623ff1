import type { WizardEvent } from '../../events.js'
import type { Stream } from '../stream.js'

export type Handlers = {
  [T in WizardEvent['type']]?: (event: Extract<WizardEvent, { type: T }>) => void
}

/** What the subjects of progress have in common. */
export interface Telling {
  stream: Stream
  now(): number
  /** Whether there are live lines, which say what changes. */
  isLive: boolean
  /** A line that stays. */
  say(line: string): void
}
