import { type LocalGitHub, type RecordedRequest, startLocalGitHub } from 'local-github'
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

/** All requests that a PUBLISH sends which nothing disturbs. */
async function requestsOf(machine: Machine): Promise<RecordedRequest[]> {
  const before = github.requests.length
  expect(await machine.publish()).toBe('published')
  return github.requests.slice(before)
}

const starts: [string, () => Promise<unknown>][] = [
  ['from nothing', async () => {}],
  ['from a draft that a run has left', () => a!.publish({ draft: true })],
]

describe.each(starts)(
  'of two machines that publish at once, %s,',
  { tags: ['deep'] },
  (_name, prepare) => {
    it('neither touches what the other has published, whichever request is held', async () => {
      await prepare()
      const asked = await requestsOf(b!)
      const change = asked.findIndex(({ method, origin }) => method !== 'GET' && origin !== 'git')
      // Earlier requests only look at what is there before the build.
      for (let skip = change - 3; skip < asked.length; skip++) {
        await forget(github)
        await prepare()
        const held = github.fail({ client: /host-b/, skip, times: 1, delay: 'forever' })
        let isOver = false
        const second = b!.publish().finally(() => {
          isOver = true
        })
        await vi.waitUntil(() => held.hits === 1 || isOver, { interval: 5, timeout: 30_000 })
        const ended = await a!.publish()
        const published = publishedAssets(github)
        held.remove()
        const ends = [ended, await second]
        expect([skip, ends]).toEqual([skip, ends.map(() => expect.toBeOneOf(outcomes))])
        expect([skip, ends]).toEqual([skip, expect.arrayContaining(['published'])])
        if (published !== null) expect([skip, publishedAssets(github)]).toEqual([skip, published])
        expect(await a!.publish()).toBe('already-published')
        expectOneWhole(github)
      }
    })

    it('one wins and the other gives way, at ten seeded offsets', async () => {
      await prepare()
      const { length: count } = await requestsOf(b!)
      const random = randomNumbers(17)
      for (let pair = 0; pair < 10; pair++) {
        await forget(github)
        await prepare()
        const skip = Math.floor(random() * count)
        let first: Promise<string> | undefined
        const begin = () => {
          first = a!.publish()
        }
        const offset = github.fail({ client: /host-b/, skip, times: 1, meanwhile: begin })
        const second = await b!.publish()
        const ends = [await first, second]
        offset.remove()
        // Pauses take no time here, so both may take a left draft: then neither may publish a mixture.
        const any = [...outcomes, 'CONFLICT']
        expect([skip, ends]).toEqual([skip, ends.map(() => expect.toBeOneOf(any))])
        const last = await a!.publish()
        expect([skip, [...ends, last]]).toEqual([skip, expect.arrayContaining(['published'])])
        if (ends.includes('published')) expect(last).toBe('already-published')
        expectOneWhole(github)
      }
    })
  },
)
