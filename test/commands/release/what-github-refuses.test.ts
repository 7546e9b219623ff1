import { afterEach, describe, expect, it } from 'vitest'
import {
  forget,
  leaveStarter,
  name,
  onlyRelease,
  openReleases,
  releasesOn,
  tag,
} from '../../support/releases.js'
import type { Workspace } from '../../support/workspace.js'

let space: Workspace
afterEach(() => space.close())

const release = (...args: string[]) => space.wizard('RELEASE', ...args)

describe('an empty file', () => {
  it.each([
    ['CREATE', ['CREATE', 'engine@v2.0.0', 'one.tcz', 'empty.bin']],
    ['UPLOAD', ['UPLOAD', 'engine@v1.0.0', 'one.tcz', 'empty.bin']],
    ['PUBLISH', ['PUBLISH', 'core', 'one.tcz', 'empty.bin']],
  ])('is named by %s before anything is made', async (_verb, args) => {
    space = await openReleases()
    await space.write('one.tcz', 'one')
    await space.write('empty.bin', '')
    await release('CREATE', 'engine@v1.0.0')
    const sent = space.github.requests.length
    const { status, err } = await release(...args)
    expect([status, err]).toEqual([2, expect.stringMatching(/empty\.bin is empty/)])
    const methods = space.github.requests.slice(sent).filter(({ origin }) => origin !== 'git')
    expect(methods.filter(({ method }) => method !== 'GET')).toEqual([])
    expect(releasesOn(space)).toHaveLength(1)
  })

  it('that a build makes is named before the draft', { tags: ['deep'] }, async () => {
    const build = ['mkdir -p dist && printf iso > dist/core.iso && : > dist/core.tcz']
    space = await openReleases({ release: { build } })
    const { status, err } = await release('PUBLISH', 'core')
    expect([status, err]).toEqual([2, expect.stringMatching(/core\.tcz is empty/)])
    expect(releasesOn(space)).toEqual([])
  })
})

it('a secret that a component names is neither shown nor logged', { tags: ['deep'] }, async () => {
  const sign = {
    cmd: 'sh',
    args: ['-c', 'echo "pass $SIGN_PASS" >&2; cp "$0" "$1"', '{artifact}', '{signature}'],
    signature: '{artifact}.asc',
  }
  const build = ['echo "token $NPM_TOKEN"; mkdir -p dist; echo 1 > dist/core.tcz; exit $CODE']
  space = await openReleases({ release: { build, sign, env: ['NPM_TOKEN', 'SIGN_PASS', 'CODE'] } })
  const secrets = { NPM_TOKEN: 'npm_0123456789', SIGN_PASS: 'correct horse battery' }
  const run = (CODE: string) =>
    space.run(['RELEASE', 'PUBLISH', 'core', '--verbose'], { env: { ...secrets, CODE } })
  const [failed, done] = [await run('3'), await run('0')]
  const { out: logged } = await space.wizard('LOG', 'SHOW', 'releases')
  expect([failed.status, done.status]).toEqual([1, 0])
  for (const text of [failed.err, done.err, logged]) {
    expect(text).toContain('token ***')
    expect(text).toContain('pass ***')
    for (const secret of Object.values(secrets)) expect(text).not.toContain(secret)
  }
})

