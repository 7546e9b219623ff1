import { describe, expect, it } from 'vitest'
import { localTime } from '../../src/base/clock.js'

describe('localTime', () => {
  it('is in local time', () => {
    expect(localTime(new Date(2026, 10, 2, 3, 4, 5).getTime())).toEqual(['2026-11-02', '03:04:05'])
  })
})
