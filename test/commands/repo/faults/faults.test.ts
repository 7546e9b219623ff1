import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openWorkspace, reached, snapshot, type Workspace } from '../../../support/workspace.js'

let work: Workspace

/** Of some length, so that what happens to a byte of the answer happens to the pack. */
const noise = Array.from({ length: 20 }, (_, index) =>
  createHash('sha512').update(`a fixed seed ${index}`).digest('base64'),
).join(' ')
const files = { 'a.txt': 'one\n', 'sub/b.txt': `two\n${noise}` }

beforeEach(async () => {
  work = await openWorkspace({ settings: { timeout: 2 } })
  await work.github.addRepository('uDOS/typo', { files })
  await work.github.addRepository('uDOS/micro', { files })
  await work.repos({ tools: [{ repo: 'typo' }, { repo: 'micro' }] })
})
afterEach(() => work.close())

const sync = (...flags: string[]) => work.wizard('REPO', 'SYNC', '--json', ...flags)
const statuses = (json: { repositories: { status: string }[] }) =>
  json.repositories.map(({ status }) => status)
const typo = () => work.path('library/tools/typo')

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
    work.github.fail({ origin: 'api', status: 429, headers: { 'retry-after': '1' }, times: 1 })
    expect((await sync()).status).toBe(0)
  })

  it('a silent server is exit 6 and leaves nothing', async () => {
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

  it('a repository that GraphQL does not show is asked for by git', async () => {
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

describe('names that move', () => {
  it('a renamed repository is followed, and told', async () => {
    await sync()
    work.github.rename('uDOS/typo', 'uDOS/typewriter')
    const oid = await work.github.commit('uDOS/typewriter', { files: { 'a.txt': 'new\n' } })
    const { json, status } = await sync()
    expect(status).toBe(0)
    expect(json.repositories[0]).toMatchObject({
      status: 'updated',
      to: oid,
      warnings: ['renamed'],
    })
  })

  it('a stranger under the old name is blocked', async () => {
    await sync()
    work.github.rename('uDOS/typo', 'uDOS/typewriter')
    await work.github.addRepository('uDOS/typo', { files: { 'a.txt': 'evil\n' } })
    const before = await snapshot(typo())
    const { json, status } = await sync()
    expect(status).toBe(1)
    expect(json.repositories[0]).toMatchObject({ status: 'blocked', reason: 'wrong-remote' })
    expect(await snapshot(typo())).toEqual(before)
  })

  it('a default branch that was renamed is told, with both names', async () => {
    await sync()
    await work.github.branch('uDOS/typo', 'trunk')
    await work.github.setDefaultBranch('uDOS/typo', 'trunk')
    const { json } = await sync()
    expect(json.repositories[0]).toMatchObject({ status: 'blocked', reason: 'other-branch' })
    expect(json.repositories[0].error.message).toMatch(/main.*trunk/)
  })

  it('a branch that was deleted is not found', async () => {
    await work.github.branch('uDOS/typo', 'topic')
    await work.repos({ tools: [{ repo: 'typo', branch: 'topic' }] })
    await sync()
    await work.github.deleteBranch('uDOS/typo', 'topic')
    const { json } = await sync()
    expect(json.repositories[0]).toMatchObject({
      status: 'failed',
      error: { code: 'GITHUB_NOT_FOUND' },
    })
  })
})

describe('local work', () => {
  const upstream = () =>
    work.github.commit('uDOS/typo', { files: { 'a.txt': 'theirs\n', 'new/n.txt': 'n\n' } })
  const skip = /^\.git\/(objects|FETCH_HEAD|refs\/remotes|logs\/refs\/remotes)|^\.git$/

  it.each<[string, () => Promise<unknown>, string]>([
    ['an unstaged edit', () => writeFile(join(typo(), 'a.txt'), 'mine\n'), 'dirty'],
    [
      'a staged edit',
      async () => {
        await writeFile(join(typo(), 'a.txt'), 'mine\n')
        await work.git('library/tools/typo', 'add', 'a.txt')
      },
      'dirty',
    ],
    [
      'an untracked file',
      async () => {
        await mkdir(join(typo(), 'new'))
        await writeFile(join(typo(), 'new/n.txt'), 'mine\n')
      },
      'dirty',
    ],
    [
      'an ignored file',
      async () => {
        await writeFile(join(typo(), '.git/info/exclude'), 'new\n')
        await mkdir(join(typo(), 'new'))
        await writeFile(join(typo(), 'new/n.txt'), 'mine\n')
      },
      'dirty',
    ],
    [
      'a commit of its own',
      () => work.git('library/tools/typo', 'commit', '--quiet', '--allow-empty', '-m', 'mine'),
      'diverged',
    ],
    [
      'another branch',
      () => work.git('library/tools/typo', 'switch', '--quiet', '-c', 'topic'),
      'other-branch',
    ],
    [
      'a detached HEAD',
      () => work.git('library/tools/typo', 'checkout', '--quiet', '--detach'),
      'other-branch',
    ],
    [
      'a sparse checkout',
      () => work.git('library/tools/typo', 'sparse-checkout', 'set', 'sub'),
      'unsupported',
    ],
    [
      'another origin',
      () =>
        work.git('library/tools/typo', 'remote', 'set-url', 'origin', 'https://example.org/x/y'),
      'wrong-remote',
    ],
  ])('%s blocks, and not a byte changes', async (_name, change, reason) => {
    await sync()
    await change()
    await upstream()
    const before = await snapshot(typo(), skip)
    const { json, status } = await sync()
    expect(status).toBe(1)
    expect(json.repositories).toMatchObject([
      { status: 'blocked', reason },
      { status: 'unchanged' },
    ])
    expect(await snapshot(typo(), skip)).toEqual(before)
  })

  it('unpushed commits on another branch, and a stash, do not stop a pull, and stay', async () => {
    await sync()
    const git = (...args: string[]) => work.git('library/tools/typo', ...args)
    await git('switch', '--quiet', '-c', 'topic')
    await git('commit', '--quiet', '--allow-empty', '-m', 'mine')
    const mine = await git('rev-parse', 'topic')
    await git('switch', '--quiet', 'main')
    await writeFile(join(typo(), 'a.txt'), 'put aside\n')
    await git('stash', '--quiet')
    const to = await upstream()
    expect((await sync()).json.repositories[0]).toMatchObject({ status: 'updated', to })
    expect([await git('rev-parse', 'topic'), await git('status', '--porcelain')]).toEqual([
      mine,
      '',
    ])
    expect(await git('show', 'stash@{0}:a.txt')).toBe('put aside')
  })

  it('a force-push upstream is blocked, unless the entry says backup', async () => {
    await sync()
    const old = await work.git('library/tools/typo', 'rev-parse', 'HEAD')
    const oid = await work.github.commit('uDOS/typo', {
      parent: null,
      files: { 'only.txt': 'x\n' },
    })
    expect((await sync()).json.repositories[0]).toMatchObject({
      status: 'blocked',
      reason: 'diverged',
    })
    await work.repos({ tools: [{ repo: 'typo', on_diverged: 'backup' }] })
    expect((await sync()).json.repositories[0]).toMatchObject({
      status: 'updated',
      from: old,
      to: oid,
    })
    expect(
      await work.git(
        'library/tools/typo',
        'for-each-ref',
        '--format=%(objectname)',
        'refs/wizard/backup',
      ),
    ).toBe(old)
    expect(await work.git('library/tools/typo', 'status', '--porcelain')).toBe('')
  })

  it("git's own index.lock is left alone", async () => {
    await sync()
    await upstream()
    await writeFile(join(typo(), '.git/index.lock'), '')
    const { json } = await sync()
    expect(json.repositories[0]).toMatchObject({ status: 'failed', error: { code: 'CONFLICT' } })
    expect(await readFile(join(typo(), '.git/index.lock'), 'utf8')).toBe('')
  })
})

describe('destinations', () => {
  it.each<[string, (path: string) => Promise<unknown>, string]>([
    [
      'a plain folder',
      async (path) => {
        await mkdir(path, { recursive: true })
        await writeFile(join(path, 'x'), 'x')
      },
      'not-a-repository',
    ],
    ['a file', (path) => writeFile(path, 'x'), 'not-a-repository'],
  ])('%s is left alone', async (_name, make, reason) => {
    await mkdir(work.path('library/tools'), { recursive: true })
    await make(typo())
    const before = await snapshot(work.path('library'))
    const { json, status } = await sync('typo')
    expect(status).toBe(1)
    expect(json.repositories[0]).toMatchObject({ status: 'blocked', reason })
    expect(await snapshot(work.path('library'))).toEqual(before)
  })

  it('a symlink out of the root is refused', async () => {
    await mkdir(work.path('outside'))
    await work.run(['REPO', 'LIST', '--local'])
    await mkdir(work.path('inner'))
    await symlink(work.path('outside'), work.path('inner/library'))
    const { json } = await work.wizard('REPO', 'SYNC', '--json', '--root', work.path('inner'))
    expect(statuses(json)).toEqual(['failed', 'failed'])
    expect(json.repositories[0].error.code).toBe('PATH')
    expect(await readdir(work.path('outside'))).toEqual([])
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
    work.github.fail({ origin: 'git', delay: 'forever', path: /typo/ })
    const { status, json, err } = await sync('--timeout', '1.5')
    expect(status).toBe(7)
    expect(json.repositories[0]).toMatchObject({ status: 'failed', error: { code: 'TIMEOUT' } })
    expect(JSON.parse(err).error.code).toBe('TIMEOUT')
  })
})

describe('a half-written repos.yaml', () => {
  it.each([
    ['empty', ''],
    ['cut off', 'repos:\n  tools:\n    - repo: typo\n    - {own'],
    ['null', 'repos:\n'],
  ])('that is %s is exit 2, and nothing is touched', async (_name, text) => {
    await sync()
    const before = await snapshot(work.path('library'))
    await work.write('config/repos.yaml', text)
    for (const verb of ['SYNC', 'PRUNE']) {
      const { status, err } = await work.wizard('REPO', verb, '--yes')
      expect(status).toBe(2)
      expect(err).toMatch(/^error: config\/repos\.yaml:\d+:\d+/)
    }
    expect(await snapshot(work.path('library'))).toEqual(before)
  })
})
