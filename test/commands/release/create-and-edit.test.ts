import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { advance, name, openReleases, releasesOn, tag } from '../../support/releases.js'
import { reached, snapshot, type Workspace } from '../../support/workspace.js'

let space: Workspace
afterEach(() => space.close())

const release = (...args: string[]) => space.wizard('RELEASE', ...args)

const open = async () => {
  space = await openReleases()
  await space.write('one.tcz', 'one')
  await space.write('two words.iso', 'two')
}

describe('RELEASE CREATE', () => {
  it('makes a release in one request, and says its address', { tags: ['deep'] }, async () => {
    await open()
    const { status, out } = await release(
      'CREATE',
      'engine@v1.0.0',
      '--title',
      'First',
      '--notes',
      'Hello',
    )
    const [made] = releasesOn(space)
    expect([status, out]).toEqual([0, `${space.github.gitUrl}/${name}/releases/tag/v1.0.0\n`])
    expect(made).toMatchObject({ tag: 'v1.0.0', name: 'First', body: 'Hello', draft: false })
    const posts = space.github.requests.filter(
      ({ method, origin, path }) => method === 'POST' && origin === 'api' && path !== '/graphql',
    )
    expect(posts.map(({ path }) => path)).toEqual([`/repos/${name}/releases`])
  })

  it('makes nothing for a tag that git cannot have', { tags: ['deep'] }, async () => {
    await open()
    for (const wrong of ['v 1', 'a..b', '../heads/main', 'a?b', '-x', '']) {
      const target = `engine@${wrong}`
      const { status, err } = await release('CREATE', target, 'one.tcz', '--notes', 'Hello')
      expect({ wrong, status, err }).toMatchObject({
        status: 2,
        err: expect.stringMatching(/^error: /),
      })
    }
    expect(releasesOn(space)).toEqual([])
  })

  it('with files is a draft until they are there', { tags: ['deep'] }, async () => {
    await open()
    const fault = space.github.fail({
      origin: 'upload',
      status: 401,
      body: { message: 'Bad credentials' },
    })
    const args = [
      'CREATE',
      'engine@v1.0.0',
      'one.tcz',
      'two words.iso',
      '--notes',
      'Hello',
    ] as const
    const failed = await release(...args)
    expect([failed.status, releasesOn(space)[0]?.draft]).toEqual([4, true])
    fault.remove()
    const { status, json } = await release(...args, '--json')
    expect([status, json.draft, json.assets.map((one: { name: string }) => one.name)]).toEqual([
      0,
      false,
      ['one.tcz', 'two.words.iso'],
    ])
    expect(releasesOn(space)).toMatchObject([{ body: 'Hello', draft: false }])
  })

  it('puts a version into the template of a component, and knows a pre-release', {
    tags: ['deep'],
  }, async () => {
    await open()
    const { json } = await release('CREATE', 'core@1.3.0-rc.1', '--json')
    expect(json).toMatchObject({ tag: 'core-v1.3.0-rc.1', prerelease: true, latest: false })
  })

  it('--target is a branch or a commit, and the tag must be there where it is', {
    tags: ['deep'],
  }, async () => {
    await open()
    const first = await space.github.oid(name)
    await space.github.branch(name, 'old')
    await space.github.commit(name, {})
    const { json } = await release('CREATE', 'engine@v0.9.0', '--target', 'old', '--json')
    expect(json.target_commit).toBe(first)
    expect(await space.github.oid(name, 'refs/tags/v0.9.0')).toBe(first)
    await space.github.tag(name, 'v1.0.0')
    const other = await release('CREATE', 'engine@v1.0.0', '--target', 'old')
    expect([other.status, other.err]).toEqual([8, expect.stringMatching(/v1\.0\.0 is at/)])
    const none = await release('CREATE', 'engine@v2.0.0', '--target', 'nowhere')
    expect([none.status, none.err]).toEqual([3, expect.stringContaining('nowhere')])
  })

  it('a backport is not the latest, unless it is said to be', { tags: ['deep'] }, async () => {
    await open()
    expect((await release('CREATE', 'engine@v2.0.0', '--json')).json.latest).toBe(true)
    expect((await release('CREATE', 'engine@v1.9.0', '--json')).json.latest).toBe(false)
    expect(
      (await release('CREATE', 'engine@v1.8.0', '--latest', 'true', '--json')).json.latest,
    ).toBe(true)
  })
})

