import { describe, expect, it, vi } from 'vitest'
import type { Api } from '../../src/github/rest/api.js'
import { listRepositories } from '../../src/github/rest/repositories.js'
import { listSource, matchesName, type SourceFilters } from '../../src/github/source.js'

vi.mock('../../src/github/rest/repositories.js', () => ({ listRepositories: vi.fn() }))

const api = {} as Api
const none: SourceFilters = { match: [], exclude: [], topics: [] }

function there(...repositories: Record<string, unknown>[]) {
  const full = repositories.map((one, id) => ({
    id,
    full_name: `ollama/${one.name}`,
    topics: [],
    visibility: 'public',
    archived: false,
    fork: false,
    ...one,
  }))
  vi.mocked(listRepositories).mockResolvedValue(full as never)
}

const names = async (filters: Partial<SourceFilters>) =>
  (await listSource(api, { from: 'ollama', ...none, ...filters })).map(({ repo }) => repo)

describe('listSource', () => {
  it.each<[string, Partial<SourceFilters>, string[]]>([
    ['all', {}, ['ollama', 'Ollama-JS', 'ollama-ghsa-1', 'old', 'fork', 'inner']],
    ['match', { match: ['ollama*'] }, ['ollama', 'Ollama-JS', 'ollama-ghsa-1']],
    ['exclude', { match: ['OLLAMA*'], exclude: ['*-GHSA-*'] }, ['ollama', 'Ollama-JS']],
    ['topics', { topics: ['LLM', 'nope'] }, ['ollama']],
    ['visibility', { visibility: 'internal' }, ['inner']],
    ['archived', { archived: true }, ['old']],
    ['no forks', { forks: false, match: ['f*', 'old'] }, ['old']],
    ['forks', { forks: true }, ['fork']],
  ])('filters by %s', async (_what, filters, expected) => {
    there(
      { name: 'ollama', topics: ['llm'] },
      { name: 'Ollama-JS' },
      { name: 'ollama-ghsa-1' },
      { name: 'old', archived: true },
      { name: 'fork', fork: true },
      { name: 'inner', visibility: 'internal' },
    )
    expect(await names(filters)).toEqual(expected)
  })

  it('tells archived ones as left alone where none are wanted', async () => {
    there({ name: 'old', archived: true }, { name: 'new' })
    expect(await listSource(api, { from: 'ollama', ...none, archived: false })).toEqual([
      { id: 0, owner: 'ollama', repo: 'old', skip: 'archived' },
      { id: 1, owner: 'ollama', repo: 'new' },
    ])
  })

  it.each(['..', 'a b', '.'])('takes no folder from the server: %s', async (name) => {
    there({ name: 'x', full_name: `ollama/${name}` })
    await expect(names({})).rejects.toThrow('which is no name')
  })
})

describe('matchesName', () => {
  it('takes braces and sets, and names that begin with a dot', () => {
    expect(matchesName({ match: ['{a,b}-[0-9]'], exclude: [] }, 'B-3')).toBe(true)
    expect(matchesName({ match: ['*'], exclude: [] }, '.github')).toBe(true)
    expect(matchesName({ match: ['*'], exclude: ['.git*'] }, '.github')).toBe(false)
  })
})
