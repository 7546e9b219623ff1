import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkspace, snapshot, type Workspace } from '../../support/workspace.js'

let work: Workspace
const kinds = ['changed', 'staged', 'added', 'untracked', 'ignored', 'touched']
const repositories = [
  ...['level', 'behind', 'fetched', 'ahead', 'diverged', 'missing', 'stranger', 'elsewhere'],
  ...kinds,
]
const remote: Record<string, string> = {}

/** One repository in each possible state; the tests below only change local files. */
beforeAll(async () => {
  work = await openWorkspace({ settings: { retry_attempts: 0 } })
  for (const repo of repositories) {
    await work.github.addRepository(`uDOS/${repo}`, { files: { 'a.txt': 'one\n' } })
  }
  await work.repos({ tools: repositories.map((repo) => ({ repo })) })
  await work.wizard('REPO', 'SYNC', ...repositories.filter((repo) => repo !== 'missing'))
  for (const repo of ['behind', 'diverged', 'fetched']) {
    await work.github.commit(`uDOS/${repo}`, { files: { 'b.txt': 'two\n' } })
  }
  await work.github.commit('uDOS/fetched', { files: { 'c.txt': 'three\n' } })
  await work.git(at('fetched'), 'fetch', '--quiet')
  for (const repo of ['ahead', 'diverged']) await commitHere(repo)
  await work.git(at('stranger'), 'remote', 'set-url', 'origin', 'https://example.org/uDOS/stranger')
  await work.git(at('elsewhere'), 'switch', '--quiet', '-c', 'topic')
  for (const repo of repositories) remote[repo] = await work.github.oid(`uDOS/${repo}`)
})
afterAll(() => work.close())

const at = (repo: string) => `library/tools/${repo}`
const commitHere = (repo: string) =>
  work.git(at(repo), 'commit', '--quiet', '--allow-empty', '-m', 'mine')
const head = (repo: string) => work.git(at(repo), 'rev-parse', 'HEAD')

const statusOf = async (...args: string[]) => {
  const { json } = await work.wizard('REPO', 'STATUS', '--json', ...args)
  return Object.fromEntries(json.map((one: { repo: string }) => [one.repo.slice(5), one]))
}

