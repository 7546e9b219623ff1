import { setTimeout as delay } from 'node:timers/promises'

/** The time, injected so that tests do not sleep. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** @throws the signal's reason when it is aborted */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  /**
   * Calls `act` after this many milliseconds, as a time limit for other work.
   *
   * @returns a function that cancels the call
   */
  after(milliseconds: number, act: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(milliseconds, signal) {
    try {
      await delay(milliseconds, undefined, { signal })
    } catch (error) {
      throw signal?.aborted ? signal.reason : error
    }
  },
  after(milliseconds, act) {
    const timer = setTimeout(act, milliseconds)
    return () => clearTimeout(timer)
  },
}

/** [YYYY-MM-DD, HH:MM:SS] in local time. */
export function localTime(milliseconds: number): [string, string] {
  const date = new Date(milliseconds)
  const two = (value: number) => String(value).padStart(2, '0')
  return [
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`,
  ]
}
