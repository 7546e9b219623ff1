import { rm, truncate } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { advance, name, openReleases, releasesOn, tag } from '../../support/releases.js'
import type { Workspace } from '../../support/workspace.js'

let space: Workspace
afterEach(() => space.close())

const publish = (...args: string[]) => space.wizard('RELEASE', 'PUBLISH', 'core', ...args)

/** Calls the API like another user of the same token. */
async function api(
  method: string,
  path: string,
  body?: object,
): Promise<{ id: number; tag_name: string }> {
  const { apiUrl, token } = space.github
  const answer = await fetch(`${apiUrl}/repos/${name}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body && { body: JSON.stringify(body) }),
  })
  return (await answer.json()) as { id: number; tag_name: string }
}

describe('RELEASE PUBLISH refuses before anything is made', () => {
  const refused = async (exit: number, words: RegExp, ...args: string[]) => {
    const before = releasesOn(space).length
    const { status, err } = await publish(...args)
    expect([status, err]).toEqual([exit, expect.stringMatching(words)])
    expect(err).toMatch(/^hint: /m)
    expect(releasesOn(space)).toHaveLength(before)
    const made = space.github.requests.filter(
      ({ method, path }) => method === 'POST' && /releases/.test(path),
    )
    expect(made).toHaveLength(before)
  }

  it('a tracked file that differs from HEAD, staged or not', { tags: ['deep'] }, async () => {
    space = await openReleases()
    await space.write('engine/core/main.txt', 'edited')
    await refused(8, /differs from HEAD: core\/main\.txt/)
    await space.git('engine', 'add', '.')
    await refused(8, /differs from HEAD: core\/main\.txt/)
  })

  it('a HEAD that is not pushed', { tags: ['deep'] }, async () => {
    space = await openReleases()
    await space.git('engine', 'commit', '--quiet', '--allow-empty', '-m', 'Local')
    await refused(8, /is not pushed/)
  })

  it('a tag at another commit', { tags: ['deep'] }, async () => {
    space = await openReleases()
    await space.github.tag(name, tag, { annotated: true })
    await advance(space, { 'core/main.txt': 'two\n' })
    await refused(8, /core-v1\.2\.0 exists at another commit/)
  })

  it('a version below the last one of its component', { tags: ['deep'] }, async () => {
    space = await openReleases()
    await space.github.tag(name, 'core-v1.10.0')
    await space.github.tag(name, 'other-v9.0.0')
    await refused(8, /1\.2\.0 is below 1\.10\.0/)
  })

  it('another version than version_file has', { tags: ['deep'] }, async () => {
    space = await openReleases()
    const { status, err } = await space.wizard('RELEASE', 'PUBLISH', 'core@1.3.0')
    expect([status, err]).toEqual([
      2,
      expect.stringMatching(/core\/version\.json says 1\.2\.0, not 1\.3\.0/),
    ])
    const named = await space.wizard('RELEASE', 'PUBLISH', 'CORE@core-v1.2.0', '--dry-run')
    expect(named.status).toBe(0)
  })

  it.each([
    ['{"version":"1.2"}', /1\.2 is not a semantic version/],
    ['{"version":', /is not valid JSON/],
    ['{}', /has no version/],
  ])('a version file of %s', async (text, words) => {
    space = await openReleases({ files: { 'core/version.json': text } })
    const { status, err } = await publish()
    expect([status, err]).toEqual([2, expect.stringMatching(words)])
  })

  it('files that are missing, too large, or would have one name', { tags: ['deep'] }, async () => {
    space = await openReleases()
    await refused(2, /nowhere\.tcz does not exist/, 'nowhere.tcz')
    await space.write('large.iso', '')
    await truncate(space.path('large.iso'), 2 ** 31)
    await refused(2, /less than 2 GiB/, 'large.iso')
    await rm(space.path('large.iso'))
    await space.write('a b.tcz', '1')
    await space.write('a.b.tcz', '2')
    await refused(2, /would both be the asset a\.b\.tcz/, 'a b.tcz', 'a.b.tcz')
  })

  it('a draft that somebody else made, and two of them with their ids', {
    tags: ['deep'],
  }, async () => {
    space = await openReleases()
    const one = await api('POST', '/releases', { tag_name: tag, draft: true, body: 'mine' })
    const { status, err } = await publish()
    expect([status, err]).toEqual([8, expect.stringMatching(/a draft that somebody else made/)])
    const two = await api('POST', '/releases', { tag_name: tag, draft: true })
    const again = await publish()
    expect([again.status, again.err]).toEqual([8, expect.stringContaining(`${one.id}, ${two.id}`)])
    expect(releasesOn(space).map(({ body }) => body)).toEqual([null, 'mine'])
  })

  it('a token that may not write, or none', { tags: ['deep'] }, async () => {
    space = await openReleases()
    const path = /\/repos\/uDOS\/engine$/
    const answer = { name: 'engine', full_name: name, permissions: { push: false } }
    space.github.fail({ path, body: answer })
    await refused(4, /may not write to uDOS\/engine/)
    await space.write(
      'config/github.yaml',
      (await space.read('config/github.yaml')).replace(/^.*token.*\n/m, ''),
    )
    await refused(4, /needs a token/)
  })

  it('a ruleset that keeps the tag from being made', { tags: ['deep'] }, async () => {
    space = await openReleases()
    space.github.fail({
      path: /\/rulesets\?/,
      body: [{ id: 7, name: 'tags', target: 'tag', enforcement: 'active' }],
    })
    space.github.fail({
      path: /\/rulesets\/7/,
      body: {
        id: 7,
        name: 'Only robots',
        conditions: { ref_name: { include: ['refs/tags/core-*'], exclude: [] } },
        rules: [{ type: 'creation' }],
        current_user_can_bypass: 'never',
      },
    })
    await refused(4, /Only robots forbids core-v1\.2\.0/)
  })

  it('a build that makes none of the artifacts', { tags: ['deep'] }, async () => {
    space = await openReleases({ release: { build: ['true'] } })
    await refused(2, /dist\/\* matches no file/)
  })

  it('a component that is none, whether there is a default owner or not', async () => {
    space = await openReleases({ component: { repo: name } })
    const settings = await space.read('config/github.yaml')
    await space.write('config/github.yaml', settings.replace(/^.*owner:.*\n/m, ''))
    const { status, err } = await space.wizard('RELEASE', 'PUBLISH', 'cor')
    expect([status, err]).toEqual([3, expect.stringMatching(/components\.yaml has core/)])
  })
})

describe('RELEASE PUBLISH', () => {
  it('goes on with a token that may not see the settings of the repository, as in Actions', {
    tags: ['deep'],
  }, async () => {
    space = await openReleases()
    const body = { message: 'Resource not accessible by integration' }
    const fault = space.github.fail({ path: /\/immutable-releases$/, status: 403, body })
    expect((await publish()).status).toBe(0)
    expect(fault.hits).toBe(1)
  })

  it('--dry-run prints the plan, asks nothing and changes nothing', {
    tags: ['deep'],
  }, async () => {
    space = await openReleases()
    const sent = space.github.requests.length
    const { status, json } = await publish('--dry-run', '--json')
    expect(status).toBe(0)
    expect(json).toMatchObject({
      component: 'core',
      tag,
      version: '1.2.0',
      latest: true,
      previous_tag: null,
    })
    expect(json.steps.map(({ step }: { step: string }) => step)).toEqual([
      'check',
      'build',
      'checksum',
      'draft',
      'upload',
      'verify',
      'publish',
      'confirm',
    ])
    const methods = space.github.requests
      .slice(sent)
      .filter(({ origin, path }) => origin === 'api' && path !== '/graphql')
    expect(new Set(methods.map(({ method }) => method))).toEqual(new Set(['GET']))
    await expect(space.read('engine/core/dist/core.tcz')).rejects.toThrow()
  })

  it('a backport is published, and is not the latest', { tags: ['deep'] }, async () => {
    space = await openReleases()
    await api('POST', '/releases', { tag_name: 'core-v2.0.0' })
    const { status, json } = await publish('--allow-backport', '--json')
    expect([status, json.latest]).toEqual([0, false])
    expect((await api('GET', '/releases/latest')).tag_name).toBe('core-v2.0.0')
  })

  it('a pre-release is one, and is not the latest', { tags: ['deep'] }, async () => {
    space = await openReleases({ files: { 'core/version.json': '{"version":"2.0.0-rc.1"}' } })
    await space.github.tag(name, 'core-v1.9.0')
    const { json } = await publish('--json')
    expect(json).toMatchObject({ tag: 'core-v2.0.0-rc.1', prerelease: true, latest: false })
  })

  it('untracked files are a warning', { tags: ['deep'] }, async () => {
    space = await openReleases()
    await space.write('engine/new.txt', 'new')
    const { status, err } = await publish()
    expect([status, err]).toEqual([
      0,
      expect.stringMatching(/warning: .* has untracked files: new\.txt/),
    ])
  })

  it('reads the version from package.json, and takes FILEs in place of the artifacts', {
    tags: ['deep'],
  }, async () => {
    space = await openReleases({
      component: { version_file: 'package.json', tag: 'v{version}' },
      files: { 'package.json': '{"name":"x","version":"3.1.4"}' },
      release: { build: ['touch built'] },
    })
    await space.write('x.bin', 'bytes')
    const { json } = await publish('x.bin', '--json')
    const names = json.assets.map((one: { name: string }) => one.name)
    expect([json.tag, names]).toEqual(['v3.1.4', ['x.bin', 'SHA256SUMS']])
    await expect(space.read('engine/core/built')).rejects.toThrow()
    await space.write('x.bin', 'other')
    const again = await publish('x.bin')
    expect([again.status, again.err]).toEqual([
      8,
      expect.stringMatching(/already published.*x\.bin has other bytes/),
    ])
    expect((await publish()).status).toBe(0)
  })

  it('notes that somebody edited on the draft stay, unless others are given', {
    tags: ['deep'],
  }, async () => {
    space = await openReleases()
    await publish('--draft')
    const [draft] = releasesOn(space)
    const edited = draft!.body!.replace('## ', '## By hand: ').replaceAll('\n', '\r\n')
    await api('PATCH', `/releases/${draft!.id}`, { body: edited })
    const { err } = await publish('--draft')
    expect(err).toContain('edited, so they stay')
    expect(draft!.body).toBe(edited)
    await publish('--notes', 'Given')
    expect(draft!.body).toMatch(/^Given\n\n<!-- wizard:release /)
    expect((await space.wizard('RELEASE', 'VIEW', 'core', '--json')).json.notes).toBe('Given')
  })

  it('an asset of an earlier build goes, and one of somebody else is refused', {
    tags: ['deep'],
  }, async () => {
    space = await openReleases()
    await publish('--draft')
    const [draft] = releasesOn(space)
    const asset = draft!.assets.find((one) => one.name === 'core.iso')!
    draft!.assets.push({ ...asset, id: 9001, name: 'old.iso' })
    const { status, err } = await publish('--draft')
    expect([status, err]).toEqual([0, expect.stringMatching(/old\.iso is no longer an artifact/)])
    space.github.addUser('somebody')
    const uploader = space.github.world.account('somebody')!
    draft!.assets.push({ ...asset, id: 9002, name: 'theirs.pdf', uploader })
    const refused = await publish()
    expect([refused.status, refused.err]).toEqual([
      8,
      expect.stringContaining('theirs.pdf (somebody)'),
    ])
    expect(draft!.draft).toBe(true)
  })

  it('from a linked work tree, and from a clone that a from: entry placed', {
    tags: ['deep'],
  }, async () => {
    space = await openReleases()
    await space.git('engine', 'worktree', 'add', '--quiet', '--detach', '../linked')
    const linked = await space.run(['RELEASE', 'PUBLISH', 'core', '--dry-run', '--json'], {
      cwd: space.path('linked'),
    })
    expect([linked.status, linked.err]).toEqual([0, ''])
    await space.write('linked/core/main.txt', 'edited')
    const dirty = await space.run(['RELEASE', 'PUBLISH', 'core', '--dry-run'], {
      cwd: space.path('linked'),
    })
    expect([dirty.status, dirty.err]).toEqual([
      8,
      expect.stringMatching(/linked differs from HEAD: core\/main/),
    ])
    await space.repos({ all: [{ from: 'uDOS', destination: '{repo}' }] })
    const { status, err } = await publish('--dry-run', '--quiet')
    expect([status, err]).toEqual([0, ''])
  })
})
