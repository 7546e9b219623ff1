import { type LocalGitHub, startLocalGitHub } from 'local-github'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GitHubClient } from '../../../src/github/client.js'
import { resolveVersion, type WantedPlugin } from '../../../src/plugins/install/resolve.js'
import { manifestOf, releasePlugin } from '../../support/plugins.js'

let github: LocalGitHub
let client: GitHubClient

beforeAll(async () => {
  github = await startLocalGitHub()
  client = new GitHubClient({ baseUrl: github.apiUrl, token: github.token, retryAttempts: 0 })
  for (const version of ['1.0.0', '1.1.0']) await releasePlugin(github, 'uDOS/micro', { version })
  // Only tags, the highest of which is a pre-release.
  for (const version of ['0.9.0', '0.10.0', '1.0.0-rc.1']) {
    await releasePlugin(github, 'uDOS/tags', { version, assets: null })
  }
  for (const tag of ['core-v2.0.0', 'other-v3.0.0', 'core-v1.0.0']) {
    await releasePlugin(github, 'uDOS/many', { version: tag.slice(-5), tag, assets: null })
  }
  await releasePlugin(github, 'uDOS/rc', { version: '2.0.0-rc.2', assets: null })
  await releasePlugin(github, 'uDOS/bare', { version: '3.1.0', tag: '3.1.0', assets: null })
  await github.addRepository('uDOS/none', { files: { 'manifest.json': '{}' } })
  await github.addRepository('uDOS/code', { files: { 'a.txt': 'a' } })
  await github.tag('uDOS/code', 'v1.0.0')
})
afterAll(async () => {
  await client.close()
  await github.close()
})

const resolve = (repo: string, more: Partial<WantedPlugin> = {}) =>
  resolveVersion({ client }, { owner: 'uDOS', repo, named: null, template: null, ...more })
const tagOf = async (...given: Parameters<typeof resolve>) => (await resolve(...given)).tag

describe('the latest version is', () => {
  it.each<[string, string, Partial<WantedPlugin>, string]>([
    ['the release that GitHub calls latest', 'micro', {}, 'v1.1.0'],
    ['the highest stable tag where there is no release', 'tags', {}, 'v0.10.0'],
    ['the highest of all where none is stable', 'rc', {}, 'v2.0.0-rc.2'],
    ['a bare version', 'bare', {}, '3.1.0'],
    ['the highest of a component’s tags', 'many', { template: 'core-v{version}' }, 'core-v2.0.0'],
  ])('%s', async (_name, repo, more, tag) => {
    expect(await tagOf(repo, more)).toBe(tag)
  })

  it.each(['none', 'many'])('not to be found in %s', async (repo) => {
    await expect(resolve(repo)).rejects.toThrow(
      `uDOS/${repo} has neither a release nor a version tag`,
    )
  })
})

describe('a version that is named is', () => {
  it.each<[string, string, Partial<WantedPlugin>, string]>([
    ['a tag', 'micro', { named: 'v1.0.0' }, 'v1.0.0'],
    ['a version', 'micro', { named: '1.0.0' }, 'v1.0.0'],
    ['a tag that is a version', 'bare', { named: '3.1.0' }, '3.1.0'],
    ['of its component', 'many', { named: '1.0.0', template: 'core-v{version}' }, 'core-v1.0.0'],
    ['any tag', 'many', { named: 'other-v3.0.0' }, 'other-v3.0.0'],
  ])('%s', async (_name, repo, more, tag) => {
    expect(await tagOf(repo, more)).toBe(tag)
  })

  it.each([
    ['micro', '9.0.0', 'available: v1.1.0, v1.0.0'],
    ['none', 'v1.0.0', 'it has no tags at all'],
  ])('told with what there is where it is not there: %s@%s', async (repo, named, hint) => {
    const found = resolve(repo, { named })
    await expect(found).rejects.toThrow(`uDOS/${repo} has no tag ${named}`)
    await expect(found).rejects.toMatchObject({ hint })
  })
})

it('has the commit, the release and the manifest of its tag, whatever came later', async () => {
  const commit = await github.oid('uDOS/micro', 'refs/tags/v1.0.0')
  const version = await resolve('micro', { named: '1.0.0' })
  expect(version).toMatchObject({
    commit,
    release: { tag_name: 'v1.0.0' },
    manifest: { id: 'micro', version: '1.0.0' },
    file: { name: 'manifest.json' },
  })
  expect((await resolve('tags')).release).toBeNull()
})

it('reads plugin.json where there is no manifest.json', async () => {
  const text = JSON.stringify(manifestOf('plain', '1.0.0'))
  await github.addRepository('uDOS/plain', { files: { 'plugin.json': text } })
  await github.tag('uDOS/plain', 'v1.0.0')
  expect(await resolve('plain')).toMatchObject({ file: { name: 'plugin.json', text } })
})

it('of a repository without a manifest is none', async () => {
  await expect(resolve('code')).rejects.toThrow(
    'uDOS/code is not a plugin: it has no manifest.json or plugin.json',
  )
})
