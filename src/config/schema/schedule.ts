import { Cron } from 'croner'
import { z } from 'zod/mini'

/**
 * A cron expression of five fields, or a nickname such as `@daily`, as every cron understands it.
 */
export const schedule = () =>
  z.string().check(
    z.refine(isSchedule, {
      error:
        'expected a cron expression of five fields, such as "0 0 * * *", that is due at some time',
    }),
  )

/** A time zone of the IANA database; an offset such as `+01:00` has no summer time. */
export const timeZone = () =>
  z
    .string()
    .check(z.refine(isTimeZone, { error: 'expected a time zone, such as Europe/Berlin or UTC' }))

function isTimeZone(text: string): boolean {
  // Other schedulers are strict about capitals.
  if (!/^[A-Z][\w+-]*(?:\/[A-Z][\w+-]*)*$/.test(text)) return false
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: text }))
  } catch {
    return false
  }
}

/** Many repositories share a few schedules, so results are kept. */
const judged = new Map<string, boolean>()

/** Whether a text is a valid schedule. */
export function isSchedule(text: string): boolean {
  const known = judged.get(text) ?? fallsDue(text)
  judged.set(text, known)
  return known
}

/** croner's extensions of cron (L, W, #, ?) would not work in other schedulers. */
const portable = /^(?:@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)|[\d*/,\-\sA-Z]+)$/i

/** Names of months and weekdays. croner checks their field, but reads `MONL` as the last Monday. */
const names = /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)$/i

function fallsDue(text: string): boolean {
  if (!portable.test(text)) return false
  const words = text.startsWith('@') ? [] : (text.match(/[a-z]+/gi) ?? [])
  if (!words.every((word) => names.test(word))) return false
  try {
    return new Cron(text, { paused: true, mode: '5-part' }).nextRun() !== null
  } catch (error) {
    // croner's errors for invalid expressions: a TypeError for the form, a RangeError for a number.
    if (error instanceof TypeError || error instanceof RangeError) return false
    throw error
  }
}
