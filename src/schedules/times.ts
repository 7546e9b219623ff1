import { type CronFields, fieldsOf, isEvery, namesEitherDay } from './fields.js'
import { offsetAt, type WallTime, wallTimeAt, whenWallTimeIs } from './zone.js'

/** A schedule in a time zone of the IANA database; null: local time. */
export interface ZonedSchedule {
  schedule: string
  timezone: string | null
}

/*
 * When a schedule falls due. Both days of a clock change are right, as in Vixie's cron: a time that
 * does not exist is due when the clock jumps over it, and a time that comes twice is due the first
 * time. Only a schedule of every hour runs on through the repeated hour. croner, which the pulls
 * use, skips the day where a list of minutes does not exist (`0,30 2 * * *`).
 */

/** The first time that it falls due after a moment, in milliseconds since 1970; null: never. */
export function dueAfter(when: ZonedSchedule, after: number): number | null {
  const day = dayOf(wallTimeAt(after, when.timezone))
  // A time that does not exist may be due on the day before the one that it names.
  for (let ahead = -1; ahead <= mostDays; ahead++) {
    const next = timesOn(when, day + ahead).find((time) => time > after)
    if (next !== undefined) return next
  }
  return null
}

/** The last time that it fell due before a moment or at it; null: never. */
export function dueBefore(when: ZonedSchedule, at: number): number | null {
  const day = dayOf(wallTimeAt(at, when.timezone))
  for (let back = -1; back <= mostDays; back++) {
    const last = timesOn(when, day - back).findLast((time) => time <= at)
    if (last !== undefined) return last
  }
  return null
}

/** The 29th of February comes once in eight years around 2100. */
const mostDays = 8 * 366

const msOfDay = 86_400_000
const msOfMinute = 60_000

/** Counted from 1970. */
const dayOf = (wall: WallTime) => Math.floor(wall / msOfDay)

const read = new Map<string, CronFields & { isEitherDay: boolean }>()

function fieldsFor(schedule: string) {
  const known = read.get(schedule)
  if (known !== undefined) return known
  const fields = { ...fieldsOf(schedule), isEitherDay: namesEitherDay(schedule) }
  read.set(schedule, fields)
  return fields
}

/** When it falls due on a day, in order. */
function timesOn({ schedule, timezone }: ZonedSchedule, day: number): number[] {
  const fields = fieldsFor(schedule)
  if (!isDayOf(fields, day)) return []
  const begin = day * msOfDay
  const walls = fields.hours.flatMap((hour) =>
    fields.minutes.map((minute) => begin + (hour * 60 + minute) * msOfMinute),
  )
  const offset = offsetAt(begin - msOfDay, timezone)
  // On most days no clock changes, and nothing has to be looked up.
  if (offset === offsetAt(begin + 2 * msOfDay, timezone)) return walls.map((wall) => wall - offset)
  if (isEvery(fields, 'hours')) return everyHour(fields, timezone, begin)
  const times = walls.map((wall) => whenWallTimeIs(wall, timezone))
  return [...new Set(times)].sort((one, other) => one - other)
}

function isDayOf(
  { days, months, weekdays, isEitherDay }: CronFields & { isEitherDay: boolean },
  day: number,
): boolean {
  const date = new Date(day * msOfDay)
  if (!months.includes(date.getUTCMonth() + 1)) return false
  const isDay = days.includes(date.getUTCDate())
  const isWeekday = weekdays.includes(date.getUTCDay())
  return isEitherDay ? isDay || isWeekday : isDay && isWeekday
}

/** Minute by minute of real time, so that a repeated hour has its times twice. */
function everyHour({ minutes }: CronFields, timezone: string | null, begin: WallTime): number[] {
  const end = whenWallTimeIs(begin + msOfDay, timezone)
  const times: number[] = []
  let time = whenWallTimeIs(begin, timezone)
  while (time < end) {
    const minute = Math.floor((time + offsetAt(time, timezone)) / msOfMinute) % 60
    if (minutes.includes(minute)) times.push(time)
    time += msOfMinute
  }
  return times
}
