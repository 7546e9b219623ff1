import { setImmediate } from 'node:timers/promises'

/** Milliseconds of work after which others get their turn. */
const longest = 10

/**
 * Work on files is synchronous, since that costs a third of what promises do; this lets the event loop turn in
 * between, and ends the work where its signal is aborted.
 */
export class Pacer {
  readonly #signal: AbortSignal | undefined
  #since = performance.now()

  constructor(signal?: AbortSignal) {
    this.#signal = signal
  }

  /** Whether it is time to `rest`. */
  get isDue(): boolean {
    return performance.now() - this.#since > longest
  }

  /** @throws the signal's reason, when it is aborted */
  async rest(): Promise<void> {
    await setImmediate()
    this.#signal?.throwIfAborted()
    this.#since = performance.now()
  }
}
