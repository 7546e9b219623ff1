import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connection } from '../src/graphql/connection.js'
import { type LocalGitHub, startLocalGitHub } from '../src/index.js'
import { assetName, latestRelease, makeLatest, type Release } from '../src/model/releases.js'
import type { Repository } from '../src/model/repository.js'
import { searchRepositories } from '../src/model/search.js'

let github: LocalGitHub

beforeEach(async () => {
  github = await startLocalGitHub()
})

afterEach(() => github.close())

describe('a search of repositories', () => {
  beforeEach(async () => {
    const empty = { empty: true }
    const go = { language: 'Go', topics: ['editor'], description: 'A text editor', stars: 9 }
    await github.addRepository('uDOS/micro', { ...empty, ...go })
    await github.addRepository('uDOS/typo', { ...empty, stars: 3, archived: true })
    await github.addRepository('ollama/fork', { ...empty, stars: 5, fork: true })
    await github.addRepository('ollama/secret', { ...empty, private: true })
    await github.addRepository('ollama/hidden', { ...empty, hidden: true })
  })

  test.each([
    ['user:udos', 'micro typo'],
    ['org:ollama fork:true', 'fork secret'],
    ['org:ollama', 'fork secret'],
    ['fork:false', 'micro typo secret'],
    ['is:private', 'secret'],
    ['archived:true', 'typo'],
    ['topic:editor', 'micro'],
    ['language:go', 'micro'],
    ['"text editor"', 'micro'],
    ['text nothing', ''],
    ['stars:>=5', 'micro fork'],
    ['user:udos sort:stars-asc', 'typo micro'],
  ])('%s', (query, names) => {
    const found = searchRepositories(github.world, github.world.viewer, { query })
    expect(found.map(({ name }) => name).join(' ')).toBe(names)
  })

  test('without a token shows what is public', () => {
    const found = searchRepositories(github.world, null, { query: 'org:ollama' })
    expect(found.map(({ name }) => name)).toEqual(['fork'])
  })
})

describe('names', () => {
  test('are taken once, whatever their case, and are owner/name', async () => {
    await github.addRepository('uDOS/typo', { empty: true })
    await expect(github.addRepository('udos/TYPO')).rejects.toThrow('udos/TYPO is there already')
    await expect(github.addRepository('typo')).rejects.toThrow('typo is not owner/name')
    expect(() => github.world.require('uDOS/none')).toThrow('the local GitHub has no uDOS/none')
  })

  test('that redirected are free for another repository', async () => {
    const first = await github.addRepository('uDOS/typo', { empty: true })
    github.rename('uDOS/typo', 'uDOS/editor')
    expect(github.world.renamedFrom('uDOS/typo')).toBe(first)
    await github.addRepository('uDOS/typo', { empty: true })
    expect(github.world.renamedFrom('uDOS/typo')).toBeUndefined()
  })

  test('lead to an account by the address of a commit', () => {
    github.addUser('hubot', 'Hubot@Example.com')
    expect(github.world.accountByEmail('hubot@example.COM')?.login).toBe('hubot')
    expect(github.world.accountByEmail('7+hubot@users.noreply.github.com')?.login).toBe('hubot')
    expect(github.world.accountByEmail('nobody@example.com')).toBeUndefined()
  })
})

describe('the latest release', () => {
  const release = (id: number, tag: string, more: Partial<Release> = {}) =>
    ({
      id,
      tag,
      draft: false,
      prerelease: false,
      publishedAt: `2026-01-0${id}`,
      ...more,
    }) as Release
  const holding = (...releases: Release[]) =>
    ({ releases, latestRelease: null }) as unknown as Repository

  test('is the newest published that is no prerelease', () => {
    const found = latestRelease(
      holding(release(1, 'v1'), release(2, 'v2'), release(3, 'v3', { prerelease: true })),
    )
    expect(found?.tag).toBe('v2')
  })

  test.each([
    ['true', 'v1.9.0'],
    ['legacy', 'v1.10.0'],
    ['false', 'v1.10.0'],
  ] as const)('with make_latest %s of an older version is %s', (choice, tag) => {
    const older = release(2, 'v1.9.0')
    const repository = holding(release(1, 'v1.10.0'), older)
    makeLatest(repository, older, choice)
    expect(latestRelease(repository)?.tag).toBe(tag)
  })
})

test.each([
  ['my file (1).txt', 'my.file.1.txt'],
  ['.env', 'default.env'],
  ['a..b', 'a.b'],
  ['ä.zip', 'default.zip'],
])('an asset called %s gets the name %s', (asked, name) => {
  expect(assetName(asked)).toBe(name)
})

describe('a connection of GraphQL', () => {
  const letters = ['a', 'b', 'c', 'd', 'e']

  test('goes forward and back by cursors', () => {
    const first = connection(letters, { first: 2 })
    expect([first.nodes, first.pageInfo.hasNextPage]).toEqual([['a', 'b'], true])
    const next = connection(letters, { first: 4, after: first.pageInfo.endCursor })
    expect([next.nodes, next.pageInfo.hasNextPage]).toEqual([['c', 'd', 'e'], false])
    const last = connection(letters, { last: 2 })
    expect([last.nodes, last.pageInfo.hasPreviousPage]).toEqual([['d', 'e'], true])
    const before = connection(letters, { last: 9, before: last.pageInfo.startCursor })
    expect([before.nodes, before.pageInfo.hasPreviousPage]).toEqual([['a', 'b', 'c'], false])
  })

  test('needs first or last, at most 100', () => {
    expect(() => connection(letters, {})).toThrow('`first` or `last`')
    expect(() => connection(letters, { first: 101 })).toThrow('limit of 100')
  })
})

test('a run that moves on while it is looked at does so again when it is run again', async () => {
  const workflow = 'on: push\njobs: { unit: { steps: [{ run: npm test }] } }\n'
  await github.addRepository('uDOS/typo', { files: { '.github/workflows/a.yml': workflow } })
  const run = await github.actions.add('uDOS/typo', { workflow: 'a.yml' })
  github.actions.finishAfter(2)
  const url = `${github.apiUrl}/repos/uDOS/typo/actions/runs/${run.id}`
  const headers = { authorization: `Bearer ${github.token}` }
  const look = async () => ((await (await fetch(url)).json()) as { status: string }).status
  const looks = async () => [await look(), await look(), await look(), await look()]
  const wanted = ['queued', 'in_progress', 'completed', 'completed']
  expect(await looks()).toEqual(wanted)
  expect((await fetch(`${url}/rerun`, { method: 'POST', headers })).status).toBe(201)
  expect(await looks()).toEqual(wanted)
})
