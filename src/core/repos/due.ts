import { Cron } from 'croner'

/**
 * Whether a schedule, in local time, fell due since the last attempt. Without an attempt it is due; an attempt
 * in the future means that the clock was set back, so nothing is known and it is due as well.
 */
export type IsDue = (schedule: string, lastAttempt: number | null) => boolean

/** For one moment: many repositories share a few schedules, and each is worked out once. */
export function dueAt(now: number): IsDue {
  const lastDue = new Map<string, number>()
  return (schedule, lastAttempt) => {
    if (lastAttempt === null || lastAttempt > now) return true
    const known = lastDue.get(schedule) ?? lastTimeOf(schedule, now)
    lastDue.set(schedule, known)
    return known > lastAttempt
  }
}

/** The last time that it fell due, this second included; 0: never yet. */
function lastTimeOf(schedule: string, now: number): number {
  const [last] = new Cron(schedule, { paused: true }).previousRuns(1, new Date(now + 1000))
  return last?.getTime() ?? 0
}

/** When it falls due next, in milliseconds since 1970; null: never again. */
export const nextTimeOf = (schedule: string, after: number): number | null =>
  new Cron(schedule, { paused: true }).nextRun(new Date(after))?.getTime() ?? null