describe('REPO STATUS', () => {
  it('has the keys that were promised, and those of every state', async () => {
    const found = await statusOf()
    expect(Object.keys(found)).toEqual(repositories)
    for (const one of Object.values(found)) {
      expect(Object.keys(one as object)).toEqual(
        expect.arrayContaining([
          ...['repo', 'path', 'branch', 'state', 'local_commit', 'remote_commit'],
          ...['is_dirty', 'ahead_by', 'behind_by', 'last_pull'],
        ]),
      )
    }
    expect(found.level).toMatchObject({
      repo: 'uDOS/level',
      path: work.path(at('level')),
      branch: 'main',
      state: 'up-to-date',
      local_commit: remote.level,
      remote_commit: remote.level,
      is_dirty: false,
      ahead_by: 0,
      behind_by: 0,
    })
  })

  it('counts what is known, and says null of what is not', async () => {
    const found = await statusOf()
    const counts = ({ state, ahead_by, behind_by }: Record<string, unknown>) => [
      state,
      ahead_by,
      behind_by,
    ]
    expect(counts(found.behind)).toEqual(['behind', 0, null])
    expect(counts(found.fetched)).toEqual(['behind', 0, 2])
    expect(counts(found.ahead)).toEqual(['ahead', 1, 0])
    expect(counts(found.diverged)).toEqual(['diverged', 1, null])
    expect(found.behind.remote_commit).toBe(remote.behind)
    expect(found.ahead).toMatchObject({
      local_commit: await head('ahead'),
      remote_commit: remote.ahead,
    })
  })

  it('tells a missing one, and those that a sync would leave alone', async () => {
    const { missing, stranger, elsewhere } = await statusOf()
    expect(missing).toMatchObject({
      state: 'missing',
      branch: 'main',
      local_commit: null,
      remote_commit: remote.missing,
      is_dirty: null,
      ahead_by: null,
      behind_by: null,
      last_pull: null,
    })
    expect(stranger).toMatchObject({ state: 'blocked', ahead_by: null, behind_by: null })
    expect(elsewhere).toMatchObject({ state: 'blocked', branch: 'topic' })
  })

  it('dates the last pull in ISO 8601, UTC', async () => {
    const { level } = await statusOf('level')
    expect(new Date(level.last_pull).toISOString()).toBe(level.last_pull)
    expect(Math.abs(Date.now() - Date.parse(level.last_pull))).toBeLessThan(600_000)
  })

  it('sends one request for all, and changes nothing', { tags: ['deep'] }, async () => {
    const before = await snapshot(work.path('library'))
    const sent = work.github.requests.length
    await statusOf()
    expect(work.github.requests.slice(sent).map(({ path }) => path)).toEqual(['/graphql'])
    expect(await snapshot(work.path('library'))).toEqual(before)
  })

  it('sends none with --offline, and compares with what the last pull saw', async () => {
    const sent = work.github.requests.length
    const found = await statusOf('--offline')
    expect(work.github.requests.length).toBe(sent)
    expect(found.level).toMatchObject({ state: 'up-to-date', remote_commit: remote.level })
    expect(found.behind).toMatchObject({ state: 'up-to-date' })
    expect(found.fetched).toMatchObject({ state: 'behind', behind_by: 2 })
    expect(found.ahead).toMatchObject({ state: 'ahead', ahead_by: 1 })
    expect(found.diverged).toMatchObject({ state: 'ahead', ahead_by: 1, behind_by: 0 })
    expect(found.missing).toMatchObject({ state: 'missing', remote_commit: null })
  })

  it('is a row each, tab-separated', async () => {
    const { out, err, status } = await work.wizard('REPO', 'STATUS', 'level', 'missing')
    expect([status, err]).toEqual([0, ''])
    const rows = out
      .trimEnd()
      .split('\n')
      .map((row) => row.split('\t').slice(0, 3))
    expect(rows).toEqual([
      ['uDOS/level', 'up-to-date', 'main'],
      ['uDOS/missing', 'missing', 'main'],
    ])
  })
})

describe('is_dirty', () => {
  it('tells changes of every kind, but not what is ignored or was only touched', async () => {
    const write = (repo: string, file: string, text: string) =>
      writeFile(work.path(at(repo), file), text)
    await write('changed', 'a.txt', 'mine\n')
    await write('staged', 'a.txt', 'mine\n')
    await work.git(at('staged'), 'add', 'a.txt')
    await write('staged', 'a.txt', 'one\n')
    await write('added', 'new.txt', 'mine\n')
    await work.git(at('added'), 'add', 'new.txt')
    await write('untracked', 'new.txt', 'mine\n')
    await write('ignored', '.git/info/exclude', '*.log\n')
    await write('ignored', 'x.log', 'mine\n')
    await write('touched', 'a.txt', 'one\n')
    const found = await statusOf('--offline', ...kinds)
    expect(kinds.map((kind) => [kind, found[kind].is_dirty])).toEqual([
      ['changed', true],
      ['staged', true],
      ['added', true],
      ['untracked', true],
      ['ignored', false],
      ['touched', false],
    ])
  })
})

