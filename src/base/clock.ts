import { onAbort } from './async/on-abort.js'

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
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      let release = () => {}
      const timer = setTimeout(() => {
        release()
        resolve()
      }, milliseconds)
      if (signal === undefined) return
      release = onAbort(signal, () => {
        clearTimeout(timer)
        reject(signal.reason)
      })
    }),
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

const units: [name: string, milliseconds: number][] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/** `6 minutes`, at least one; rounded. @param milliseconds before or after */
export function formatSpan(milliseconds: number): string {
  const distance = Math.abs(milliseconds)
  const [name, length] = units.find(([, one]) => distance >= one) ?? (['minute', 60_000] as const)
  const count = Math.max(1, Math.round(distance / length))
  return `${count} ${name}${count === 1 ? '' : 's'}`
}
