import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import type { Asset, Release } from 'local-github'
import { afterEach, describe, expect, it } from 'vitest'
import { assetNames, forget, name, openReleases, releasesOn, tag } from '../../support/releases.js'
import { ended, startWizard } from '../../support/wizard.js'
import { reached, type Workspace } from '../../support/workspace.js'

let space: Workspace
afterEach(() => space.close())

const all = ['SHA256SUMS', 'core.iso', 'core.tcz']
const publish = (...args: string[]) => space.wizard('RELEASE', 'PUBLISH', 'core', ...args)

/** The one release that there is. */
function onlyRelease(): Release {
  const releases = releasesOn(space)
  expect(releases).toHaveLength(1)
  return releases[0]!
}

/** Exactly one published release, with every asset as it is on disk. */
async function expectPublished(): Promise<void> {
  const release = onlyRelease()
  expect([release.draft, release.tag]).toEqual([false, tag])
  expect(release.assets.map(({ state }) => state)).toEqual(all.map(() => 'uploaded'))
  expect(assetNames(release)).toEqual(all)
  expect(await contentOf(release, 'core.tcz')).toBe(await space.read('engine/core/dist/core.tcz'))
  expect(await contentOf(release, 'core.iso')).toBe(await space.read('engine/core/dist/core.iso'))
  expect(await space.github.oid(name, `refs/tags/${tag}`)).toBe(await space.github.oid(name))
}

async function contentOf({ assets }: Release, asset: string): Promise<string> {
  return readFile(assets.find((one) => one.name === asset)!.file, 'utf8')
}

/** What an upload that broke off leaves behind. */
function leaveStarter(asset: string): void {
  const release = onlyRelease()
  const { world } = space.github
  const id = world.nextId()
  const starter: Asset = {
    id,
    nodeId: world.nodeId('RA', id),
    name: asset,
    label: '',
    state: 'starter',
    contentType: 'application/octet-stream',
    file: space.path('nowhere'),
    size: 0,
    digest: '',
    downloads: 0,
    uploader: release.author,
    createdAt: world.now(),
    updatedAt: world.now(),
  }
  release.assets.push(starter)
}

