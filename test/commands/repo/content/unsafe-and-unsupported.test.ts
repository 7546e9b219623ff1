import { readdir, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Files } from 'local-github'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkspace, snapshot, type Workspace } from '../../../support/workspace.js'

interface Entry {
  status: string
  warnings: string[]
  error: { message: string } | null
}

let work: Workspace
const at = (repo: string) => `library/tools/${repo}`
const repoOf = (name: string) => name.replaceAll(/[^\w]+/g, '-')
/** Files that a fetch may add; the others are work tree, index, HEAD and branches. */
const fetched = /^\.git\/(objects|FETCH_HEAD|refs\/remotes|logs\/refs\/remotes)|^\.git$/

/** Syncs all of them at once; each test checks one. */
async function sync(names: string[]): Promise<Record<string, Entry>> {
  await work.repos({ tools: names.map((name) => ({ repo: repoOf(name) })) })
  const { json } = await work.wizard('REPO', 'SYNC', '--json')
  const told = json.repositories.map((entry: Entry, index: number) => [names[index], entry])
  return Object.fromEntries(told)
}
const add = (name: string, files: Files) =>
  work.github.addRepository(`uDOS/${repoOf(name)}`, { files })

beforeAll(async () => {
  work = await openWorkspace()
})
afterAll(() => work.close())

describe('an unsafe tree', () => {
  const evil = { mode: '100644', content: 'evil\n' }
  const hostile: [string, Parameters<Workspace['github']['tree']>[1], string][] = [
    ['a .git', [{ mode: '040000', name: '.git', entries: [{ ...evil, name: 'config' }] }], '.git'],
    [
      'a .GIT in capitals',
      [{ mode: '040000', name: '.GIT', entries: [{ ...evil, name: 'config' }] }],
      '.GIT',
    ],
    ['git~1', [{ mode: '040000', name: 'git~1', entries: [{ ...evil, name: 'config' }] }], 'git~1'],
    [
      'a .git in a folder',
      [
        {
          mode: '040000',
          name: 'a',
          entries: [{ mode: '040000', name: '.git', entries: [{ ...evil, name: 'hooks' }] }],
        },
      ],
      'a/.git',
    ],
    [
      'a .. for a name',
      [{ mode: '040000', name: '..', entries: [{ ...evil, name: 'evil' }] }],
      '..',
    ],
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
    ['a .git with ignored letters', [{ ...evil, name: Buffer.from('.g\u200cit') }], '.g'],
  ]

  const names = hostile.map(([name]) => name)
  let found: Record<string, Entry>

  beforeAll(async () => {
    for (const [name, tree] of hostile) {
      await add(name, { 'a.txt': 'one\n' })
      await work.github.tree(`uDOS/${repoOf(name)}`, tree)
    }
    found = await sync(names)
  })

  it.each(hostile)('%s is refused in a clone, with its path', (name, _tree, path) => {
    expect(found[name]).toMatchObject({ status: 'failed', error: { code: 'PATH' } })
    expect(found[name]?.error?.message).toContain(path)
  })

  it('leaves nothing', async () => {
    expect(await readdir(work.path('library/tools')).catch(() => [])).toEqual([])
    expect(await readdir(work.root)).not.toContain('evil')
    expect(await stat('/tmp/wizard-evil').catch(() => null)).toBeNull()
  })

  it('is refused in a pull, and nothing changes', { tags: ['deep'] }, async () => {
    for (const name of names) {
      const repo = `uDOS/${repoOf(name)}`
      await work.github.branch(repo, 'main', `${await work.github.oid(repo, 'main~1')}`)
    }
    await sync(names)
    const before = await Promise.all(
      names.map((name) => snapshot(work.path(at(repoOf(name))), fetched)),
    )
    for (const [name, tree] of hostile) await work.github.tree(`uDOS/${repoOf(name)}`, tree)
    const pulled = await sync(names)
    for (const [index, [name, , path]] of hostile.entries()) {
      expect(pulled[name]).toMatchObject({ status: 'failed', error: { code: 'PATH' } })
      expect(pulled[name]?.error?.message).toContain(path)
      expect(await snapshot(work.path(at(repoOf(name))), fetched)).toEqual(before[index])
    }
  })
})

