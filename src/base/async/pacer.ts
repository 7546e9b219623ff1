import { setImmediate } from 'node:timers/promises'
import { type Clock, systemClock } from '../clock.js'

/** Milliseconds of work before the event loop gets a turn. */
const longest = 10

/**
 * File work is synchronous because promises cost three times as much. A pacer yields to the event
 * loop in between and stops the work when its signal is aborted.
 */
export class Pacer {
  readonly #signal: AbortSignal | undefined
  // The wall clock is enough: node's `performance` takes 4 ms to load.
  readonly #clock: Clock
  #since: number

  /** @param clock must advance during the work, as the system's does; a parameter for tests */
  constructor(signal?: AbortSignal, clock = systemClock) {
    this.#signal = signal
    this.#clock = clock
    this.#since = clock.now()
  }

  /** Whether it is time to `rest`. */
  get isDue(): boolean {
    // `abs`, because a clock that was set back must not delay the next rest.
    return Math.abs(this.#clock.now() - this.#since) > longest
  }

  /** @throws the signal's reason when it is aborted */
  async rest(): Promise<void> {
    await setImmediate()
    this.#signal?.throwIfAborted()
    this.#since = this.#clock.now()
  }
}
