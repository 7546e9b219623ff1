import { setImmediate } from 'node:timers/promises'

/** Milliseconds of work after which others get their turn. */
const longest = 10

/**
 * Work on files is synchronous, since that costs a third of what promises do; this lets the event loop turn in
 * between, and ends the work where its signal is aborted.
 */
export class Pacer {
  readonly #signal: AbortSignal | undefined
  // The clock on the wall will do: node's `performance` takes 4 ms to load.
  #since = Date.now()

  constructor(signal?: AbortSignal) {
    this.#signal = signal
  }

  /** Whether it is time to `rest`. */
  get isDue(): boolean {
    // A clock that was set back is no reason to go on for long.
    return Math.abs(Date.now() - this.#since) > longest
  }

  /** @throws the signal's reason, when it is aborted */
  async rest(): Promise<void> {
    await setImmediate()
    this.#signal?.throwIfAborted()
    this.#since = Date.now()
  }
}