describe('RELEASE UPLOAD', () => {
  it('keeps what is there, adds what is new, and replaces on drafts alone', {
    tags: ['deep'],
  }, async () => {
    await open()
    await release('CREATE', 'engine@v1.0.0', 'one.tcz', '--draft')
    const { json } = await release('UPLOAD', 'engine@v1.0.0', 'one.tcz', 'two words.iso', '--json')
    const status = Object.fromEntries(
      json.assets.map((one: { name: string; status: string }) => [one.name, one.status]),
    )
    expect(status).toEqual({ 'one.tcz': 'unchanged', 'two.words.iso': 'uploaded' })
    await space.write('one.tcz', 'uno')
    const kept = await release('UPLOAD', 'engine@v1.0.0', 'one.tcz')
    expect([kept.status, kept.err]).toEqual([8, expect.stringContaining('--clobber')])
    const replaced = await release('UPLOAD', 'engine@v1.0.0', 'one.tcz', '--clobber', '--json')
    expect(replaced.json.assets).toContainEqual(
      expect.objectContaining({ name: 'one.tcz', status: 'replaced' }),
    )
    await release('EDIT', 'engine@v1.0.0', '--draft', 'false')
    await space.write('one.tcz', 'eins')
    const published = await release('UPLOAD', 'engine@v1.0.0', 'one.tcz', '--clobber')
    expect([published.status, published.err]).toEqual([8, expect.stringContaining('published')])
    const file = releasesOn(space)[0]!.assets.find((one) => one.name === 'one.tcz')!.file
    expect(await readFile(file, 'utf8')).toBe('uno')
  })

  it('sends several at once', { tags: ['deep'] }, async () => {
    await open()
    await release('CREATE', 'engine@v1.0.0')
    const names = Array.from({ length: 4 }, (_, index) => `asset-${index}.bin`)
    await Promise.all(names.map((file) => space.write(file, file)))
    const fault = space.github.fail({ origin: 'upload', delay: 'forever' })
    const running = release('UPLOAD', 'engine@v1.0.0', ...names)
    await reached(fault, 4)
    fault.remove()
    expect((await running).status).toBe(0)
    expect(releasesOn(space)[0]?.assets).toHaveLength(4)
  })
})

describe('RELEASE EDIT', () => {
  it('changes what is given, and publishes a draft with the right latest', {
    tags: ['deep'],
  }, async () => {
    await open()
    await release('CREATE', 'engine@v2.0.0')
    await release('CREATE', 'engine@v1.0.0', '--draft', '--notes', 'Old')
    const sent = space.github.requests.length
    const { status, json } = await release(
      'EDIT',
      'engine@v1.0.0',
      '--title',
      'One',
      '--draft',
      'false',
      '--json',
    )
    expect([status, json.name, json.draft, json.latest]).toEqual([0, 'One', false, false])
    const changes = space.github.requests.slice(sent).filter(({ method }) => method !== 'GET')
    expect(changes.map(({ method }) => method)).toEqual(['PATCH'])
    expect(releasesOn(space)[0]?.body).toBe('Old')
    const latest = await release('EDIT', 'engine@v1.0.0', '--latest', 'true', '--json')
    expect(latest.json.latest).toBe(true)
  })

  it('asks a person before it takes back what is published, and PUBLISH does not replace its assets', {
    tags: ['deep'],
  }, async () => {
    await open()
    expect((await release('PUBLISH', 'core')).status).toBe(0)
    const [made] = releasesOn(space)
    const before = structuredClone(made?.assets)
    const args = ['RELEASE', 'EDIT', 'core@1.2.0', '--draft', 'true', '--title', 'Oops']
    const no = await space.run(args, { columns: 80, answer: 'n' })
    expect([no.status, no.out]).toEqual([0, 'Nothing was changed.\n'])
    expect(made).toMatchObject({ draft: false, name: tag })
    expect((await space.wizard(...args)).status).toBe(0)
    expect(made).toMatchObject({ draft: true, name: 'Oops' })
    // A server may forget the time at which it was published.
    if (made) made.publishedAt = null
    await space.write('engine/core/dist/core.tcz', 'other bytes')
    const again = await release('PUBLISH', 'core', '--skip-build')
    expect([again.status, again.err]).toEqual([
      8,
      expect.stringMatching(
        /was published, and then turned back into a draft.*\n.*EDIT core@core-v1.2.0/,
      ),
    ])
    expect(made?.assets).toEqual(before)
    expect((await release('EDIT', 'core@1.2.0', '--draft', 'false')).status).toBe(0)
    expect(releasesOn(space)).toMatchObject([{ draft: false, assets: before }])
  })
})