describe('what a clone holds', () => {
  const repo = 'elsewhere'
  beforeAll(async () => {
    await work.write(`${at(repo)}/a.txt`, 'stashed\n')
    await work.git(at(repo), 'stash', '--quiet')
    await work.write(`${at(repo)}/a.txt`, 'mine\n')
    for (const name of ['one', 'two']) await work.write(`${at(repo)}/${name}`, '')
    await work.git(at(repo), 'add', 'one')
  })

  it('is counted, also of one that a sync would leave alone', async () => {
    const found = await statusOf()
    expect(found.elsewhere).toMatchObject({
      ...{ state: 'blocked', is_dirty: true, staged: 1, unstaged: 1, untracked: 1, stashes: 1 },
      last_commit: { oid: remote.elsewhere, time: expect.stringMatching(/Z$/) },
    })
    expect(found.ahead.last_commit.subject).toBe('mine')
    expect(found.level).toMatchObject({ staged: 0, unstaged: 0, untracked: 0, stashes: 0 })
    expect(found.missing).toMatchObject({ staged: null, stashes: null, last_commit: null })
  })

  it('is a short column on a terminal', async () => {
    const words = ['REPO', 'STATUS', '--offline', repo, 'level', 'ahead']
    const { shown } = await work.run(words, { columns: 300 })
    expect(shown).toMatch(/CHANGES .* LAST COMMIT/)
    expect(shown).toMatch(/elsewhere .*\+1 ~1 \?1 \$1/)
    expect(shown).toMatch(/level .*clean/)
    expect(shown).toMatch(/ahead .*: mine/)
  })

  it('is at the end of a row, tab-separated', async () => {
    const { out } = await work.wizard('REPO', 'STATUS', '--offline', repo)
    const cells = out.trimEnd().split('\n')[0]?.split('\t') ?? []
    expect(cells.slice(5, 6)).toEqual(['dirty'])
    expect(cells.slice(8, 12)).toEqual(['1', '1', '1', '1'])
    expect(cells[12]).toMatch(/^\d{4}-.*Z$/)
    expect(cells).toHaveLength(14)
  })

  it('is known of a clone without a remote', async () => {
    await work.git(at('added'), 'remote', 'remove', 'origin')
    const { added } = await statusOf('--offline', 'added')
    expect(added).toMatchObject({ state: 'blocked', staged: 1, is_dirty: true })
    expect(added.error.message).toBe(`no remote: ${work.path(at('added'))} has no origin`)
  })
})

describe('--stale', () => {
  const stale = (age: string, ...targets: string[]) =>
    work.wizard('REPO', 'STATUS', '--stale', age, '--offline', '--json', ...targets)

  it('is exit 0 where every pull is younger, else 1', async () => {
    expect((await stale('24h', 'level', 'behind')).status).toBe(0)
    await work.clock.pass(1000)
    const { status, json, err } = await stale('0s', 'level', 'behind')
    expect(status).toBe(1)
    expect(json).toHaveLength(2)
    expect(JSON.parse(err).error).toMatchObject({ code: 'FAILED' })
  })

  it('with --quiet tells what is stale alone', async () => {
    const check = (age: string) =>
      work.wizard('REPO', 'STATUS', 'level', 'missing', '--stale', age, '--offline', '--quiet')
    const { status, out } = await check('24h')
    expect([status, out]).toEqual([1, `uDOS/missing\tmissing\t\t\t\t\tnever${'\t'.repeat(7)}\n`])
    const fine = await work.wizard('REPO', 'STATUS', 'level', '--stale', '24h', '--quiet')
    expect(fine).toMatchObject({ status: 0, out: '', err: '' })
  })

  it('takes what was never pulled for stale', async () => {
    expect((await stale('7d', 'missing')).status).toBe(1)
  })

  it('counts a pull that found nothing new', async () => {
    const file = work.path('.wizard/state.json')
    const state = JSON.parse(await work.read('.wizard/state.json'))
    for (const one of Object.values<{ last_pull: number }>(state.repositories)) one.last_pull -= 1e8
    await writeFile(file, JSON.stringify(state))
    expect((await stale('24h', 'level')).status).toBe(1)
    await work.wizard('REPO', 'PULL-ALL', 'level')
    expect((await stale('24h', 'level')).status).toBe(0)
  })
})

describe('a from: entry', () => {
  it('is known offline by what an earlier run saw', async () => {
    const before = await work.read('config/repos.yaml')
    await work.repos({ tools: [{ from: 'uDOS', match: ['level', 'behind'] }] })
    await work.wizard('REPO', 'SYNC')
    const sent = work.github.requests.length
    expect(Object.keys(await statusOf('--offline'))).toEqual(['behind', 'level'])
    expect(work.github.requests.length).toBe(sent)
    await work.write('config/repos.yaml', before)
  })
})

describe('a server that does not answer', () => {
  it('is told, and is no success', async () => {
    const silence = work.github.fail({ status: 503 })
    const { status, err, json } = await work.wizard('REPO', 'STATUS', 'level', 'ahead', '--json')
    silence.remove()
    expect(status).toBe(6)
    expect(JSON.parse(err).error.code).toBe('GITHUB_NETWORK')
    expect(json).toMatchObject([{ remote_commit: null }, { remote_commit: null }])
  })
})