describe('RELEASE PUBLISH is killed', () => {
  it('at any request, and the next run ends with one published release', async () => {
    space = await openReleases()
    const sent = space.github.requests.length
    expect((await publish('--quiet')).status).toBe(0)
    const asked = space.github.requests.slice(sent)
    const first = asked.findIndex(({ method }) => method === 'POST')
    expect(asked.length).toBeGreaterThan(first + 8)
    for (let at = first; at < asked.length; at++) {
      await forget(space)
      const fault = space.github.fail({ skip: at, delay: 'forever' })
      const child = space.start(['RELEASE', 'PUBLISH', 'core'])
      const gone = once(child, 'close')
      await reached(fault)
      child.kill('SIGKILL')
      await gone
      fault.remove()
      const { status, err } = await publish()
      expect([at, status, status === 0 ? '' : err]).toEqual([at, 0, ''])
      await expectPublished()
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
    leaveStarter('core.tcz')
    child.kill('SIGKILL')
    await gone
    fault.remove()
    expect((await publish()).status).toBe(0)
    await expectPublished()
  })

  it('by Ctrl-C, and says that the draft stays', async () => {
    space = await openReleases()
    const fault = space.github.fail({ origin: 'upload', delay: 'forever' })
    const child = space.start(['RELEASE', 'PUBLISH', 'core'])
    const result = ended(child)
    await reached(fault)
    child.kill('SIGINT')
    const { status, err } = await result
    expect([status, err]).toEqual([130, expect.stringContaining('draft')])
    fault.remove()
    expect(onlyRelease().draft).toBe(true)
    expect((await publish()).status).toBe(0)
    await expectPublished()
  })
})

describe('RELEASE PUBLISH survives', () => {
  it('a 502 that leaves an asset in state starter', async () => {
    space = await openReleases()
    const meanwhile = () => leaveStarter('core.tcz')
    const path = /core\.tcz/
    const fault = space.github.fail({ origin: 'upload', path, times: 1, meanwhile, status: 502 })
    const { status } = await publish()
    expect([fault.hits, status]).toEqual([1, 0])
    await expectPublished()
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
    await expectPublished()
  })

  it('a secondary rate limit', async () => {
    space = await openReleases()
    const body = { message: 'You have exceeded a secondary rate limit.' }
    const headers = { 'retry-after': '1' }
    space.github.fail({ origin: 'upload', times: 1, status: 403, headers, body })
    expect((await publish()).status).toBe(0)
    await expectPublished()
  })

  it('a server that counts no digests: the bytes are fetched and compared', async () => {
    space = await openReleases()
    await publish('--draft')
    for (const one of onlyRelease().assets) one.digest = ''
    const { json } = await publish('--json')
    const unchanged = { status: 'unchanged', digest: null }
    expect(json.assets).toMatchObject([unchanged, unchanged, unchanged])
    await expectPublished()
  })

  it('other bytes of the same size in its draft: they are replaced', async () => {
    space = await openReleases()
    expect((await publish('--draft')).status).toBe(0)
    const asset = onlyRelease().assets.find((one) => one.name === 'core.iso')!
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
    await expectPublished()
  })
})

describe('RELEASE PUBLISH publishes nothing', () => {
  const expectDraft = () => {
    expect(onlyRelease().draft).toBe(true)
    return expect(space.github.oid(name, `refs/tags/${tag}`)).rejects.toThrow()
  }

  it('where GitHub counts another digest than was sent', async () => {
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

  it('where the tag was moved to another commit between two tries', async () => {
    space = await openReleases()
    expect((await publish('--draft')).status).toBe(0)
    await space.github.commit(name, { files: { other: 'x' } })
    await space.github.tag(name, tag)
    const { status, err } = await publish()
    expect([status, err]).toEqual([8, expect.stringMatching(/exists at another commit/)])
    expect(onlyRelease().draft).toBe(true)
  })

  it('where the token expires half-way, and goes on with another', async () => {
    space = await openReleases()
    const body = { message: 'Bad credentials' }
    const fault = space.github.fail({ origin: 'upload', skip: 1, status: 401, body })
    const { status, err } = await publish()
    expect([status, err]).toEqual([4, expect.stringContaining('the same command goes on')])
    await expectDraft()
    fault.remove()
    expect((await publish()).status).toBe(0)
    await expectPublished()
  })

  it('where the build fails: its output is shown, and nothing is made', async () => {
    space = await openReleases({ release: { build: ['echo this is why; exit 3'] } })
    const { status, err } = await publish('--quiet')
    expect([status, err]).toEqual([1, expect.stringContaining('this is why')])
    expect(err).toMatch(/error: build: .* ended with exit 3/)
    expect(releasesOn(space)).toEqual([])
  })

  it('where signing does not work, which is seen before the build', async () => {
    const sign = { cmd: 'false', args: ['{artifact}'], signature: '{artifact}.asc' }
    space = await openReleases({ release: { build: ['touch built'], sign } })
    expect((await publish()).status).toBe(1)
    await expect(space.read('engine/core/built')).rejects.toThrow()
    expect(releasesOn(space)).toEqual([])
  })

  it('where a file changes while it is sent', async () => {
    space = await openReleases()
    const meanwhile = () => space.write('engine/core/dist/core.tcz', 'other')
    const path = /core\.tcz/
    const fault = space.github.fail({ origin: 'upload', path, times: 1, meanwhile })
    const { status, err } = await publish()
    expect([fault.hits, status, err]).toEqual([1, 8, expect.stringMatching(/changed/)])
    await expectDraft()
    expect(assetNames(onlyRelease())).not.toContain('core.tcz')
  })

  it('where somebody replaces an asset between its upload and the publishing', async () => {
    space = await openReleases()
    expect((await publish('--draft')).status).toBe(0)
    const replace = () => {
      const asset = onlyRelease().assets.find((one) => one.name === 'core.tcz')!
      asset.digest = `sha256:${'0'.repeat(64)}`
    }
    const looks = { method: 'GET', path: /\/releases\/\d+\/assets/ }
    const fault = space.github.fail({ ...looks, skip: 2, times: 1, meanwhile: replace })
    const { status, err } = await publish()
    expect([fault.hits, status, err]).toEqual([1, 8, expect.stringMatching(/core\.tcz has other/)])
    await expectDraft()
  })

  it('where HEAD moves while it is at work', async () => {
    space = await openReleases()
    const commit = ['commit', '--quiet', '--allow-empty', '-m', 'More']
    const meanwhile = () => space.git('engine', ...commit)
    space.github.fail({ origin: 'upload', times: 1, meanwhile })
    const { status, err } = await publish()
    expect([status, err]).toEqual([8, expect.stringMatching(/HEAD .* moved/)])
    await expectDraft()
  })
})

it('of two at once one publishes, and the other finds it done', async () => {
  space = await openReleases()
  const runs = [1, 2].map(() =>
    ended(startWizard(['RELEASE', 'PUBLISH', 'core'], { cwd: space.root })),
  )
  const results = await Promise.all(runs)
  expect(results.map(({ status }) => status)).toEqual([0, 0])
  await expectPublished()
})
