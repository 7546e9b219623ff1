import { expect, it } from 'vitest'
import { repeat } from '../../src/webhooks/upkeep.js'
import { testClock } from '../support/clock.js'

function setUp(act: () => Promise<unknown>) {
  const clock = testClock()
  const lines: string[] = []
  const log = { write: (_log: string, _level: string, line: string) => void lines.push(line) }
  return { clock, lines, stop: repeat({ clock, log }, 1000, act) }
}

it('repeats what has failed, and stops', async () => {
  let count = 0
  const { clock, lines, stop } = setUp(async () => {
    count++
    throw new Error(`failure ${count}`)
  })
  await clock.pass(2500)
  expect(lines).toEqual([1, 2].map((number) => `unexpected error: failure ${number}`))
  await stop()
  await clock.pass(5000)
  expect([count, clock.limits()]).toEqual([2, []])
})

it('stops after what is under way, and does not begin again', async () => {
  const seen: string[] = []
  let finish = () => {}
  const { clock, stop } = setUp(async () => {
    await new Promise<void>((resolve) => {
      finish = resolve
    })
    seen.push('done')
  })
  const passing = clock.pass(1000)
  const stopped = stop().then(() => seen.push('stopped'))
  finish()
  await Promise.all([passing, stopped])
  expect(seen).toEqual(['done', 'stopped'])
  expect(clock.limits()).toEqual([])
})
