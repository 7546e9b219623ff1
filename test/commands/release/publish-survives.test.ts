import { writeFile } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import {
  assetNames,
  expectPublished,
  leaveStarter,
  name,
  onlyRelease,
  openReleases,
  releasesOn,
  tag,
} from '../../support/releases.js'
import { reached, type Workspace } from '../../support/workspace.js'

let space: Workspace
afterEach(() => space.close())

const publish = (...args: string[]) => space.wizard('RELEASE', 'PUBLISH', 'core', ...args)

describe('RELEASE PUBLISH is interrupted', { tags: ['deep'] }, () => {
  it('by Ctrl-C, and says that the draft stays', async () => {
    space = await openReleases()
    const fault = space.github.fail({ origin: 'upload', delay: 'forever' })
    const running = space.begin(['RELEASE', 'PUBLISH', 'core'])
    await reached(fault)
    running.interrupt()
    const { status, err } = await running.ended
    expect([status, err]).toEqual([130, expect.stringContaining('draft')])
    fault.remove()
    expect(onlyRelease(space).draft).toBe(true)
    expect((await publish()).status).toBe(0)
    await expectPublished(space)
  })
})

describe('RELEASE PUBLISH survives', { tags: ['deep'] }, () => {
  it('a 502 that leaves an asset in state starter', async () => {
    space = await openReleases()
    const meanwhile = () => leaveStarter(space, 'core.tcz')
    const path = /core\.tcz/
    const fault = space.github.fail({ origin: 'upload', path, times: 1, meanwhile, status: 502 })
    const { status } = await publish()
    expect([fault.hits, status]).toEqual([1, 0])
    await expectPublished(space)
  })

  it.each([
    ['of an upload', { origin: 'upload', path: /core\.tcz/ }],
    ['of making the draft', { method: 'POST', path: /\/releases$/ }],
    ['of publishing', { method: 'PATCH', path: /\/releases\/\d+$/ }],
  ] as const)('an answer %s that is lost', async (_, which) => {
    space = await openReleases()
    const fault = space.github.fail({ ...which, times: 1, dropAnswer: true })
    const { status, err } = await publish()
    expect([fault.hits, status, status === 0 ? '' : err]).toEqual([1, 0, ''])
    await expectPublished(space)
  })

  it('a secondary rate limit', async () => {
    space = await openReleases()
    const body = { message: 'You have exceeded a secondary rate limit.' }
    const headers = { 'retry-after': '3' }
    space.github.fail({ origin: 'upload', times: 1, status: 403, headers, body })
    expect((await publish()).status).toBe(0)
    expect(space.clock.slept).toContain(3000)
    await expectPublished(space)
  })

  it('a server that counts no digests: the bytes are fetched and compared', async () => {
    space = await openReleases()
    await publish('--draft')
    for (const one of onlyRelease(space).assets) one.digest = ''
    const { json } = await publish('--json')
    const unchanged = { status: 'unchanged', digest: null }
    expect(json.assets).toMatchObject([unchanged, unchanged, unchanged])
    await expectPublished(space)
  })

  it('other bytes of the same size in its draft: they are replaced', async () => {
    space = await openReleases()
    expect((await publish('--draft')).status).toBe(0)
    const asset = onlyRelease(space).assets.find((one) => one.name === 'core.iso')!
    await writeFile(asset.file, 'osi')
    asset.digest = `sha256:${'0'.repeat(64)}`
    const { json } = await publish('--json')
    const statuses = json.assets.map((one: { name: string; status: string }) => [
      one.name,
      one.status,
    ])
    expect(Object.fromEntries(statuses)).toEqual({
      'core.iso': 'replaced',
      'core.tcz': 'unchanged',
      SHA256SUMS: 'unchanged',
    })
    await expectPublished(space)
  })
})

