import { describe, expect, it } from 'vitest'
import { createPace } from '../../../src/releases/assets/upload.js'
import { noon, testClock } from '../../support/clock.js'

async function slept(host: string, times: number, between = 0): Promise<number[]> {
  const clock = testClock(noon)
  const pace = createPace(clock, host, undefined)
  for (let time = 0; time < times; time++) {
    await pace()
    if (between > 0) await clock.sleep(between)
  }
  return clock.slept.filter((wait) => wait !== between)
}

describe('createPace', () => {
  it('lets 50 go at once, and 75 a minute after them', async () => {
    expect(await slept('github.com', 50)).toEqual([])
    expect(await slept('github.com', 53)).toEqual([800, 800])
    const clock = testClock(noon)
    const pace = createPace(clock, 'github.com', undefined)
    for (let time = 0; time < 50 + 75; time++) await pace()
    expect(clock.now() - noon).toBe(74 * 800)
  })

  it('does not hold up what comes slowly by itself', async () => {
    expect(await slept('github.com', 60, 900)).toEqual([])
    expect(await slept('github.com', 52, 300)).toEqual([500])
  })

  it.each([
    ['github.com', true],
    ['acme.ghe.com', true],
    ['api.github.com', true],
    ['github.corp.example', false],
    ['notgithub.com', false],
    ['127.0.0.1', false],
  ])('%s has a limit: %j', async (host, isLimited) => {
    expect((await slept(host, 52)).length > 0).toBe(isLimited)
  })

  it('ends with the command', async () => {
    const stop = new AbortController()
    const pace = createPace(testClock(), 'github.com', stop.signal)
    for (let time = 0; time < 51; time++) await pace()
    stop.abort(new Error('stopped'))
    await expect(pace()).rejects.toThrow('stopped')
  })
})
