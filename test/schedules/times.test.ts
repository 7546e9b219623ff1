import { Cron } from 'croner'
import { describe, expect, it } from 'vitest'
import { dueAfter, dueBefore } from '../../src/schedules/times.js'

const next = (schedule: string, timezone: string | null, after: string, count = 1) => {
  const times: string[] = []
  let time: number | null = Date.parse(after)
  while (times.length < count) {
    time = dueAfter({ schedule, timezone }, time ?? Number.NaN)
    if (time === null) return times
    times.push(new Date(time).toISOString().replace(':00.000Z', 'Z'))
  }
  return times
}

describe('the days of a clock change', () => {
  it.each([
    // 2 o'clock becomes 3 in Berlin.
    ['30 2 * * *', '2026-03-28T12:00:00Z', ['2026-03-29T01:00Z', '2026-03-30T00:30Z']],
    ['0,30 2 * * *', '2026-03-28T12:00:00Z', ['2026-03-29T01:00Z', '2026-03-30T00:00Z']],
    ['0 3 * * *', '2026-03-28T12:00:00Z', ['2026-03-29T01:00Z', '2026-03-30T01:00Z']],
    ['30 * * * *', '2026-03-29T00:00:00Z', ['2026-03-29T00:30Z', '2026-03-29T01:30Z']],
    // 3 o'clock becomes 2.
    ['30 2 * * *', '2026-10-24T12:00:00Z', ['2026-10-25T00:30Z', '2026-10-26T01:30Z']],
    ['30 2 * * *', '2026-10-25T00:31:00Z', ['2026-10-26T01:30Z']],
    ['30 2 * * *', '2026-10-25T01:29:59Z', ['2026-10-26T01:30Z']],
    ['30 3 * * *', '2026-10-24T12:00:00Z', ['2026-10-25T02:30Z', '2026-10-26T02:30Z']],
    [
      '30 * * * *',
      '2026-10-25T00:00:00Z',
      ['2026-10-25T00:30Z', '2026-10-25T01:30Z', '2026-10-25T02:30Z'],
    ],
  ])('%s in Berlin, after %s', (schedule, after, times) => {
    expect(next(schedule, 'Europe/Berlin', after, times.length)).toEqual(times)
  })

  it('at midnight, where the day begins at one', () => {
    const times = ['2026-09-06T04:00Z', '2026-09-07T03:15Z']
    expect(next('15 0 * * *', 'America/Santiago', '2026-09-05T12:00:00Z', 2)).toEqual(times)
  })

  it('by half an hour', () => {
    const times = ['2026-10-03T15:30Z', '2026-10-04T15:15Z']
    expect(next('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00:00Z', 2)).toEqual(times)
  })
})

it('a rare day is found, and one that never comes is null', () => {
  expect(next('0 0 29 2 *', 'UTC', '2096-03-01T00:00:00Z')).toEqual(['2104-02-29T00:00Z'])
  expect(dueAfter({ schedule: '0 0 30 2 *', timezone: 'UTC' }, 0)).toBeNull()
  expect(dueBefore({ schedule: '0 0 30 2 *', timezone: null }, 0)).toBeNull()
})

it('a day that does not exist in a zone is due when the next one begins', () => {
  // Samoa went from the 29th of December 2011 to the 31st.
  const times = ['2011-12-30T10:00Z', '2011-12-30T22:00Z']
  expect(next('0 12 * * *', 'Pacific/Apia', '2011-12-30T00:00:00Z', 2)).toEqual(times)
})

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland', null]
const schedules = [
  ...['0 2 * * *', '30 4 * * 1-5', '*/20 * * * *', '15 6,18 1,15 * *', '0 12 13 * fri'],
  ...['@weekly', '@hourly', '5 0 1 jan *', '0 8 * * fri-sun', '45 23 31 * *'],
]

describe.each(zones)('in %s', (timezone) => {
  it.each(schedules)('%s is due when croner says so', (schedule) => {
    const cron = new Cron(schedule, { paused: true, timezone: timezone ?? undefined })
    let time = Date.parse('2026-04-30T10:11:12Z')
    for (let count = 0; count < 20; count++) {
      const expected = cron.nextRun(new Date(time))?.getTime() ?? null
      expect(dueAfter({ schedule, timezone }, time)).toBe(expected)
      time = expected ?? time
      expect(dueBefore({ schedule, timezone }, time)).toBe(time)
      expect(dueBefore({ schedule, timezone }, time + 59_999)).toBe(time)
    }
  })
})
