import { lstat, readdir, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Files } from '../support/github/index.js'
import { openWorkspace, snapshot, type Workspace } from './support/workspace.js'

let work: Workspace
const typo = 'library/tools/typo'
/** What a fetch may add; work tree, index, HEAD and branches are the rest. */
const fetched = /^\.git\/(objects|FETCH_HEAD|refs\/remotes|logs\/refs\/remotes)|^\.git$/

beforeEach(async () => {
  work = await openWorkspace()
  await work.repos({ tools: [{ repo: 'typo' }] })
})
afterEach(() => work.close())

const add = (files: Files) => work.github.addRepository('uDOS/typo', { files })
const sync = async () => {
  const { json, status } = await work.wizard('REPO', 'SYNC', '--json')
  return { ...json.repositories[0], exit: status }
}
/** What git itself would have made of it. */
const asGit = async () => {
  const url = `${work.github.gitUrl}/uDOS/typo.git`
  await work.git('', 'clone', '--quiet', url, work.path('reference'))
  return snapshot(work.path('reference'), /^\.git(\/|$)/)
}

describe('what changes its kind upstream', () => {
  it.each<[string, Files, Files]>([
    [
      'a file becomes a folder',
      { x: 'file\n', 'y/z': 'y\n' },
      { x: null, 'x/a': 'a\n', 'x/b/c': 'c\n' },
    ],
    [
      'a folder becomes a file',
      { 'x/a': 'a\n', 'x/b/c': 'c\n' },
      { 'x/a': null, 'x/b/c': null, x: 'file\n' },
    ],
    ['a file becomes a symlink', { x: 'file\n', 'y/z': 'y\n' }, { x: { symlink: 'y/z' } }],
    ['a symlink becomes a file', { x: { symlink: 'y' }, y: 'y\n' }, { x: 'file\n' }],
    [
      'a symlink becomes a folder',
      { x: { symlink: 'y' }, 'y/z': 'y\n' },
      { x: null, 'x/a': 'a\n' },
    ],
    [
      'a folder becomes a symlink',
      { 'x/a': 'a\n', 'y/a': 'y\n' },
      { 'x/a': null, x: { symlink: 'y' } },
    ],
    [
      'a symlink has a new target',
      { x: { symlink: 'a' }, a: 'a\n', b: 'b\n' },
      { x: { symlink: 'b' } },
    ],
    [
      'a file gains its exec bit',
      { x: '#!/bin/sh\n' },
      { x: { content: '#!/bin/sh\n', mode: '100755' } },
    ],
    ['a file loses its exec bit', { x: { content: 'x\n', mode: '100755' } }, { x: 'x\n' }],
    ['a folder loses its last file', { 'x/y/z': 'z\n', a: 'a\n' }, { 'x/y/z': null }],
    [
      'names that are not plain',
      { 'ä b\t"c"': '1\n', '-rf': '1\n' },
      { 'ä b\t"c"': '2\n', '-rf': null, 'a\\b': 'x\n' },
    ],
  ])('%s', async (_name, before, after) => {
    await add(before)
    await sync()
    const to = await work.github.commit('uDOS/typo', { files: after })
    expect(await sync()).toMatchObject({ status: 'updated', to, exit: 0 })
    expect(await snapshot(work.path(typo), /^\.git(\/|$)/)).toEqual(await asGit())
    expect(await work.git(typo, 'status', '--porcelain')).toBe('')
    expect(await work.git(typo, 'fsck', '--full', '--strict')).toBe('')
  })

  it('what does not change is not touched', async () => {
    await add({ 'a.txt': 'one\n', 'sub/b.txt': 'b\n', 'sub/c.txt': 'c\n' })
    await sync()
    const marks = () =>
      Promise.all(
        ['sub/b.txt', 'sub/c.txt', '.git/config'].map(async (file) => {
          const { ino, mtimeNs, ctimeNs } = await lstat(work.path(typo, file), { bigint: true })
          return [file, ino, mtimeNs, ctimeNs]
        }),
      )
    const before = await marks()
    await work.github.commit('uDOS/typo', { files: { 'a.txt': 'two\n', 'sub/new.txt': 'n\n' } })
    expect(await sync()).toMatchObject({ status: 'updated' })
    expect(await marks()).toEqual(before)
  })

  it('a folder with local work in it does not become a file', async () => {
    await add({ 'x/a': 'a\n' })
    await sync()
    await writeFile(work.path(typo, 'x/mine'), 'mine\n')
    await work.github.commit('uDOS/typo', { files: { 'x/a': null, x: 'file\n' } })
    expect(await sync()).toMatchObject({ status: 'blocked', reason: 'dirty' })
    expect(await work.read(`${typo}/x/mine`)).toBe('mine\n')
    expect(await work.git(typo, 'status', '--porcelain')).toBe('?? x/mine')
  })

  it('a symlink that was put in the way is not followed', async () => {
    await add({ 'x/a': 'a\n' })
    await sync()
    await work.git('', 'init', '--quiet', work.path('outside'))
    await work.git(typo, 'rm', '--quiet', '-r', '--cached', 'x')
    await rm(work.path(typo, 'x'), { recursive: true })
    await symlink(work.path('outside'), work.path(typo, 'x'))
    await work.github.commit('uDOS/typo', { files: { 'x/a': 'b\n' } })
    expect(await sync()).toMatchObject({ status: 'blocked', reason: 'dirty' })
    expect(await readdir(work.path('outside'))).toEqual(['.git'])
    expect(await readlink(work.path(typo, 'x'))).toBe(work.path('outside'))
  })
})

