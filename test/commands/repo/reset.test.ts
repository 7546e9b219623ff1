import { mkdir, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkspace, snapshot, type Workspace } from '../../support/workspace.js'

let work: Workspace
const tools = ['forced', 'both', 'ahead', 'dirty', 'level']
/** Each is force-pushed upstream, for one test. */
const others = ['edited', 'noted', 'asked-y', 'asked-n']
const at = (repo: string) => `library/${repo}`
const local: Record<string, string> = {}
const remote: Record<string, string> = {}

beforeAll(async () => {
  work = await openWorkspace()
  const files = { 'a.txt': 'one\n', 'b.txt': 'b\n' }
  for (const repo of [...tools, ...others, 'missing']) {
    await work.github.addRepository(`uDOS/${repo}`, { files })
  }
  const entries = (group: string[]) => group.map((repo) => ({ repo, destination: at(repo) }))
  await work.repos({ tools: entries([...tools, 'missing']), others: entries(others) })
  await work.wizard('REPO', 'SYNC', ...tools, ...others)
  for (const repo of ['forced', 'dirty', ...others]) {
    await work.github.commit(`uDOS/${repo}`, { parent: null, files: { 'a.txt': 'new\n' } })
  }
  await work.github.commit('uDOS/both', { files: { 'a.txt': 'theirs\n' } })
  for (const repo of ['both', 'ahead']) {
    await work.git(at(repo), 'commit', '--quiet', '--allow-empty', '-m', 'mine')
  }
  await writeFile(work.path(at('dirty'), 'a.txt'), 'mine\n')
  for (const repo of [...tools, ...others]) {
    remote[repo] = await work.github.oid(`uDOS/${repo}`)
    local[repo] = await head(repo)
  }
})
afterAll(() => work.close())

const head = (repo: string) => work.git(at(repo), 'rev-parse', 'HEAD')
const backups = (repo: string) =>
  work.git(at(repo), 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/wizard/')

describe('REPO RESET', () => {
  it('does nothing where there is nobody to ask', async () => {
    const before = await snapshot(work.path('library'))
    const { status, err, out } = await work.wizard('REPO', 'RESET', 'tools')
    expect([status, out]).toEqual([2, ''])
    expect(err).toMatch(/^error: Reset uDOS\/forced, .*\nhint: give --yes to go ahead\n$/)
    expect(await snapshot(work.path('library'))).toEqual(before)
  })

  it('does what it may with --yes, each by its own state', { tags: ['deep'] }, async () => {
    const { status, json } = await work.wizard('REPO', 'RESET', 'tools', '--yes', '--json')
    expect(status).toBe(1)
    const told = json.repositories.map((one: { repo: string }) => [one.repo.slice(5), one])
    const found = Object.fromEntries(told)
    expect(found.forced).toMatchObject({ status: 'updated', from: local.forced, to: remote.forced })
    expect(found.both).toMatchObject({ status: 'updated', from: local.both, to: remote.both })
    expect(found.ahead).toMatchObject({ status: 'unchanged', to: local.ahead })
    expect(found.dirty).toMatchObject({ status: 'blocked', reason: 'dirty' })
    expect(found.level).toMatchObject({ status: 'unchanged' })
    expect(found.missing).toMatchObject({ status: 'skipped', reason: 'missing' })

    for (const repo of ['forced', 'both']) {
      expect(await head(repo)).toBe(remote[repo])
      expect(await backups(repo)).toMatch(
        new RegExp(`^refs/wizard/backup/\\d{8}T\\d{9}Z ${local[repo]}$`),
      )
      expect(await work.git(at(repo), 'status', '--porcelain')).toBe('')
      expect(await work.git(at(repo), 'fsck', '--full', '--strict')).toBe('')
    }
    for (const repo of ['ahead', 'dirty', 'level']) {
      expect([await head(repo), await backups(repo)]).toEqual([local[repo], ''])
    }
    expect(await work.read(`${at('dirty')}/a.txt`)).toBe('mine\n')
  })

  it('is blocked by any change at all: the tree must be clean', async () => {
    await writeFile(work.path(at('edited'), 'b.txt'), 'in nobody’s way\n')
    const { status, json } = await work.wizard('REPO', 'RESET', 'edited', '--yes', '--json')
    expect(status).toBe(1)
    expect(json.repositories).toMatchObject([{ status: 'blocked', reason: 'dirty' }])
    expect(await head('edited')).toBe(local.edited)
  })

  it('leaves an untracked file where it is', async () => {
    await mkdir(work.path(at('noted'), 'notes'))
    await writeFile(work.path(at('noted'), 'notes/n.txt'), 'mine\n')
    await work.wizard('REPO', 'RESET', 'noted', '--yes')
    expect(await work.read(`${at('noted')}/notes/n.txt`)).toBe('mine\n')
  })

  it.each([
    ['y', 0, remote],
    ['n', 0, local],
    ['\u0003', 130, local],
    ['\u0004', 0, local],
  ])('asks on a terminal: %j', async (answer, status, commits) => {
    const repo = answer === 'y' ? 'asked-y' : 'asked-n'
    const run = await work.run(['REPO', 'RESET', repo], { columns: 80, answer: answer })
    expect(run.shown).toContain(`Reset uDOS/${repo}?`)
    expect([run.status, await head(repo)]).toEqual([status, commits[repo]])
  })
})
