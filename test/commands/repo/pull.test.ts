import { mkdir } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../../support/workspace.js'

let work: Workspace
const typo = 'library/tools/typo'

beforeEach(async () => {
  work = await openWorkspace()
  await work.github.addRepository('uDOS/typo', { files: { 'a.txt': 'one\n', 'sub/b.txt': 'b\n' } })
  await work.repos({ tools: [{ repo: 'typo' }] })
  await work.wizard('REPO', 'SYNC')
})
afterEach(() => work.close())

const next = (text: string) => work.github.commit('uDOS/typo', { files: { 'a.txt': text } })
const pull = (target: string, folder = '') =>
  work.run(['REPO', 'PULL', target, '--json'], { cwd: work.path(folder) })

describe('REPO PULL', () => {
  it('takes a target of repos.yaml, a path, and the current folder', {
    tags: ['deep'],
  }, async () => {
    let from = await work.github.oid('uDOS/typo')
    for (const [target, folder] of [
      ['typo', ''],
      ['uDOS/typo', ''],
      [`./${typo}`, ''],
      [work.path(typo), 'library'],
      ['.', typo],
      ['.', `${typo}/sub`],
    ] as const) {
      const to = await next(`${target}\n`)
      const { status, json } = await pull(target, folder)
      expect(status).toBe(0)
      expect(json).toMatchObject({
        repo: 'uDOS/typo',
        path: work.path(typo),
        status: 'updated',
        from,
        to,
      })
      from = to
    }
    expect((await pull('.', typo)).json).toMatchObject({ status: 'unchanged' })
  })

  it('by path follows what repos.yaml says of it, and is remembered', {
    tags: ['deep'],
  }, async () => {
    await work.repos({ tools: [{ repo: 'typo', on_diverged: 'backup' }] })
    const to = await work.github.commit('uDOS/typo', { parent: null, files: { 'a.txt': 'new\n' } })
    expect((await pull('.', typo)).json).toMatchObject({ status: 'updated', to })
    await work.github.rename('uDOS/typo', 'uDOS/typewriter')
    await work.github.addRepository('uDOS/typo', { files: { 'a.txt': 'a stranger\n' } })
    expect((await pull('.', typo)).json).toMatchObject({
      status: 'blocked',
      reason: 'wrong-remote',
    })
  })

  it('by path needs no entry: the branch that is checked out is followed', {
    tags: ['deep'],
  }, async () => {
    await work.github.branch('uDOS/typo', 'topic')
    await work.wizard('REPO', 'CLONE', 'typo', 'own', '--branch', 'topic')
    const to = await work.github.commit('uDOS/typo', { branch: 'topic', files: { t: 't\n' } })
    expect((await pull('own')).json).toMatchObject({ status: 'updated', branch: 'topic', to })
    expect(await work.git('own', 'status', '--porcelain', '--branch')).toBe(
      '## topic...origin/topic',
    )
  })

  it('an origin by an alias of the user is the repository that git asks, and no other', {
    tags: ['deep'],
  }, async () => {
    const origin = 'alias:uDOS/typo.git'
    await work.git(typo, 'remote', 'set-url', 'origin', origin)
    const to = await next('two\n')
    const alias = (base: string) => `[url "${base}/"]\n\tinsteadOf = alias:\n`
    await work.write('.gitconfig', alias('https://me:secret@evil.test'))
    for (const args of [['SYNC'], ['PULL', `./${typo}`]]) {
      const { out } = await work.wizard('REPO', ...args, '--json')
      expect(out).toContain('"wrong-remote"')
      expect(out).not.toContain('secret')
    }
    await work.write('.gitconfig', alias(work.github.gitUrl))
    expect((await pull(`./${typo}`)).json).toMatchObject({ status: 'updated', to })
    await work.repos({})
    expect((await pull(`./${typo}`)).json).toMatchObject({ status: 'unchanged', to })
  })

  it.each([
    ['ssh', () => `ssh://git@${host()}/uDOS/typo.git`],
    ['scp-like', () => `git@${host()}:uDOS/typo.git`],
    ['another case', () => `${work.github.gitUrl}/UDOS/Typo`],
    [
      'a token in it',
      () => `${work.github.gitUrl.replace('//', '//x-access-token:secret@')}/uDOS/typo`,
    ],
  ])('an origin by %s is the same repository', { tags: ['deep'] }, async (_name, origin) => {
    await work.git(typo, 'remote', 'set-url', 'origin', origin())
    const to = await next('two\n')
    const { json } = await work.wizard('REPO', 'SYNC', '--json')
    expect(json.repositories).toMatchObject([{ status: 'updated', to }])
    expect(await work.git(typo, 'config', 'remote.origin.url')).toBe(origin())
    expect((await pull('.', typo)).json).toMatchObject({ status: 'unchanged' })
  })

  it.each<[string, () => Promise<unknown>, number, object]>([
    [
      'a folder that is no clone',
      () => mkdir(work.path('plain')),
      1,
      { status: 'blocked', reason: 'not-a-repository' },
    ],
    [
      'a linked work tree',
      () => work.git(typo, 'worktree', 'add', '--quiet', work.path('plain')),
      1,
      {
        status: 'blocked',
        error: expect.objectContaining({
          message: expect.stringMatching(/plain is a linked work tree or a submodule$/),
        }),
      },
    ],
    [
      'a clone of somewhere else',
      () => elsewhere(),
      1,
      { status: 'blocked', reason: 'wrong-remote' },
    ],
  ])('%s is blocked', async (_name, make, status, entry) => {
    await make()
    const run = await pull('./plain')
    expect([run.status, run.json]).toEqual([status, expect.objectContaining(entry)])
  })

  const host = () => new URL(work.github.gitUrl).hostname
  const elsewhere = () => work.git('', 'clone', '--quiet', work.path(typo), work.path('plain'))
})
