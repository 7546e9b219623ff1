import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { snapshot, type Workspace } from '../../../support/workspace.js'
import { openTwo, statuses } from './support.js'

let work: Workspace
beforeEach(async () => {
  work = await openTwo()
})
afterEach(() => work.close())

const sync = (...flags: string[]) => work.wizard('REPO', 'SYNC', '--json', ...flags)
const typo = () => work.path('library/tools/typo')

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

  it('unpushed commits on another branch, and a stash, do not stop a pull, and stay', {
    tags: ['deep'],
  }, async () => {
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

  it('a force-push upstream is blocked, unless the entry says backup', {
    tags: ['deep'],
  }, async () => {
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

  it("git's own index.lock is left alone", { tags: ['deep'] }, async () => {
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
