import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { expectPublished, forget, leaveStarter, openReleases } from '../../support/releases.js'
import { reached, type Workspace } from '../../support/workspace.js'
import { killPoints, seedOfKills } from '../support/kill-points.js'

let space: Workspace
afterEach(() => space.close())

const publish = (...args: string[]) => space.wizard('RELEASE', 'PUBLISH', 'core', ...args)

describe('SIGKILL of RELEASE PUBLISH', () => {
  it(`at any request, and the next run ends with one published release (${seedOfKills})`, {
    tags: ['deep'],
  }, async () => {
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
  })

  it('in the middle of an upload, and what it left is replaced', { tags: ['deep'] }, async () => {
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

  it('ends the build too, which does not go on beside the next one', {
    tags: ['deep'],
  }, async () => {
    space = await openReleases({ release: { build: ['. ./build.sh'] } })
    const pid = space.path('engine/core/dist/pid')
    await space.write('engine/core/build.sh', endless(''))
    const build = await killedWhileBuilding(pid)
    await until(() => !isThere(build))
    expect(await leftIn(space.path('tmp'))).toEqual(['.wizard-release-'])
    await space.write(
      'engine/core/build.sh',
      'mkdir -p dist; echo iso > dist/core.iso; rm dist/pid',
    )
    const { status, err } = await space.spawn(['RELEASE', 'PUBLISH', 'core'], inTmp())
    expect([status, status === 0 ? '' : err]).toEqual([0, ''])
    expect(await leftIn(space.path('tmp'))).toEqual([])
  })

  it('and a build that does not listen is ended by the next run, before it builds', {
    tags: ['deep'],
  }, async () => {
    space = await openReleases({ release: { build: ['. ./build.sh'] } })
    const pid = space.path('engine/core/dist/pid')
    await space.write('engine/core/build.sh', endless('trap "" TERM;'))
    const build = await killedWhileBuilding(pid)
    const check = `! kill -0 ${build} && rm dist/pid && echo iso > dist/core.iso`
    await space.write('engine/core/build.sh', check)
    const { status, err } = await space.spawn(['RELEASE', 'PUBLISH', 'core'], inTmp())
    expect([status, status === 0 ? '' : err]).toEqual([0, ''])
    expect(isThere(build)).toBe(false)
  })
})

/** A build that names its process, and does not end. */
const endless = (first: string) =>
  `${first} mkdir -p dist; echo $$ > dist/new; mv dist/new dist/pid; while :; do sleep 0.05; done`

const inTmp = () => ({ env: { TMPDIR: space.path('tmp') } })

/** @returns the number of the build's process */
async function killedWhileBuilding(pid: string): Promise<number> {
  await mkdir(space.path('tmp'))
  const child = space.start(['RELEASE', 'PUBLISH', 'core'], inTmp())
  const gone = once(child, 'exit')
  await until(() => existsSync(pid))
  child.kill('SIGKILL')
  await gone
  return Number(readFileSync(pid, 'utf8'))
}

const until = (what: () => boolean) => vi.waitUntil(what, { interval: 10, timeout: 30_000 })

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** The kinds of wizard's folders in a folder. */
const leftIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder))
    .filter((name) => !name.endsWith('.owner'))
    .flatMap((name) => /^\.wizard-\w+-/.exec(name)?.[0] ?? [])