describe('an unsafe tree', () => {
  const evil = { mode: '100644', content: 'evil\n' }
  const hostile: [string, Parameters<Workspace['github']['tree']>[1], string][] = [
    ['.git', [{ mode: '040000', name: '.git', entries: [{ ...evil, name: 'config' }] }], '.git'],
    ['.GIT', [{ mode: '040000', name: '.GIT', entries: [{ ...evil, name: 'config' }] }], '.GIT'],
    ['git~1', [{ mode: '040000', name: 'git~1', entries: [{ ...evil, name: 'config' }] }], 'git~1'],
    [
      '.git in a folder',
      [
        {
          mode: '040000',
          name: 'a',
          entries: [{ mode: '040000', name: '.git', entries: [{ ...evil, name: 'hooks' }] }],
        },
      ],
      'a/.git',
    ],
    ['..', [{ mode: '040000', name: '..', entries: [{ ...evil, name: 'evil' }] }], '..'],
    ['a slash in a name', [{ ...evil, name: '../evil' }], '../evil'],
    ['an absolute name', [{ ...evil, name: '/tmp/wizard-evil' }], '/tmp/wizard-evil'],
    [
      'through a symlink',
      [
        { mode: '120000', name: 'a', content: '..' },
        { mode: '040000', name: 'a', entries: [{ ...evil, name: 'evil' }] },
      ],
      'a',
    ],
    [
      '.gitmodules as a symlink',
      [{ mode: '120000', name: '.gitmodules', content: '../evil' }],
      '.gitmodules',
    ],
    ['.git with ignored letters', [{ ...evil, name: Buffer.from('.g\u200cit') }], '.g'],
  ]

  it.each(hostile)(
    '%s is refused in a clone, with its path, and nothing is left',
    async (_name, tree, path) => {
      await work.github.addRepository('uDOS/typo')
      await work.github.tree('uDOS/typo', tree)
      const found = await sync()
      expect(found).toMatchObject({ status: 'failed', exit: 1, error: { code: 'PATH' } })
      expect(found.error.message).toContain(path)
      expect(await readdir(work.path('library/tools')).catch(() => [])).toEqual([])
      expect(await readdir(work.root)).not.toContain('evil')
      expect(await stat('/tmp/wizard-evil').catch(() => null)).toBeNull()
    },
  )

  it('is refused in a pull, and nothing changes', async () => {
    await add({ 'a.txt': 'one\n' })
    await sync()
    const before = await snapshot(work.path(typo), fetched)
    for (const [, tree, path] of hostile.filter(([name]) =>
      /^(\.git|\.\.|through)$|symlink/.test(name),
    )) {
      await work.github.tree('uDOS/typo', tree)
      const found = await sync()
      expect(found).toMatchObject({ status: 'failed', error: { code: 'PATH' } })
      expect(found.error.message).toContain(path)
      expect(await snapshot(work.path(typo), fetched)).toEqual(before)
    }
  })
})

describe('what wizard does not do is said', () => {
  it.each<[string, Files, string[]]>([
    [
      'LFS',
      { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n', 'x.bin': 'pointer\n' },
      ['lfs'],
    ],
    [
      'end-of-line attributes',
      { '.gitattributes': '* text=auto eol=crlf\n', 'a.txt': 'one\n' },
      ['eol'],
    ],
    [
      'in a deeper folder',
      { 'sub/.gitattributes': '*.bat text eol=crlf\n', 'sub/a.bat': 'one\n' },
      ['eol'],
    ],
    [
      'submodules',
      {
        '.gitmodules': '[submodule "x"]\n\tpath = x\n\turl = https://example.org/x\n',
        x: { gitlink: '0123456789abcdef0123456789abcdef01234567' },
      },
      ['submodules'],
    ],
    ['nothing of these', { '.gitattributes': '*.md linguist-documentation\n' }, []],
  ])('%s', async (_name, files, warnings) => {
    await add(files)
    expect(await sync()).toMatchObject({ status: 'cloned', warnings })
    // An unchanged repository still has them.
    expect(await sync()).toMatchObject({ status: 'unchanged', warnings })
    await work.github.commit('uDOS/typo', { files: { more: 'm\n' } })
    expect(await sync()).toMatchObject({ status: 'updated', warnings, exit: 0 })
  })
})

describe('what wizard can not do right is left alone', () => {
  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['a sparse checkout', () => work.git(typo, 'sparse-checkout', 'set', 'sub'), /sparse/],
    ['a split index', () => work.git(typo, 'update-index', '--split-index'), /split/],
    [
      'an index of version 4',
      () => work.git(typo, 'update-index', '--index-version', '4'),
      /version 4/,
    ],
    ['a work tree elsewhere', () => work.git(typo, 'config', 'core.worktree', '/tmp'), /elsewhere/],
    ['an unknown extension', () => unknownExtension(), /extensions\.odd/],
  ])('%s', async (_name, make, message) => {
    await add({ 'a.txt': 'one\n', 'sub/b.txt': 'b\n' })
    await sync()
    await make()
    await work.github.commit('uDOS/typo', { files: { 'a.txt': 'two\n' } })
    const before = await snapshot(work.path(typo), fetched)
    const found = await sync()
    expect(found).toMatchObject({ status: 'blocked', reason: 'unsupported', exit: 1 })
    expect(found.error.message).toMatch(message)
    expect(await snapshot(work.path(typo), fetched)).toEqual(before)
  })

  const unknownExtension = async () => {
    await work.git(typo, 'config', 'extensions.odd', 'true')
    await work.git(typo, 'config', 'core.repositoryformatversion', '1')
  }
})
