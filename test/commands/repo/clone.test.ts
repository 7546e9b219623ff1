import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { gitText } from 'local-github'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkspace, snapshot, type Workspace } from '../../support/workspace.js'

let work: Workspace
let first: string

beforeAll(async () => {
  work = await openWorkspace()
  const name = 'uDOS/typo'
  await work.github.addRepository(name, {
    files: {
      'a.txt': 'one\n',
      'sub/deep/b.bin': Buffer.from([0, 255, 10]),
      'run.sh': { content: '#!/bin/sh\n', mode: '100755' },
      link: { symlink: 'sub/deep' },
      'ünï cödé\t"q"': 'x\n',
    },
  })
  first = await work.github.oid(name)
  await work.github.tag(name, 'light')
  await work.github.tag(name, 'v1', { annotated: true })
  await work.github.branch(name, 'feature/x')
  await work.github.commit(name, { branch: 'feature/x', files: { f: 'f\n' } })
  await work.github.tag(name, 'on-feature', { target: 'refs/heads/feature/x', annotated: true })
  for (const text of ['two\n', 'three\n'])
    await work.github.commit(name, { files: { 'a.txt': text } })
  await work.github.ref(name, 'refs/pull/1/head', first)
})
afterAll(() => work.close())

const refs = (dir: string) =>
  gitText(['-C', work.path(dir), 'for-each-ref', '--format=%(refname) %(objectname) %(symref)'])
const clone = (...args: string[]) => work.wizard('REPO', 'CLONE', 'uDOS/typo', '--json', ...args)

describe('REPO CLONE', () => {
  it.each<[string, string[], string[]]>([
    ['all', [], []],
    ['--single-branch', ['--single-branch'], ['--single-branch']],
    ['--branch', ['--branch', 'feature/x'], ['--branch', 'feature/x']],
    ['--branch TAG', ['--branch', 'v1'], ['--branch', 'v1']],
    [
      '--branch TAG --single-branch',
      ['--branch', 'v1', '--single-branch'],
      ['--branch', 'v1', '--single-branch'],
    ],
    ['--depth', ['--depth', '2'], ['--depth', '2']],
    [
      '--depth --branch',
      ['--depth', '1', '--branch', 'feature/x'],
      ['--depth', '1', '--branch', 'feature/x'],
    ],
  ])('%s is what git makes', { tags: ['deep'] }, async (name, own, gits) => {
    const [ours, theirs] = [`ours ${name}`, `theirs ${name}`]
    const { status, json, err } = await clone(ours, ...own)
    expect([status, err]).toEqual([0, ''])
    const url = `${work.github.gitUrl}/uDOS/typo.git`
    await gitText([
      '-c',
      'advice.detachedHead=false',
      'clone',
      '--quiet',
      ...gits,
      url,
      work.path(theirs),
    ])
    expect(await refs(ours)).toBe(await refs(theirs))
    const inside = (dir: string, ...args: string[]) => gitText(['-C', work.path(dir), ...args])
    for (const args of [
      ['rev-parse', '--symbolic-full-name', 'HEAD'],
      ['rev-list', '--count', 'HEAD'],
      ['ls-files', '--stage'],
      ['config', '--get-regexp', '^(branch|remote)\\.'],
    ]) {
      expect(await inside(ours, ...args)).toBe(await inside(theirs, ...args))
    }
    expect(await snapshot(work.path(ours), /^\.git/)).toEqual(
      await snapshot(work.path(theirs), /^\.git/),
    )
    expect(await inside(ours, 'status', '--porcelain')).toBe('')
    expect(await inside(ours, 'fsck', '--full', '--strict')).toBe('')
    expect(json).toMatchObject({
      repo: 'uDOS/typo',
      group: null,
      path: work.path(ours),
      status: 'cloned',
      from: null,
      to: await inside(theirs, 'rev-parse', 'HEAD'),
      reason: null,
      error: null,
      warnings: [],
    })
  })

  it('--branch takes a full commit id', async () => {
    const { json } = await clone('at-commit', '--branch', first)
    expect(json).toMatchObject({ status: 'cloned', to: first })
    expect(await work.git('at-commit', 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('HEAD')
    expect(await work.git('at-commit', 'status', '--porcelain')).toBe('')
  })

  it('goes to ./repo, into an empty folder, and by address', async () => {
    await mkdir(work.path('here/typo'), { recursive: true })
    const args = ['REPO', 'CLONE', `${work.github.gitUrl}/uDOS/typo.git`]
    const { status, out } = await work.run(args, {
      cwd: work.path('here'),
      env: { WIZARD_CONFIG: work.path('config') },
    })
    expect(status).toBe(0)
    expect(out).toMatch(/^✅ typo cloned \([\d.]+ k?B, main branch\)\n$/)
    expect(await readdir(work.path('here'))).toEqual(['typo'])
    expect(await readFile(work.path('here/typo/a.txt'), 'utf8')).toBe('three\n')
  })

  it.each<[string, (path: string) => Promise<unknown>]>([
    ['a folder', (path) => mkdir(path).then(() => writeFile(`${path}/x`, 'x'))],
    ['a file', (path) => writeFile(path, 'x')],
  ])('%s that is there is left alone, exit 1', async (name, make) => {
    const dest = `taken by ${name}`
    await make(work.path(dest))
    const before = await snapshot(work.root, /^(memory|config|\.wizard)/)
    const { status, json, err } = await clone(dest)
    expect(status).toBe(1)
    expect(json).toMatchObject({ status: 'blocked', reason: 'not-a-repository' })
    expect(JSON.parse(err).error).toMatchObject({ code: 'FAILED' })
    expect(await snapshot(work.root, /^(memory|config|\.wizard)/)).toEqual(before)
  })

  it.each([
    ['a branch that is not there', ['uDOS/typo', 'x', '--branch', 'none'], 3],
    ['a repository that is not there', ['uDOS/none', 'x'], 3],
  ])('%s is exit 3, and leaves nothing', async (_name, args, status) => {
    const run = await work.wizard('REPO', 'CLONE', ...args, '--json')
    expect([run.status, run.json.status]).toEqual([status, 'failed'])
    expect(JSON.parse(run.err).error.code).toBe('GITHUB_NOT_FOUND')
    expect(await readdir(work.root)).not.toContain('x')
  })

  it('of an empty repository is one too', async () => {
    await work.github.addRepository('uDOS/nothing', { empty: true })
    const { status, json } = await work.wizard('REPO', 'CLONE', 'nothing', '--json')
    expect([status, json.to]).toEqual([0, null])
    expect(await work.git('nothing', 'status', '--porcelain', '--branch')).toBe(
      '## No commits yet on main...origin/main [gone]',
    )
  })
})
