import { type LocalGitHub, startLocalGitHub } from 'local-github'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { WizardEvent } from '../../src/events.js'
import { GitHubClient, type GitHubClientOptions } from '../../src/github/client.js'
import type { PluginSource } from '../../src/plugins/discover/discover.js'
import { discover } from '../../src/plugins/discover/discover.js'
import { parseIndex } from '../../src/plugins/discover/index-file.js'
import { manifestOf, releasePlugin } from '../support/plugins.js'

let github: LocalGitHub
let client: GitHubClient
let warnings: string[]

beforeEach(async () => {
  github = await startLocalGitHub()
  warnings = []
  client = connect()
})
afterEach(async () => {
  await client.close()
  await github.close()
})

const connect = (options: GitHubClientOptions = {}) =>
  new GitHubClient({
    baseUrl: github.apiUrl,
    gitUrl: github.gitUrl,
    token: github.token,
    retryAttempts: 0,
    ...options,
  })

const emit = (event: WizardEvent) => {
  if (event.type === 'warning') warnings.push(event.message)
}
const topic: PluginSource = { kind: 'topic', topic: 'udos-plugin', owner: null }
const index: PluginSource = {
  kind: 'index',
  index: { owner: 'uDOS', repo: 'plugins', path: 'index.json' },
}
const idsOf = async (sources: PluginSource[], by = client) =>
  (await discover({ client: by, emit }, sources)).found.map(({ manifest }) => manifest.id)

it('lists 249 plugins of an index of 250 of which one is broken, with one warning, in four requests', {
  tags: ['deep'],
}, async () => {
  const names = Array.from({ length: 250 }, (_, at) => `many/p${String(at).padStart(3, '0')}`)
  for (const name of names) await github.addRepository(name, { empty: true })
  await github.commit('many/p007', { files: { 'manifest.json': '{"id": "p007", ' } })
  const entries = names.map((repo) => ({ ...manifestOf(repo.slice(5), '1.0.0'), repository: repo }))
  await github.addRepository('uDOS/plugins', { files: { 'index.json': JSON.stringify(entries) } })
  const ids = await idsOf([index])
  expect([ids.length, ids.includes('p007')]).toEqual([249, false])
  expect(warnings).toEqual([
    expect.stringMatching(/^skipped: many\/p007:manifest\.json is not valid JSON: /),
  ])
  expect(github.requests.length).toBeLessThanOrEqual(4)
})

it('reads each repository once, by any of the sources, with its latest release', async () => {
  const commit = await releasePlugin(github, 'uDOS/micro', { version: '1.1.0' })
  await releasePlugin(github, 'uDOS/typo', { assets: null })
  await github.addRepository('uDOS/none', { topics: ['udos-plugin'] })
  await github.addRepository('uDOS/plugins', { files: { 'index.json': '["udos/MICRO", 7]' } })
  const { found } = await discover({ client, emit }, [
    topic,
    { kind: 'owner', owner: 'uDOS' },
    index,
  ])
  expect(found).toMatchObject([
    { repo: 'micro', manifest: { version: '1.1.0' }, latest: { tag: 'v1.1.0', commit } },
    { repo: 'typo', latest: null },
  ])
  expect(warnings.sort()).toEqual([
    'skipping uDOS/none, which has no manifest.json or plugin.json',
    expect.stringMatching(/^uDOS\/plugins:index\.json: \[1\]: expected OWNER\/NAME/),
  ])
})

it('finds the same without a token, and where there is no GraphQL', {
  tags: ['deep'],
}, async () => {
  await releasePlugin(github, 'uDOS/micro')
  const plain = JSON.stringify(manifestOf('typo', '2.0.0'))
  await github.addRepository('uDOS/typo', {
    topics: ['udos-plugin'],
    files: { 'plugin.json': plain },
  })
  const anonymous = connect({ token: null })
  expect(await idsOf([topic], anonymous)).toEqual(['micro', 'typo'])
  await anonymous.close()
  github.fail({ path: /graphql/, status: 502, body: {} })
  expect(await idsOf([topic])).toEqual(['micro', 'typo'])
})

it('goes on where one source fails, and fails where all do', async () => {
  await releasePlugin(github, 'uDOS/micro')
  expect(await discover({ client, emit }, [topic, index])).toMatchObject({
    found: [{ repo: 'micro' }],
    failed: [{ source: 'the index uDOS/plugins:index.json', error: { code: 'GITHUB_NOT_FOUND' } }],
  })
  await expect(idsOf([index])).rejects.toMatchObject({ code: 'GITHUB_NOT_FOUND' })
})

it('reads indexes of many shapes', { tags: ['deep'] }, () => {
  const read = (value: unknown) =>
    parseIndex(value, 'github.com', () => {})?.map(({ owner, repo }) => `${owner}/${repo}`)
  const all = ['uDOS/a', 'uDOS/b']
  expect(read(['uDOS/a', 'https://github.com/uDOS/b.git'])).toEqual(all)
  expect(
    read({
      plugins: [{ repo: 'uDOS/a' }, { repository: { url: 'git+https://github.com/uDOS/b' } }],
    }),
  ).toEqual(all)
  expect(read({ plugins: { a: { url: 'github:uDOS/a' }, b: 'uDOS/b' } })).toEqual(all)
  expect(read({ version: '1', a: 'uDOS/a', b: { repo: 'uDOS/b' } })).toEqual(all)
  expect(read(['https://evil.test/uDOS/a', '../x', 'uDOS/..', null, { repo: 1 }])).toEqual([])
  const deep = JSON.parse(`${'['.repeat(9000)}${']'.repeat(9000)}`)
  const twice: unknown[] = []
  twice.push(twice, twice)
  for (const odd of [deep, twice]) {
    const [one] = parseIndex([{ repo: 'uDOS/a', id: 'a', version: '1', odd }], '', () => {}) ?? []
    expect(one).toEqual({ owner: 'uDOS', repo: 'a', manifest: null })
  }
  expect([read('x'), read(null), read(7)]).toEqual([undefined, undefined, undefined])
})
