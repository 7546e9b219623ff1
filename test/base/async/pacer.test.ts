import { expect, it } from 'vitest'
import { Pacer } from '../../../src/base/async/pacer.js'
import { testClock } from '../../support/clock.js'

it('is due after 10 ms of work, and not again before as much has passed since the rest', async () => {
  const clock = testClock()
  const pacer = new Pacer(undefined, clock)
  await clock.pass(10)
  expect(pacer.isDue).toBe(false)
  await clock.pass(1)
  expect(pacer.isDue).toBe(true)
  await pacer.rest()
  expect(pacer.isDue).toBe(false)
})

it('is due where the clock was set back', () => {
  let now = 1_000_000
  const pacer = new Pacer(undefined, { ...testClock(), now: () => now })
  now = 0
  expect(pacer.isDue).toBe(true)
})

it('lets others in while it rests, and ends the work that they stop', async () => {
  const stop = new AbortController()
  setImmediate(() => stop.abort(new Error('enough')))
  await expect(new Pacer(stop.signal).rest()).rejects.toThrow('enough')
})
