import { expect, it } from 'vitest'
import { refusalReports } from '../../../src/webhooks/receive/refusal-reports.js'
import { testClock } from '../../support/clock.js'

function setUp() {
  const clock = testClock()
  const reported: number[] = []
  const more: number[] = []
  const report = refusalReports<number>({
    clock,
    report: (refused) => reported.push(refused),
    reportMore: (count) => more.push(count),
  })
  return { clock, reported, more, report }
}

it('reports 60 refusals a minute, and how many more there were', async () => {
  const { clock, reported, more, report } = setUp()
  for (let refused = 0; refused < 1000; refused++) report(refused)
  expect(reported).toHaveLength(60)
  expect(more).toEqual([])
  await clock.pass(60_000)
  report(1000)
  expect(reported.at(-1)).toBe(1000)
  expect(more).toEqual([940])
  await clock.pass(60_000)
  report(1001)
  expect(more).toEqual([940])
})
