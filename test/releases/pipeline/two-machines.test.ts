import { type LocalGitHub, startLocalGitHub } from 'local-github'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { randomNumbers } from '../../git/support/histories.js'
import {
  addEngine,
  expectOneWhole,
  forget,
  type Machine,
  openMachine,
  publishedAssets,
} from '../machines.js'

let github: LocalGitHub
let [a, b]: Machine[] = []
beforeEach(async () => {
  github = await startLocalGitHub()
  await addEngine(github)
  a = await openMachine(github, 'host-a')
  b = await openMachine(github, 'host-b')
})
afterEach(() => github.close())

const outcomes = ['published', 'already-published', 'LOCKED']

/** How many requests a PUBLISH sends that nothing disturbs. */
async function requestsOf(machine: Machine): Promise<number> {
  const before = github.requests.length
  expect(await machine.publish()).toBe('published')
  return github.requests.length - before
}

describe('of two machines that publish at once', () => {
  it('neither touches what the other has published, whichever request is held', async () => {
    const count = await requestsOf(b!)
    for (let skip = 0; skip < count; skip++) {
      await forget(github)
      const held = github.fail({ client: /host-b/, skip, times: 1, delay: 'forever' })
      let isOver = false
      const second = b!.publish().finally(() => {
        isOver = true
      })
      await vi.waitUntil(() => held.hits === 1 || isOver, { interval: 5, timeout: 30_000 })
      const first = await a!.publish()
      const published = publishedAssets(github)
      held.remove()
      const ends = [first, await second]
      expect([skip, ends]).toEqual([skip, ends.map(() => expect.toBeOneOf(outcomes))])
      expect([skip, ends]).toEqual([skip, expect.arrayContaining(['published'])])
      if (published !== null) expect([skip, publishedAssets(github)]).toEqual([skip, published])
      expect(await a!.publish()).toBe('already-published')
      expectOneWhole(github)
    }
  })

  it('one wins and the other gives way, at ten seeded offsets', async () => {
    const count = await requestsOf(b!)
    const random = randomNumbers(17)
    for (let pair = 0; pair < 10; pair++) {
      await forget(github)
      const skip = Math.floor(random() * count)
      let first: Promise<string> | undefined
      const begin = () => {
        first = a!.publish()
      }
      const offset = github.fail({ client: /host-b/, skip, times: 1, meanwhile: begin })
      const second = await b!.publish()
      const ends = [await first, second]
      offset.remove()
      expect([skip, ends]).toEqual([skip, ends.map(() => expect.toBeOneOf(outcomes))])
      const last = await a!.publish()
      expect([skip, [...ends, last]]).toEqual([skip, expect.arrayContaining(['published'])])
      if (ends.includes('published')) expect(last).toBe('already-published')
      expectOneWhole(github)
    }
  })
})
