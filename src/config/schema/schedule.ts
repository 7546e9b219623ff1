import { Cron } from 'croner'
import { z } from 'zod'

/** A cron expression of five fields, or a nickname such as `@daily`: what any cron understands. */
export const schedule = () =>
  z.string().refine(isSchedule, {
    error:
      'expected a cron expression of five fields, such as "0 0 * * *", that falls due some day',
  })

/** Many repositories share a few schedules. */
const judged = new Map<string, boolean>()

/** Whether it is one. */
export function isSchedule(text: string): boolean {
  const known = judged.get(text) ?? fallsDue(text)
  judged.set(text, known)
  return known
}

/** What croner knows beyond cron (L, W, #, ?) would be lost on the scheduler it is handed to. */
const portable = /^(?:@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)|[\d*/,\-\sA-Z]+)$/i

/** Of months and weekdays; croner knows which goes where, and takes `MONL` for the last Monday. */
const names = /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)$/i

function fallsDue(text: string): boolean {
  if (!portable.test(text)) return false
  const words = text.startsWith('@') ? [] : (text.match(/[a-z]+/gi) ?? [])
  if (!words.every((word) => names.test(word))) return false
  try {
    return new Cron(text, { paused: true, mode: '5-part' }).nextRun() !== null
  } catch (error) {
    // croner's way of saying no: a TypeError for the shape, a RangeError for a number.
    if (error instanceof TypeError || error instanceof RangeError) return false
    throw error
  }
}
