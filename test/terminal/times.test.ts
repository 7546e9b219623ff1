import { expect, it } from 'vitest'
import type { Stream } from '../../src/terminal/stream.js'
import { ageFormat, formatAge, formatLength, momentFormat } from '../../src/terminal/times.js'

it.each([
  [0, '0 s'],
  [8.9, '8 s'],
  [60, '1m 0s'],
  [123, '2m 3s'],
  [3_600, '1h 0m'],
  [7_385, '2h 3m'],
  // The clock was set back.
  [-5, '0 s'],
])('%d seconds are %s', (seconds, words) => {
  expect(formatLength(seconds)).toBe(words)
})

const now = Date.parse('2026-01-14T12:00:00Z')

it.each([
  ['2026-01-14T11:59:30Z', 'just now'],
  ['2026-01-14T11:59:00Z', '1 minute ago'],
  ['2026-01-14T11:54:10Z', '6 minutes ago'],
  ['2026-01-14T10:10:00Z', '2 hours ago'],
  ['2026-01-12T12:00:00Z', '2 days ago'],
  ['2025-12-01T12:00:00Z', '1 month ago'],
  ['2023-12-01T12:00:00Z', '2 years ago'],
  ['2026-01-14T12:00:30Z', 'in less than a minute'],
  ['2026-01-14T17:00:00Z', 'in 5 hours'],
])('%s is %s', (time, words) => {
  expect(formatAge(Date.parse(time), now)).toBe(words)
})

it('a script gets times unchanged, a person with the zone', () => {
  const time = '2026-01-14T11:54:00Z'
  const script = { isTerminal: false } as Stream
  const person = { isTerminal: true } as Stream
  expect(ageFormat(script, now)(time)).toBe(time)
  expect(ageFormat(person, now)(null)).toBe('')
  expect(momentFormat(person, now)(time)).toMatch(
    /^2026-01-1[345] \d\d:\d\d [+-]\d\d:\d\d \(6 minutes ago\)$/,
  )
})
