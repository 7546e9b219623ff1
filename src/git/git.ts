import type { Clock } from '../base/clock.js'
import type { Dispatcher } from '../http/dispatcher.js'
import type { Waits } from '../http/policy/waits.js'
import type { Liveness } from '../process/owner-mark.js'

/** What every function of src/git that talks to a server is given. */
export interface Git {
  dispatcher: Dispatcher
  clock: Clock
  /** The Authorization header for a URL, or undefined where that origin may see none. */
  authorization?: (url: URL) => Promise<string | undefined>
  signal?: AbortSignal | undefined
  /** How long a request may be held back for a rate limit; without it none is. */
  waits?: Waits | undefined
  onProgress?: ((progress: GitProgress) => void) | undefined
  /** Each request and what it was answered, in a line without credentials. */
  onRequest?: ((message: string) => void) | undefined
  /** So that what a killed wizard left behind is told from what a living one is about. */
  liveness?: Liveness | undefined
}

export interface GitProgress {
  phase: 'receiving' | 'indexing' | 'checkout'
  /** Bytes of the pack received so far. */
  bytes: number
  /** Objects indexed or files written so far, and how many there are (0: not known yet). */
  done: number
  total: number
}