describe('the latest', () => {
  it('is no pre-release: exit 2, and nothing is sent', { tags: ['deep'] }, async () => {
    space = await openReleases()
    await release('CREATE', 'engine@v1.0.0', '--prerelease')
    for (const args of [
      ['CREATE', 'engine@v2.0.0', '--prerelease'],
      ['CREATE', 'core@2.0.0-rc.1'],
      ['CREATE', 'engine@v2.0.0', '--draft'],
      ['EDIT', 'engine@v1.0.0'],
      ['EDIT', 'engine@v1.0.0', '--title', 'One'],
    ]) {
      const { status, err } = await release(...args, '--latest', 'true')
      expect({ args, status, err }).toMatchObject({
        status: 2,
        err: expect.stringMatching(
          /is a (pre-release|draft), which GitHub does not allow as the latest/,
        ),
      })
    }
    expect(releasesOn(space)).toHaveLength(1)
    const given = ['--prerelease', 'false', '--latest', 'true', '--json']
    expect((await release('EDIT', 'engine@v1.0.0', ...given)).json.latest).toBe(true)
  })

  it('is not a draft that somebody made a pre-release on its page', {
    tags: ['deep'],
  }, async () => {
    space = await openReleases()
    expect((await release('PUBLISH', 'core', '--draft')).status).toBe(0)
    onlyRelease(space).prerelease = true
    const { status, json } = await release('PUBLISH', 'core', '--json')
    expect([status, json]).toEqual([
      0,
      expect.objectContaining({ draft: false, prerelease: true, latest: false, immutable: false }),
    ])
  })
})

describe('immutable releases', { tags: ['deep'] }, () => {
  it('are said to be', async () => {
    space = await openReleases()
    space.github.world.require(name).immutableReleases = true
    expect((await release('PUBLISH', 'core', '--json')).json.immutable).toBe(true)
    expect((await release('VIEW', 'core', '--json')).json.immutable).toBe(true)
  })

  it('keep their tag for ever, which is explained', async () => {
    space = await openReleases()
    space.github.world.require(name).immutableReleases = true
    expect((await release('PUBLISH', 'core')).status).toBe(0)
    await forget(space)
    const expected = {
      status: 9,
      err: expect.stringMatching(/an immutable release had this tag.*\nhint: raise the version/),
    }
    expect(await release('PUBLISH', 'core')).toMatchObject(expected)
    expect(onlyRelease(space).draft).toBe(true)
    expect(await release('CREATE', `engine@${tag}`)).toMatchObject({ status: 8 })
    await forget(space)
    expect(await release('CREATE', `engine@${tag}`)).toMatchObject(expected)
  })
})

describe('PUBLISH warns', { tags: ['deep'] }, () => {
  it('of a token that ends soon, before the build', async () => {
    space = await openReleases({ tokenExpires: new Date(Date.now() + 3600_000 + 30_000) })
    const { status, err } = await release('PUBLISH', 'core')
    expect(status).toBe(0)
    expect(err).toMatch(/warning: the token expires in (60|59) minutes [\s\S]*\nbuild: /)
  })

  it('of a build that changes what git tracks', async () => {
    space = await openReleases({
      release: { build: ['mkdir dist; echo 2 | tee main.txt > dist/a'] },
    })
    const { status, err } = await release('PUBLISH', 'core')
    expect(status).toBe(0)
    expect(err).toContain('warning: the build changed files that git tracks: core/main.txt')
  })
})

it('DOWNLOAD names the asset whose upload has not ended', { tags: ['deep'] }, async () => {
  space = await openReleases()
  expect((await release('PUBLISH', 'core')).status).toBe(0)
  leaveStarter(space, 'half.iso')
  const { status, err } = await release('DOWNLOAD', 'core', '--dir', 'out')
  expect([status, err]).toEqual([
    0,
    expect.stringMatching(
      /warning: core-v1\.2\.0: skipping half\.iso, whose upload is not complete/,
    ),
  ])
})

it('DELETE says that the release is gone where the tag is protected', {
  tags: ['deep'],
}, async () => {
  space = await openReleases()
  await release('CREATE', 'engine@v1.0.0')
  const body = { message: 'Repository rule violations found' }
  const rule = space.github.fail({ method: 'DELETE', path: /\/git\/refs\//, status: 422, body })
  const args = ['DELETE', 'engine@v1.0.0', '--cleanup-tag', '--yes']
  const { err } = await release(...args)
  expect(err).toMatch(/hint: the release was deleted, but not its tag v1\.0\.0: /)
  expect(releasesOn(space)).toEqual([])
  expect((await release(...args)).err).not.toMatch(/is deleted/)
  rule.remove()
  expect((await release(...args)).status).toBe(0)
})
