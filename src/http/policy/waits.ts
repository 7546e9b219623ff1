import type { Clock } from '../../base/clock.js'

type Headers = Record<string, string | number | string[] | undefined>

export interface Wait {
  reason: 'rate limit' | 'retry'
  host: string
  /** Milliseconds since 1970. */
  until: number
}

export interface WaitsOptions {
  clock: Clock
  /** When the whole command must end, in milliseconds since 1970; null: never. */
  deadline: number | null
  signal?: AbortSignal | undefined
  onWait?: ((wait: Wait) => void) | undefined
}

/** Without a deadline, nobody waits for longer than this: the command fails and says so. */
const longestWait = 10 * 60_000

/** Decides how long a request may wait, and waits. */
export interface Waits {
  now(): number
  /** Whether a request that began at `begun` may wait until `until`. */
  fits(begun: number, until: number): boolean
  /** @throws the signal's reason when it is aborted */
  wait(wait: Wait, signal?: AbortSignal): Promise<void>
}

export function createWaits({ clock, deadline, signal, onWait }: WaitsOptions): Waits {
  return {
    now: () => clock.now(),
    fits: (begun, until) => until <= (deadline ?? begun + longestWait),
    async wait(wait, own = signal) {
      onWait?.(wait)
      await clock.sleep(Math.max(0, wait.until - clock.now()), own)
    },
  }
}

/**
 * `Retry-After` in milliseconds. It holds seconds, or a date, which is compared with the server's
 * own clock (RFC 9110, 10.2.3). undefined if it is missing or unreadable.
 */
export function retryAfter(headers: Headers, now: number): number | undefined {
  const value = String(headers['retry-after'] ?? '').trim()
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - serverTime(headers, now))
}

/**
 * The server's time from its `Date` header, so that a wrong local clock does not stretch a wait.
 */
export function serverTime(headers: Headers, now: number): number {
  const date = Date.parse(String(headers.date ?? ''))
  return Number.isNaN(date) ? now : date
}