describe('RELEASE PUBLISH publishes nothing', () => {
  const expectDraft = () => {
    expect(onlyRelease(space).draft).toBe(true)
    return expect(space.github.oid(name, `refs/tags/${tag}`)).rejects.toThrow()
  }

  it('where GitHub counts another digest than was sent', { tags: ['deep'] }, async () => {
    space = await openReleases()
    const body = {
      id: 1,
      name: 'core.tcz',
      size: 9,
      digest: `sha256:${'0'.repeat(64)}`,
      state: 'uploaded',
      browser_download_url: 'http://127.0.0.1/x',
    }
    space.github.fail({ origin: 'upload', path: /core\.tcz/, status: 201, body })
    const { status, err } = await publish()
    expect([status, err]).toEqual([8, expect.stringContaining('core.tcz')])
    await expectDraft()
  })

  it('where the tag was moved to another commit between two tries', {
    tags: ['deep'],
  }, async () => {
    space = await openReleases()
    expect((await publish('--draft')).status).toBe(0)
    await space.github.commit(name, { files: { other: 'x' } })
    await space.github.tag(name, tag)
    const { status, err } = await publish()
    expect([status, err]).toEqual([8, expect.stringMatching(/exists at another commit/)])
    expect(onlyRelease(space).draft).toBe(true)
  })

  it('where the token expires half-way, and goes on with another', { tags: ['deep'] }, async () => {
    space = await openReleases()
    const body = { message: 'Bad credentials' }
    const fault = space.github.fail({ origin: 'upload', skip: 1, status: 401, body })
    const { status, err } = await publish()
    expect([status, err]).toEqual([4, expect.stringContaining('the same command continues')])
    await expectDraft()
    fault.remove()
    expect((await publish()).status).toBe(0)
    await expectPublished(space)
  })

  it('where the build fails: its output is shown, and nothing is made', {
    tags: ['deep'],
  }, async () => {
    space = await openReleases({ release: { build: ['echo this is why; exit 3'] } })
    const { status, err } = await publish('--quiet')
    expect([status, err]).toEqual([1, expect.stringContaining('this is why')])
    expect(err).toMatch(/error: build: .* ended with exit 3/)
    expect(releasesOn(space)).toEqual([])
  })

  it('where signing does not work, which is seen before the build', {
    tags: ['deep'],
  }, async () => {
    const sign = { cmd: 'false', args: ['{artifact}'], signature: '{artifact}.asc' }
    space = await openReleases({ release: { build: ['touch built'], sign } })
    expect((await publish()).status).toBe(1)
    await expect(space.read('engine/core/built')).rejects.toThrow()
    expect(releasesOn(space)).toEqual([])
  })

  it('where a file changes while it is sent', { tags: ['deep'] }, async () => {
    space = await openReleases()
    const meanwhile = () => space.write('engine/core/dist/core.tcz', 'other')
    const path = /core\.tcz/
    const fault = space.github.fail({ origin: 'upload', path, times: 1, meanwhile })
    const { status, err } = await publish()
    expect([fault.hits, status, err]).toEqual([1, 8, expect.stringMatching(/changed/)])
    await expectDraft()
    expect(assetNames(onlyRelease(space))).not.toContain('core.tcz')
  })

  it('where somebody replaces an asset between its upload and the publishing', {
    tags: ['deep'],
  }, async () => {
    space = await openReleases()
    expect((await publish('--draft')).status).toBe(0)
    const replace = () => {
      const asset = onlyRelease(space).assets.find((one) => one.name === 'core.tcz')!
      asset.digest = `sha256:${'0'.repeat(64)}`
    }
    const looks = { method: 'GET', path: /\/releases\/\d+\/assets/ }
    const fault = space.github.fail({ ...looks, skip: 2, times: 1, meanwhile: replace })
    const { status, err } = await publish()
    expect([fault.hits, status, err]).toEqual([1, 8, expect.stringMatching(/core\.tcz has other/)])
    await expectDraft()
  })

  it('where HEAD moves while it is at work', { tags: ['deep'] }, async () => {
    space = await openReleases()
    const commit = ['commit', '--quiet', '--allow-empty', '-m', 'More']
    const meanwhile = () => space.git('engine', ...commit)
    space.github.fail({ origin: 'upload', times: 1, meanwhile })
    const { status, err } = await publish()
    expect([status, err]).toEqual([8, expect.stringMatching(/HEAD .* moved/)])
    await expectDraft()
  })
})