describe('RELEASE LIST, VIEW and STATUS', { tags: ['deep'] }, () => {
  it('a component has the releases of its tags, and its highest stable one is the latest', async () => {
    await open()
    for (const one of [
      'core@1.0.0',
      'core@1.2.0',
      'core@1.1.0',
      'core@1.3.0-rc.1',
      'engine@other-v9.0.0',
    ]) {
      expect((await release('CREATE', one)).status).toBe(0)
    }
    const { json } = await release('LIST', 'core', '--json')
    expect(json.map((one: { tag: string; latest: boolean }) => [one.tag, one.latest])).toEqual([
      ['core-v1.3.0-rc.1', false],
      ['core-v1.1.0', false],
      ['core-v1.2.0', true],
      ['core-v1.0.0', false],
    ])
    expect((await release('LIST', 'core', '--prerelease', 'true', '--json')).json).toHaveLength(1)
    expect((await release('LIST', 'engine', '--json')).json).toHaveLength(5)
    const viewed = (await release('VIEW', 'core', '--json')).json
    expect([viewed.tag, viewed.target_commit]).toEqual([
      'core-v1.2.0',
      await space.github.oid(name),
    ])
    await release('EDIT', 'core@1.2.0', '--notes', 'One\n\n- two')
    expect((await release('VIEW', 'core')).out).toMatch(
      /^title\tcore-v1\.2\.0\n[\s\S]*\nOne\n\n- two\n$/m,
    )
    const missing = await release('VIEW', 'core@7.0.0')
    expect([missing.status, missing.err]).toEqual([
      3,
      expect.stringMatching(/available: core-v1\.3\.0-rc\.1/),
    ])
  })

  it('NOTES of a clone that has not fetched the last tag begin there all the same', async () => {
    await open()
    await release('PUBLISH', 'core')
    const { status, out } = await release('NOTES', 'core')
    expect([status, out]).toEqual([
      0,
      expect.stringMatching(/^Nothing has changed since core-v1\.2\.0\./),
    ])
  })

  it('STATUS says what can be published, and what is not released yet', async () => {
    await open()
    expect((await release('STATUS', '--json')).json).toMatchObject([
      { component: 'core', state: 'ready', tag: null, next_version: '1.2.0', unreleased: 1 },
    ])
    await release('PUBLISH', 'core')
    expect((await release('STATUS', '--json')).json).toMatchObject([
      { state: 'released', tag, version: '1.2.0', unreleased: 0 },
    ])
    await advance(space, { 'elsewhere.txt': 'x' })
    await advance(space, { 'core/main.txt': 'two' })
    expect((await release('STATUS', '--json')).json).toMatchObject([
      { state: 'unreleased', unreleased: 1 },
    ])
  })
})

