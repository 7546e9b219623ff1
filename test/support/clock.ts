import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../src/base/clock.js'

export const noon = Date.parse('2026-01-14T12:00:00Z')

/** A clock that moves only while somebody sleeps, which takes no real time; what is due meanwhile happens on the way. */
export interface TestClock extends Clock {
  /** Milliseconds, one of each sleep. */
  readonly slept: number[]
  /** Seconds since the start. */
  seconds(): number
  /** Does that, so many seconds after the start, before whoever sleeps then goes on. */
  at(seconds: number, act: () => unknown): void
  /** Time passes while nobody sleeps, as where a server is silent. */
  pass(milliseconds: number): Promise<void>
  /** Milliseconds that each of the limits in force was set for. */
  limits(): number[]
}

interface Planned {
  at: number
  act: () => unknown
  /** Milliseconds; undefined where a test planned it. */
  limit?: number
}

/** @param start milliseconds since 1970 */
export function testClock(start = noon): TestClock {
  let time = start
  const slept: number[] = []
  const plan = new Set<Planned>()
  const next = (until: number) =>
    [...plan].filter(({ at }) => at <= until).sort((one, other) => one.at - other.at)[0]
  const pass = async (milliseconds: number, signal?: AbortSignal) => {
    const until = time + milliseconds
    for (let due = next(until); due; due = next(until)) {
      plan.delete(due)
      time = Math.max(time, due.at)
      await due.act()
      signal?.throwIfAborted()
    }
    time = Math.max(time, until)
  }
  return {
    slept,
    now: () => time,
    seconds: () => (time - start) / 1000,
    at: (seconds, act) => void plan.add({ at: start + seconds * 1000, act }),
    pass: (milliseconds) => pass(milliseconds),
    limits: () => [...plan].flatMap(({ limit }) => limit ?? []),
    after(milliseconds, act) {
      const planned = { at: time + milliseconds, act, limit: milliseconds }
      plan.add(planned)
      return () => void plan.delete(planned)
    },
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted()
      slept.push(milliseconds)
      await pass(milliseconds, signal)
      // Whoever waits for something to happen lets it happen.
      await setImmediate()
      signal?.throwIfAborted()
    },
  }
}
