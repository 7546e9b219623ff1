import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openWorkspace, snapshot, type Workspace } from '../../support/workspace.js'

let work: Workspace

beforeEach(async () => {
  work = await openWorkspace()
  await work.github.addRepository('uDOS/typo', {
    files: { 'a.txt': 'one\n', 'sub/b.txt': 'two\n' },
  })
  await work.github.addRepository('uDOS/micro', { files: { 'm.txt': 'm\n' }, private: true })
  await work.repos({
    tools: [
      { repo: 'typo', destination: '/library/typo' },
      { owner: 'uDOS', repo: 'micro', destination: 'library/micro', branch: 'main' },
    ],
  })
})
afterEach(() => work.close())

const gitRequests = () => work.github.requests.filter(({ origin }) => origin === 'git').length

describe('REPO SYNC', () => {
  it('clones what is missing, and a second run finds all unchanged without a git connection', {
    tags: ['deep'],
  }, async () => {
    const first = await work.wizard('REPO', 'SYNC', '--json')
    expect(first.err).toBe('')
    expect(first.status).toBe(0)
    expect(first.json).toMatchObject({
      total: 2,
      succeeded: 2,
      failed: 0,
      skipped: 0,
      api_requests: 1,
    })
    expect(first.json.repositories[0]).toEqual({
      repo: 'uDOS/typo',
      group: 'tools',
      path: work.path('library/typo'),
      branch: 'main',
      status: 'cloned',
      from: null,
      to: await work.github.oid('uDOS/typo'),
      bytes: expect.any(Number),
      duration_ms: expect.any(Number),
      reason: null,
      error: null,
      warnings: [],
    })
    for (const repo of ['typo', 'micro']) {
      expect(await work.git(`library/${repo}`, 'status', '--porcelain', '--branch')).toBe(
        '## main...origin/main',
      )
      expect(await work.git(`library/${repo}`, 'fsck', '--full', '--strict')).toBe('')
    }

    const before = gitRequests()
    const second = await work.wizard('repo', 'sync', '--json')
    expect(second.json.repositories.map(({ status }: { status: string }) => status)).toEqual([
      'unchanged',
      'unchanged',
    ])
    expect(gitRequests()).toBe(before)
  })

  it('pulls a commit upstream, and touches no other file', { tags: ['deep'] }, async () => {
    await work.wizard('REPO', 'SYNC')
    await work.write('library/typo/sub/b.txt', 'my own\n')
    const oid = await work.github.commit('uDOS/typo', {
      files: { 'a.txt': 'three\n', 'new/c.txt': 'c\n' },
    })
    const { json, status } = await work.wizard('REPO', 'SYNC', '--json')
    expect(status).toBe(0)
    expect(json.repositories[0]).toMatchObject({ status: 'updated', to: oid })
    expect(await work.read('library/typo/a.txt')).toBe('three\n')
    expect(await work.read('library/typo/sub/b.txt')).toBe('my own\n')
    expect(await work.git('library/typo', 'status', '--porcelain')).toBe(' M sub/b.txt')
    expect(await work.git('library/typo', 'rev-parse', 'HEAD')).toBe(oid)
  })

  it('is blocked by a local edit in the way, and changes not a byte', {
    tags: ['deep'],
  }, async () => {
    await work.wizard('REPO', 'SYNC')
    await work.write('library/typo/a.txt', 'mine\n')
    await work.github.commit('uDOS/typo', { files: { 'a.txt': 'theirs\n' } })
    const skip = /^\.git\/(objects|FETCH_HEAD|refs\/remotes|logs\/refs\/remotes)|^\.git$/
    const before = await snapshot(work.path('library/typo'), skip)
    const { json, status, err } = await work.wizard('REPO', 'SYNC', '--json')
    expect(status).toBe(1)
    expect(json).toMatchObject({ total: 2, succeeded: 1, failed: 1 })
    expect(json.repositories[0]).toMatchObject({ status: 'blocked', reason: 'dirty' })
    expect(json.repositories[0].error.message).toContain('a.txt')
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'FAILED' } })
    expect(await snapshot(work.path('library/typo'), skip)).toEqual(before)
    expect((await work.wizard('REPO', 'SYNC', '--allow-blocked')).status).toBe(0)
  })

  it('tells in plain lines what it did, the result tab-separated', { tags: ['deep'] }, async () => {
    const { out, err } = await work.wizard('REPO', 'SYNC')
    const rows = out.trimEnd().split('\n')
    expect(rows.map((row) => row.split('\t').slice(0, 4))).toEqual([
      ['uDOS/typo', 'cloned', 'main', work.path('library/typo')],
      ['uDOS/micro', 'cloned', 'main', work.path('library/micro')],
    ])
    expect(err).toMatch(/^✅ (typo|micro) cloned \(\d+ B, main branch\)$/m)
    const quiet = await work.wizard('REPO', 'SYNC', '--quiet')
    expect([quiet.out, quiet.err, quiet.status]).toEqual(['', '', 0])
  })

  it('logs as the specification shows, and the token is nowhere', async () => {
    await work.wizard('REPO', 'SYNC')
    const [day] = new Date().toISOString().split('T')
    const log = await work.read(`memory/logs/github-sync-${day}.log`)
    expect(log).toContain(`[INFO] [SYNC] Cloning uDOS/typo → ${work.path('library/typo')}`)
    expect(log).toMatch(/\[INFO\] \[SYNC\] ✅ typo cloned \(\d+ B, main branch\)/)
    expect(log).toContain('[INFO] [SYNC] Summary: 2/2 repos in step')
    const api = await work.read(`memory/logs/github-api-${day}.log`)
    expect(api).toMatch(/\[INFO\] \[API\] POST \/graphql 200/)
    const config = await work.read('library/micro/.git/config')
    for (const text of [log, api, config]) expect(text).not.toContain(work.github.token)
  })

  it('plans without doing in a dry run', async () => {
    const { json } = await work.wizard('REPO', 'SYNC', '--dry-run', '--json')
    expect(
      json.repositories.map(({ planned, status }: Record<string, string>) => [planned, status]),
    ).toEqual([
      ['clone', undefined],
      ['clone', undefined],
    ])
    expect(await snapshot(work.root)).not.toHaveProperty('library')
  })
})
