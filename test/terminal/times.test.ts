import { expect, it } from 'vitest'
import { formatLength } from '../../src/terminal/times.js'

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
