import { Cron } from 'croner'
import { describe, expect, it } from 'vitest'
import { isSchedule } from '../../src/config/schema/schedule.js'
import { type CronFields, fieldsOf, fiveFields } from '../../src/schedules/fields.js'
import { inWords } from '../../src/schedules/plan.js'

describe('fiveFields', () => {
  it.each([
    ['0 0 * * *', '0 0 * * *'],
    [' 0\t0  *\n* * ', '0 0 * * *'],
    ['@Daily', '0 0 * * *'],
    ['@hourly', '0 * * * *'],
    ['0 0 1 jan mon', '0 0 1 JAN MON'],
    // Sunday is 0 for every scheduler, and 7 for some.
    ['0 0 * * 7', '0 0 * * 0'],
    ['0 0 * * 5-7', '0 0 * * 0,5,6'],
    ['0 0 * * fri-sun', '0 0 * * 0,5,6'],
    ['0 0 * * Sun-Tue', '0 0 * * SUN-TUE'],
    ['0 0 * * 0-6', '0 0 * * 0-6'],
    // Vixie's cron would require both, because one begins with a star.
    ['0 0 */10 * 1', '0 0 1,11,21,31 * 1'],
    ['0 0 1 * */2', '0 0 1 * 0,2,4,6'],
    ['0 0 */10 * *', '0 0 */10 * *'],
  ])('%j is %s', (schedule, expected) => {
    expect(fiveFields(schedule)).toBe(expected)
  })
})

describe('isSchedule', () => {
  it.each([
    ...['0 0 L * *', '0 0 * * 5L', '0 0 * * MONL', '0 0 15W * *', '0 0 * * mon#2'],
    ...['0 0 30 2 *', '0 0 0 * * *', '@reboot', '? 0 * * *', '5/15 * * * *', '0 0 * * fri-mon'],
  ])('%j is none that every cron understands', (text) => {
    expect(isSchedule(text)).toBe(false)
  })

  it.each(['0 0 29 2 *', '@Daily', '0 0 1 JAN-mar Mon', '0 0 31 4 mon'])('%j is one', (text) => {
    expect(isSchedule(text)).toBe(true)
  })
})

/** Expressions with every kind of part, the same in each run. */
function* someExpressions(): Generator<string> {
  let seed = 7
  const random = (below: number) => {
    seed = (seed * 48271) % 2147483647
    return seed % below
  }
  const part = (min: number, max: number) => {
    const from = min + random(max - min)
    const to = from + random(max - from + 1)
    const step = 1 + random(7)
    const kinds = ['*', '*', `*/${step}`, `${from}`, `${from}-${to}`, `${from}-${to}/${step}`]
    return `${kinds[random(kinds.length)]}${random(4) === 0 ? `,${to}` : ''}`
  }
  for (let count = 0; count < 150; ) {
    const fields = [part(0, 59), part(0, 23), part(1, 28), part(1, 12), part(0, 7)]
    const text = fields.join(' ').replaceAll(/\*,\d+/g, '*')
    if (!isSchedule(text)) continue
    count += 1
    yield text
  }
}

const from = new Date(2026, 0, 1)
const runsOf = (text: string) =>
  new Cron(text, { paused: true }).nextRuns(25, from).map((date) => date.getTime())

const isIn = (fields: CronFields, date: Date) => ({
  time: fields.minutes.includes(date.getMinutes()) && fields.hours.includes(date.getHours()),
  month: fields.months.includes(date.getMonth() + 1),
  day: fields.days.includes(date.getDate()) || fields.weekdays.includes(date.getDay()),
})

describe('what croner makes of a schedule', () => {
  it('is what the fields say, and what the schedule that is handed on says', {
    tags: ['deep'],
  }, () => {
    for (const text of someExpressions()) {
      const runs = runsOf(text)
      expect([text, runsOf(fiveFields(text))]).toEqual([text, runs])
      for (const run of runs) {
        const found = isIn(fieldsOf(text), new Date(run))
        expect([text, found]).toEqual([text, { time: true, month: true, day: true }])
      }
    }
  })
})

describe('inWords', () => {
  it.each([
    ['0 0 * * *', 'every day at 00:00'],
    ['@daily', 'every day at 00:00'],
    ['*/15 * * * *', 'every 15 minutes'],
    ['30 6 * * MON', 'at 06:30, only on Monday'],
  ])('%s: %s', (schedule, expected) => {
    expect(inWords(schedule)).toBe(expected)
  })
})

it('a schedule with tabs has words too', () => {
  expect(inWords('0\t0 *\t* 1-5')).toBe(inWords('0 0 * * 1-5'))
})
