import { type LocalGitHub, startLocalGitHub } from 'local-github'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GitHubClient } from '../../../src/github/client.js'
import { listSource, type SourceFilters } from '../../../src/repos/targets/source.js'

let github: LocalGitHub
let client: GitHubClient

beforeAll(async () => {
  github = await startLocalGitHub()
  await github.addRepository('ollama/ollama', { topics: ['llm'] })
  await github.addRepository('ollama/Ollama-JS')
  await github.addRepository('ollama/ollama-ghsa-1')
  await github.addRepository('ollama/old', { archived: true })
  await github.addRepository('ollama/fork', { fork: true })
  await github.addRepository('ollama/inner', { private: true })
  client = new GitHubClient({ baseUrl: github.apiUrl, token: github.token })
})
afterAll(async () => {
  await client.close()
  await github.close()
})

const none: SourceFilters = { match: [], exclude: [], topics: [] }
const list = (filters: Partial<SourceFilters>) =>
  listSource(client, { from: 'ollama', ...none, ...filters })
const names = async (filters: Partial<SourceFilters>) =>
  (await list(filters)).map(({ repo }) => repo)

/**
 * One page of repositories as GitHub might list them; the local GitHub has no internal ones and no
 * invalid names.
 */
async function answered<T>(repositories: object[], ask: () => Promise<T>): Promise<T> {
  const fault = github.fail({ path: /^\/orgs\/ollama\/repos/, status: 200, body: repositories })
  try {
    return await ask()
  } finally {
    fault.remove()
  }
}

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
    expect(await names(filters)).toEqual(expected)
  })

  it('filters by visibility: internal is not private', async () => {
    const listed = ['internal', 'private'].map((visibility, id) => ({
      id,
      name: visibility,
      full_name: `ollama/${visibility}`,
      visibility,
      private: true,
    }))
    expect(await answered(listed, () => names({ visibility: 'internal' }))).toEqual(['internal'])
  })

  it('tells archived ones as left alone where none are wanted', async () => {
    const listed = await list({ archived: false, match: ['old', 'fork'] })
    expect(listed).toEqual([
      { id: expect.any(Number), owner: 'ollama', repo: 'fork' },
      { id: expect.any(Number), owner: 'ollama', repo: 'old', skip: 'archived' },
    ])
  })

  it.each(['..', 'a b', '.'])('takes no folder from the server: %s', async (name) => {
    const listed = [{ id: 1, name: 'x', full_name: `ollama/${name}` }]
    await expect(answered(listed, () => names({}))).rejects.toThrow('an invalid name')
  })
})
