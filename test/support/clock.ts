import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../src/base/clock.js'

export const noon = Date.parse('2026-01-14T12:00:00Z')

/** A clock that moves only during sleeps, without real time passing; due actions run on the way. */
export interface TestClock extends Clock {
  /** The milliseconds of each sleep. */
  readonly slept: number[]
  /** Seconds since the start. */
  seconds(): number
  /** Runs `act` this many seconds after the start, before a sleeper continues. */
  at(seconds: number, act: () => unknown): void
  /** Lets time pass without a sleep, as while a server is silent. */
  pass(milliseconds: number): Promise<void>
  /** The milliseconds of each active time limit. */
  limits(): number[]
}

interface Planned {
  at: number
  act: () => unknown
  /** Milliseconds; undefined if a test planned it. */
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
      // Gives the event loop a turn, so that pending work can happen.
      await setImmediate()
      signal?.throwIfAborted()
    },
  }
}
