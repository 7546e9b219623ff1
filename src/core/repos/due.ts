import { Cron } from 'croner'

/**
 * Whether a schedule, in local time, fell due since the last attempt. Without an attempt it is due; an attempt
 * in the future means that the clock was set back, so nothing is known and it is due as well.
 */
export function isDue(schedule: string, lastAttempt: number | null, now: number): boolean {
  if (lastAttempt === null || lastAttempt > now) return true
  const next = new Cron(schedule, { paused: true }).nextRun(new Date(lastAttempt))
  return next !== null && next.getTime() <= now
}
