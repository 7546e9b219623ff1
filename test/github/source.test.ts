import { type LocalGitHub, startLocalGitHub } from 'local-github'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GitHubClient } from '../../src/github/client.js'
import { listSource, matchesName, type SourceFilters } from '../../src/github/source.js'

let github: LocalGitHub
let client: GitHubClient
const none: SourceFilters = { match: [], exclude: [], topics: [] }
const repositories: Record<string, Parameters<LocalGitHub['addRepository']>[1]> = {
  ollama: { topics: ['llm'] },
  'Ollama-JS': {},
  'ollama-ghsa-1': {},
  old: { archived: true },
  fork: { fork: true },
  inner: { private: true },
}

beforeAll(async () => {
  github = await startLocalGitHub()
  for (const [name, options] of Object.entries(repositories)) {
    await github.addRepository(`ollama/${name}`, { ...options, empty: true })
  }
  client = new GitHubClient({ baseUrl: github.apiUrl, token: github.token })
})
afterAll(async () => {
  await client.close()
  await github.close()
})

const list = (filters: Partial<SourceFilters>) =>
  listSource(client, { from: 'ollama', ...none, ...filters })

describe('listSource', () => {
  it.each<[string, Partial<SourceFilters>, string[]]>([
    ['all', {}, ['fork', 'inner', 'old', 'ollama', 'ollama-ghsa-1', 'Ollama-JS']],
    ['match', { match: ['ollama*'] }, ['ollama', 'ollama-ghsa-1', 'Ollama-JS']],
    ['exclude', { match: ['OLLAMA*'], exclude: ['*-GHSA-*'] }, ['ollama', 'Ollama-JS']],
    ['topics', { topics: ['LLM', 'nope'] }, ['ollama']],
    ['visibility', { visibility: 'private' }, ['inner']],
    ['archived', { archived: true }, ['old']],
    ['no forks', { forks: false, match: ['f*', 'old'] }, ['old']],
    ['forks', { forks: true }, ['fork']],
  ])('filters by %s', async (_what, filters, expected) => {
    expect((await list(filters)).map(({ repo }) => repo)).toEqual(expected)
  })

  it('keeps archived ones, marked to be skipped, where none are wanted', async () => {
    expect(await list({ match: ['old', 'fork'], archived: false })).toEqual([
      { id: expect.any(Number), owner: 'ollama', repo: 'fork' },
      { id: expect.any(Number), owner: 'ollama', repo: 'old', skip: 'archived' },
    ])
  })

  it.each(['..', 'a b', '.'])('takes no folder from the server: %s', async (name) => {
    const body = [{ id: 1, name: 'x', full_name: `ollama/${name}`, private: false, html_url: 'x' }]
    github.fail({ path: /\/orgs\/ollama\/repos/, times: 1, status: 200, body })
    await expect(list({})).rejects.toThrow('which is no name')
  })
})

describe('matchesName', () => {
  it('takes braces and sets, and names that begin with a dot', () => {
    expect(matchesName({ match: ['{a,b}-[0-9]'], exclude: [] }, 'B-3')).toBe(true)
    expect(matchesName({ match: ['*'], exclude: [] }, '.github')).toBe(true)
    expect(matchesName({ match: ['*'], exclude: ['.git*'] }, '.github')).toBe(false)
  })
})
