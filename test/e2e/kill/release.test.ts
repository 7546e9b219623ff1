import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { expectPublished, forget, leaveStarter, openReleases } from '../../support/releases.js'
import { reached, type Workspace } from '../../support/workspace.js'
import { killPoints, seedOfKills } from '../support/kill-points.js'

let space: Workspace
afterEach(() => space.close())

const publish = (...args: string[]) => space.wizard('RELEASE', 'PUBLISH', 'core', ...args)

describe('SIGKILL of RELEASE PUBLISH', () => {
  it(`at any request, and the next run ends with one published release (${seedOfKills})`, async () => {
    space = await openReleases()
    const sent = space.github.requests.length
    expect((await publish('--quiet')).status).toBe(0)
    const asked = space.github.requests.slice(sent)
    const first = asked.findIndex(({ method }) => method === 'POST')
    expect(asked.length).toBeGreaterThan(first + 8)
    for (const point of killPoints(asked.length - first, 8)) {
      const skip = first + point - 1
      await forget(space)
      const fault = space.github.fail({ skip, delay: 'forever' })
      const child = space.start(['RELEASE', 'PUBLISH', 'core'])
      const gone = once(child, 'close')
      await reached(fault)
      child.kill('SIGKILL')
      await gone
      fault.remove()
      const { status, err } = await publish()
      expect([skip, status, status === 0 ? '' : err]).toEqual([skip, 0, ''])
      await expectPublished(space)
    }
  }, 120_000)

  it('in the middle of an upload, and what it left is replaced', async () => {
    const build =
      'mkdir -p dist && printf iso > dist/core.iso && head -c 30000000 /dev/zero > dist/core.tcz'
    space = await openReleases({ release: { build: [build] } })
    const fault = space.github.fail({ origin: 'upload', path: /core\.tcz/, delay: 'forever' })
    const child = space.start(['RELEASE', 'PUBLISH', 'core'])
    const gone = once(child, 'close')
    await reached(fault)
    leaveStarter(space, 'core.tcz')
    child.kill('SIGKILL')
    await gone
    fault.remove()
    expect((await publish()).status).toBe(0)
    await expectPublished(space)
  })
})
