import { describe, expect, it } from 'vitest'
import { dueAt } from '../../../src/repos/schedule/due.js'

describe('dueAt', () => {
  const at = (day: number, hour: number, minute = 0) =>
    new Date(2026, 0, day, hour, minute).getTime()
  it.each([
    ['never tried', '0 0 * * *', null, at(14, 10), true],
    ['tried since', '0 0 * * *', at(14, 0, 1), at(14, 10), false],
    ['fell due since', '0 0 * * *', at(13, 23, 59), at(14, 0, 0), true],
    ['many times since', '*/5 * * * *', at(1, 0), at(14, 10), true],
    ['the clock was set back', '0 0 * * *', at(20, 0), at(14, 10), true],
    ['a day that comes no more', '0 0 30 2 *', at(13, 0), at(14, 10), false],
  ])('%s', (_name, schedule, last, now, expected) => {
    expect(dueAt(now)(schedule, last)).toBe(expected)
  })
})
