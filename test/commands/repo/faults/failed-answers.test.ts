import { readdir, readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { reached, type Workspace } from '../../../support/workspace.js'
import { openTwo, statuses } from './support.js'

let work: Workspace
beforeEach(async () => {
  work = await openTwo()
})
afterEach(() => work.close())

const sync = (...flags: string[]) => work.wizard('REPO', 'SYNC', '--json', ...flags)

describe('answers that fail', () => {
  it('502, then well', async () => {
    work.github.fail({ origin: 'git', status: 502, times: 1 })
    work.github.fail({ origin: 'api', status: 502, times: 1 })
    const { json, status } = await sync()
    expect([status, statuses(json)]).toEqual([0, ['cloned', 'cloned']])
  })

  it('502 without end from GraphQL: git is asked', async () => {
    work.github.fail({ origin: 'api', path: /graphql/, status: 502 })
    const { json, status, err } = await sync()
    expect([status, err, statuses(json)]).toEqual([0, '', ['cloned', 'cloned']])
    expect(statuses((await sync()).json)).toEqual(['unchanged', 'unchanged'])
  })

  it('a bad token is exit 4, told once', async () => {
    const { status, err, out } = await work.run(['REPO', 'SYNC', '--json'], {
      env: { WIZARD_TOKEN: 'ghp_wrong' },
    })
    expect(status).toBe(4)
    expect(JSON.parse(err).error).toMatchObject({ code: 'GITHUB_AUTH', status: 401 })
    expect(out + err).not.toContain('ghp_wrong')
    expect(statuses(JSON.parse(out))).toEqual(['failed', 'failed'])
    const plain = await work.run(['REPO', 'SYNC'], { env: { WIZARD_TOKEN: 'ghp_wrong' } })
    expect([plain.status, plain.out]).toEqual([4, ''])
    expect(plain.err.match(/❌|does not accept/g)).toHaveLength(1)
  })

  it('a bad token does not hide what STATUS knows, nor count as an attempt for --due', async () => {
    const env = { WIZARD_TOKEN: 'ghp_wrong' }
    const schedule = { pull_schedule: '* * * * *' }
    await work.repos({ tools: [{ repo: 'typo', ...schedule }, { repo: 'micro' }] })
    await sync('micro')
    const { status, json } = await work.run(['REPO', 'STATUS', '--json'], { env })
    expect(status).toBe(4)
    expect(json).toMatchObject([
      { state: 'missing', error: { code: 'GITHUB_AUTH', status: 401 } },
      { state: null, local_commit: expect.any(String), error: { code: 'GITHUB_AUTH' } },
    ])
    await work.run(['REPO', 'SYNC'], { env })
    const state = JSON.parse(await readFile(work.path('.wizard/state.json'), 'utf8'))
    expect(JSON.stringify(state)).not.toContain('uDOS/typo')
  })

  it('a rate limit whose wait would pass --timeout is exit 5', async () => {
    work.github.fail({
      origin: 'api',
      status: 403,
      headers: { 'retry-after': '3600' },
      body: { message: 'secondary rate limit' },
    })
    const { status, err } = await sync('--timeout', '60')
    expect(status).toBe(5)
    expect(JSON.parse(err).error.code).toBe('GITHUB_RATE_LIMIT')
  })

  it('a short Retry-After is waited for', async () => {
    work.github.fail({ origin: 'api', status: 429, headers: { 'retry-after': '3' }, times: 1 })
    expect((await sync()).status).toBe(0)
    expect(work.clock.slept).toEqual([3000])
  })

  it('a silent server is exit 6 and leaves nothing', { tags: ['deep'] }, async () => {
    await work.close()
    work = await openTwo({ settings: { timeout: 0.5 } })
    work.github.fail({ origin: 'git', delay: 'forever' })
    const { status, json, err } = await sync()
    expect([status, statuses(json)]).toEqual([6, ['failed', 'failed']])
    expect(JSON.parse(err).error.code).toBe('GITHUB_NETWORK')
    expect(await readdir(work.path('library/tools')).catch(() => [])).toEqual([])
  })

  it('a server that is not there is exit 6, with a hint and no stack', async () => {
    await work.github.close()
    const { status, err } = await work.wizard('REPO', 'SYNC')
    expect(status).toBe(6)
    expect(err).toMatch(/connection refused/)
    expect(err).not.toMatch(/\n\s+at /)
  })

  it.each([
    ['cut half-way', { cutAfter: 300 }],
    ['corrupt', { corruptAt: 900 }],
  ])('a pack that is %s leaves nothing, and the next run is whole', async (_name, fault) => {
    const handle = work.github.fail({
      origin: 'git',
      method: 'POST',
      path: /typo.*upload-pack/,
      ...fault,
    })
    const { status, json } = await sync()
    expect(handle.hits).toBeGreaterThan(0)
    expect([status, statuses(json)]).toEqual([1, ['failed', 'cloned']])
    expect(await readdir(work.path('library/tools'))).toEqual(['micro'])
    handle.remove()
    expect(statuses((await sync()).json)).toEqual(['cloned', 'unchanged'])
    expect(await work.git('library/tools/typo', 'fsck', '--full', '--strict')).toBe('')
  })

  it('a repository that GraphQL does not show is asked for by git', {
    tags: ['deep'],
  }, async () => {
    await sync()
    const oid = await work.github.commit('uDOS/typo', { files: { 'a.txt': 'new\n' } })
    work.github.fail({
      origin: 'api',
      path: /graphql/,
      status: 200,
      body: { data: { r0: null, r1: null } },
    })
    const { json } = await sync()
    expect(json.repositories[0]).toMatchObject({ status: 'updated', to: oid })
  })
})

describe('the end from outside', () => {
  it('Ctrl-C is exit 130 and cleans up', async () => {
    const silence = work.github.fail({ origin: 'git', delay: 'forever' })
    const running = work.begin(['REPO', 'SYNC', '--json'])
    await reached(silence)
    running.interrupt()
    expect((await running.ended).status).toBe(130)
    expect(await readdir(work.path('library/tools')).catch(() => [])).toEqual([])
    expect(await readdir(work.path('.wizard'))).not.toContain('lock')
  })

  it('--timeout is exit 7, with a report', async () => {
    const silence = work.github.fail({ origin: 'git', delay: 'forever', path: /typo/ })
    const running = work.begin(['REPO', 'SYNC', '--json', '--timeout', '1.5'])
    await reached(silence)
    await work.clock.pass(1500)
    const { status, json, err } = await running.ended
    expect(status).toBe(7)
    expect(json.repositories[0]).toMatchObject({ status: 'failed', error: { code: 'TIMEOUT' } })
    expect(JSON.parse(err).error.code).toBe('TIMEOUT')
  })
})