describe('RELEASE DOWNLOAD', () => {
  it('is safe with names from outside, and removes what does not match the sums', {
    tags: ['deep'],
  }, async () => {
    await open()
    await space.write('SHA256SUMS', `${'0'.repeat(64)}  one.tcz\n`)
    await release('CREATE', 'engine@v1.0.0', 'one.tcz', 'SHA256SUMS')
    const { status, err } = await release('DOWNLOAD', 'engine', '--dir', 'out')
    expect([status, err]).toEqual([
      8,
      expect.stringMatching(/one\.tcz does not match the release's checksums/),
    ])
    expect(Object.keys(await snapshot(space.path('out')))).not.toContain('one.tcz')
    const [made] = releasesOn(space)
    made!.assets = made!.assets.filter((one) => one.name === 'one.tcz')
    made!.assets[0]!.name = '../../escaped.tcz'
    const hostile = await release('DOWNLOAD', 'engine', '--dir', 'out', '--json')
    expect([hostile.status, hostile.json[0].path]).toEqual([
      0,
      space.path('out', '.._.._escaped.tcz'),
    ])
  })

  it('goes on after a cut, and takes nothing whose digest is another', {
    tags: ['deep'],
  }, async () => {
    await open()
    await space.write('large.bin', 'x'.repeat(3_000_000))
    await release('CREATE', 'engine@v1.0.0', 'large.bin')
    space.github.fail({ origin: 'storage', times: 1, cutAfter: 1_000_000 })
    const { status, json } = await release('DOWNLOAD', 'engine', '--dir', 'out', '--json')
    expect([status, json[0].checked, json[0].size]).toEqual([0, ['digest'], 3_000_000])
    space.github.fail({ origin: 'storage', corruptAt: 7 })
    const bad = await release('DOWNLOAD', 'engine', '--dir', 'bad')
    expect([bad.status, bad.err]).toEqual([6, expect.stringContaining('large.bin')])
    expect(await snapshot(space.path('bad'))).toEqual({})
  })

  it('keeps a file that is there, whether the server counts digests or not', {
    tags: ['deep'],
  }, async () => {
    await open()
    await release('CREATE', 'engine@v1.0.0', 'one.tcz')
    for (const asset of releasesOn(space)[0]!.assets) asset.digest = ''
    const download = async (...more: string[]) => {
      const { status, out } = await release('DOWNLOAD', 'engine', '--dir', 'out', ...more)
      return [status, out.split('\t')[2]]
    }
    expect(await download()).toEqual([0, 'downloaded'])
    expect(await download()).toEqual([0, 'unchanged'])
    for (const other of ['eins!', 'e'.repeat((await space.read('one.tcz')).length)]) {
      await space.write('out/one.tcz', other)
      expect((await download())[0]).toBe(8)
      expect(await space.read('out/one.tcz')).toBe(other)
    }
    expect(await download('--clobber')).toEqual([0, 'replaced'])
    const inFile = await release('DOWNLOAD', 'engine', '--dir', 'out/one.tcz')
    expect([inFile.status, inFile.err]).toEqual([
      2,
      expect.stringContaining('a part of it is a file'),
    ])
  })
})

describe('RELEASE DELETE', () => {
  it('is done where the answer was lost, and not where the token may not', {
    tags: ['deep'],
  }, async () => {
    await open()
    await release('CREATE', 'engine@v1.0.0')
    const args = ['DELETE', 'engine@v1.0.0', '--cleanup-tag', '--yes'] as const
    const which = { method: 'DELETE', path: /\/releases\/\d+$/, times: 1 }
    space.github.fail({ ...which, status: 404, body: { message: 'Not Found' } })
    expect((await release(...args)).status).toBe(3)
    expect(releasesOn(space)).toHaveLength(1)
    const fault = space.github.fail({ ...which, dropAnswer: true })
    expect([(await release(...args)).status, fault.hits]).toEqual([0, 1])
    expect(releasesOn(space)).toEqual([])
    await expect(space.github.oid(name, 'refs/tags/v1.0.0')).rejects.toThrow()
  })

  it('asks, and deletes the tag only where that is said', { tags: ['deep'] }, async () => {
    await open()
    await release('CREATE', 'engine@v1.0.0')
    const args = ['RELEASE', 'DELETE', 'engine@v1.0.0']
    const no = await space.run(args, { columns: 80, answer: 'n' })
    expect([no.status, no.shown]).toEqual([
      0,
      expect.stringMatching(/Delete release v1\.0\.0 of uDOS\/engine\?/),
    ])
    expect(releasesOn(space)).toHaveLength(1)
    expect((await space.run(args, { columns: 80, answer: 'y' })).status).toBe(0)
    expect(releasesOn(space)).toHaveLength(0)
    expect(await space.github.oid(name, 'refs/tags/v1.0.0')).toMatch(/^[0-9a-f]{40}$/)
    const rest = await release('DELETE', 'engine@v1.0.0', '--cleanup-tag', '--yes', '--json')
    expect(rest.json).toEqual({ tag: 'v1.0.0', id: null, deleted: true, tag_deleted: true })
    await expect(space.github.oid(name, 'refs/tags/v1.0.0')).rejects.toThrow()
  })
})

describe('in a job and on a terminal', { tags: ['deep'] }, () => {
  it('hands on id, tag and address', async () => {
    await open()
    await space.write('outputs', '')
    const env = { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: space.path('outputs') }
    expect((await space.run(['RELEASE', 'PUBLISH', 'core'], { env })).status).toBe(0)
    const [made] = releasesOn(space)
    const lines = await space.read('outputs')
    expect(lines).toContain(`${made!.id}`)
    expect(lines).toContain(tag)
    expect(lines).toContain(`${space.github.gitUrl}/${name}/releases/tag/${tag}`)
  })

  it('PUBLISH shows the plan and asks', async () => {
    await open()
    const no = await space.run(['RELEASE', 'PUBLISH', 'core'], { columns: 80, answer: 'n' })
    expect([no.status, no.shown]).toEqual([
      0,
      expect.stringMatching(/publish +core-v1\.2\.0[\s\S]*Publish core-v1\.2\.0 of uDOS\/engine\?/),
    ])
    expect(releasesOn(space)).toEqual([])
    const yes = await space.run(['RELEASE', 'PUBLISH', 'core'], { columns: 80, answer: 'y' })
    expect([yes.status, releasesOn(space).length]).toEqual([0, 1])
  })
})