describe('what wizard does not do is said', () => {
  const needs: [string, Files, string[]][] = [
    ['another filter', { '.gitattributes': '*.txt filter=crypt\n', 'a.txt': 'one\n' }, ['filter']],
    [
      'an encoding that nobody knows, in a deeper folder',
      { 'sub/.gitattributes': '*.bat working-tree-encoding=odd\n', 'sub/a.bat': 'one\n' },
      ['encoding'],
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
  ]
  const names = needs.map(([name]) => name)
  const runs: Record<string, Entry>[] = []

  beforeAll(async () => {
    for (const [name, files] of needs) await add(name, files)
    runs.push(await sync(names), await sync(names))
    for (const name of names) {
      await work.github.commit(`uDOS/${repoOf(name)}`, { files: { more: 'm\n' } })
    }
    runs.push(await sync(names))
  })

  it.each(needs)('%s, in a clone, when nothing is new, in a pull', (name, _files, warnings) => {
    expect(runs.map((run) => run[name])).toMatchObject([
      { status: 'cloned', warnings },
      { status: 'unchanged', warnings },
      { status: 'updated', warnings },
    ])
  })
})

describe('what wizard can not do right is left alone', () => {
  const odd: [string, (repo: string) => Promise<unknown>, RegExp][] = [
    ['a sparse checkout', (repo) => work.git(repo, 'sparse-checkout', 'set', 'sub'), /sparse/],
    ['a split index', (repo) => work.git(repo, 'update-index', '--split-index'), /split/],
    [
      'an index of version 4',
      (repo) => work.git(repo, 'update-index', '--index-version', '4'),
      /version 4/,
    ],
    [
      'a work tree elsewhere',
      (repo) => work.git(repo, 'config', 'core.worktree', '/tmp'),
      /elsewhere/,
    ],
    ['an unknown extension', (repo) => unknownExtension(repo), /extensions\.odd/],
    ['an unknown version of the repository', (repo) => format(repo, '2'), /version=2/],
    ['a version that is no number', (repo) => format(repo, 'two'), /version=two/],
  ]
  const names = odd.map(([name]) => name)
  const states = () =>
    Promise.all(names.map((name) => snapshot(work.path(at(repoOf(name))), fetched)))
  let found: Record<string, Entry>
  let before: Record<string, string>[]

  beforeAll(async () => {
    for (const name of names) await add(name, { 'a.txt': 'one\n', 'sub/b.txt': 'b\n' })
    await sync(names)
    for (const [name, make] of odd) {
      await make(at(repoOf(name)))
      await work.github.commit(`uDOS/${repoOf(name)}`, { files: { 'a.txt': 'two\n' } })
    }
    before = await states()
    found = await sync(names)
  })

  it.each(odd)('%s', async (name, _make, message) => {
    expect(found[name]).toMatchObject({ status: 'blocked', reason: 'unsupported' })
    expect(found[name]?.error?.message).toMatch(message)
  })

  it('not a byte of them', async () => {
    expect(await states()).toEqual(before)
  })

  it('STATUS, RESET and CLONE leave a repository of an unknown version too, as git does', async () => {
    const repo = at(repoOf('an unknown version of the repository'))
    await expect(work.git(repo, 'status')).rejects.toThrow(/version/)
    for (const args of [
      ['STATUS', basename(repo)],
      ['RESET', basename(repo), '--yes'],
      ['CLONE', `uDOS/${basename(repo)}`, repo],
      ['PULL', `./${repo}`],
    ]) {
      const { out } = await work.wizard('REPO', ...args, '--json')
      expect(out, args[0]).toContain('core.repositoryformatversion=2')
    }
    expect(await states()).toEqual(before)
  })

  const format = (repo: string, version: string) =>
    work.git(repo, 'config', 'core.repositoryformatversion', version)

  const unknownExtension = async (repo: string) => {
    await work.git(repo, 'config', 'extensions.odd', 'true')
    await work.git(repo, 'config', 'core.repositoryformatversion', '1')
  }
})
