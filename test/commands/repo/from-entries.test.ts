import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../../support/workspace.js'

let work: Workspace

beforeAll(async () => {
  work = await openWorkspace({ settings: { retry_attempts: 0 } })
  const add = (name: string, options = {}) =>
    work.github.addRepository(`ollama/${name}`, { files: { 'a.txt': 'one\n' }, ...options })
  await add('ollama', { topics: ['llm', 'go'] })
  await add('ollama-python', { topics: ['LLM'] })
  await add('ollama-ghsa-1', { private: true })
  await add('ollama-old', { archived: true, topics: ['llm'] })
  await add('fork', { fork: true })
  await add('secret', { private: true })
  work.github.addUser('mona')
  await work.github.addRepository('mona/dotfiles')
  await work.github.addRepository('uDOS/typo')
})
afterAll(() => work.close())
beforeEach(() => work.repos({ all: [{ from: 'ollama' }] }))

const all = ['fork', 'ollama', 'ollama-ghsa-1', 'ollama-old', 'ollama-python', 'secret']
const planned = async (entry: Record<string, unknown>) => {
  await work.repos({ all: [{ from: 'ollama', ...entry }] })
  const { json } = await work.wizard('REPO', 'SYNC', '--dry-run', '--json')
  return json.repositories.map(({ repo = '', planned: plan, reason }: Record<string, string>) =>
    [repo.replace('ollama/', ''), plan === 'clone' ? '' : `:${reason}`].join(''),
  )
}

describe('a from: entry', () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    ['all', {}, all],
    ['match', { match: ['ollama*'] }, all.filter((name) => name.startsWith('ollama'))],
    ['match in any case', { match: ['OLLAMA'] }, ['ollama']],
    [
      'exclude',
      { exclude: ['*-ghsa-*', 'f*'] },
      ['ollama', 'ollama-old', 'ollama-python', 'secret'],
    ],
    ['topics: any of them', { topics: ['llm', 'none'] }, ['ollama', 'ollama-old', 'ollama-python']],
    ['visibility', { visibility: 'private' }, ['ollama-ghsa-1', 'secret']],
    [
      'archived: false',
      { archived: false, match: ['ollama-*'] },
      ['ollama-ghsa-1', 'ollama-old:archived', 'ollama-python'],
    ],
    ['archived: true', { archived: true }, ['ollama-old']],
    ['forks: false', { forks: false }, all.filter((name) => name !== 'fork')],
    ['forks: true', { forks: true }, ['fork']],
  ])('%s', async (_name, entry, names) => {
    expect(await planned(entry)).toEqual(names)
  })

  it('clones each to its place, of an organization and of a user', async () => {
    await work.repos({
      models: [{ from: 'ollama', match: ['ollama'], destination: '/library/models/{repo}' }],
      own: [{ from: 'mona', destination: '/library/{owner}/{repo}' }],
    })
    const { json, status } = await work.wizard('REPO', 'SYNC', '--json')
    expect(status).toBe(0)
    expect(json.repositories).toMatchObject([
      {
        repo: 'ollama/ollama',
        group: 'models',
        path: work.path('library/models/ollama'),
        status: 'cloned',
      },
      {
        repo: 'mona/dotfiles',
        group: 'own',
        path: work.path('library/mona/dotfiles'),
        status: 'cloned',
      },
    ])
  })

  it('gives way to an explicit entry, and to an earlier from:', async () => {
    await work.repos({
      first: [{ from: 'ollama', match: ['ollama*'] }],
      second: [
        { from: 'ollama' },
        { owner: 'ollama', repo: 'ollama', branch: 'main', destination: '/here' },
      ],
    })
    const { json } = await work.wizard('REPO', 'LIST', '--local', '--json')
    const groups = json.map(({ repo, group, path }: Record<string, string>) =>
      [repo, group, path].join(' '),
    )
    expect(groups.filter((row: string) => row.startsWith('ollama/ollama '))).toEqual([
      `ollama/ollama second ${work.path('here')}`,
    ])
    expect(json.filter(({ group }: { group: string }) => group === 'first')).toHaveLength(3)
    expect(json.filter(({ group }: { group: string }) => group === 'second')).toHaveLength(3)
  })

  it('whose listing fails is told, and the others go on', async () => {
    await work.repos({ all: [{ from: 'ollama' }, { from: 'nobody' }], tools: [{ repo: 'typo' }] })
    const failure = work.github.fail({ origin: 'api', path: /orgs\/ollama/, status: 502 })
    const { json, status, err } = await work.wizard('REPO', 'SYNC', '--json')
    failure.remove()
    expect(status).toBe(1)
    expect(JSON.parse(err).error.code).toBe('FAILED')
    expect(json).toMatchObject({ total: 3, succeeded: 1, failed: 2 })
    expect(json.repositories).toMatchObject([
      { repo: 'uDOS/typo', status: 'cloned' },
      { repo: 'ollama/*', status: 'failed', error: { code: 'GITHUB_NETWORK' } },
      { repo: 'nobody/*', status: 'failed', error: { code: 'GITHUB_NOT_FOUND' } },
    ])
    const local = await work.wizard('REPO', 'LIST', '--local', '--json')
    expect(local.status).toBe(1)
    expect(local.json.at(-1)).toMatchObject({ repo: 'nobody/*', present: false })
  })

  it('is not asked for where a target can not mean it', async () => {
    await work.repos({ all: [{ from: 'ollama' }], tools: [{ repo: 'typo' }] })
    const failure = work.github.fail({ origin: 'api', path: /orgs\/ollama/, status: 502 })
    const sync = async (target: string) => {
      const { status, json } = await work.wizard('REPO', 'SYNC', target, '--json')
      return [target, status, json.repositories.map((one: { repo: string }) => one.repo)]
    }
    for (const target of ['typo', 'uDOS/typo', 'tools', `${work.github.gitUrl}/uDOS/typo`]) {
      expect(await sync(target)).toEqual([target, 0, ['uDOS/typo']])
    }
    expect(failure.hits).toBe(0)
    const listed = await work.wizard('REPO', 'LIST', '--local')
    expect(listed.status).toBe(1)
    expect(await sync('ollama/ollama')).toEqual(['ollama/ollama', 6, ['ollama/*']])
    failure.remove()
    expect(await sync('ollama/ollama')).toEqual(['ollama/ollama', 0, ['ollama/ollama']])
  })

  it('whose second page fails is a failure, not a shorter list', { tags: ['deep'] }, async () => {
    for (let index = 0; index < 101; index++) {
      await work.github.addRepository(`many/r${index}`, { empty: true })
    }
    await work.repos({ all: [{ from: 'many' }] })
    const failure = work.github.fail({ origin: 'api', path: /repos\?.*\bpage=2/, status: 500 })
    const { json, status } = await work.wizard('REPO', 'SYNC', '--dry-run', '--json')
    expect([failure.hits, status]).toEqual([1, 6])
    expect(json.repositories).toMatchObject([{ repo: 'many/*', planned: 'failed' }])
    failure.remove()
  })
})
