import { rm } from 'node:fs/promises'
import type { Files } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { repositoryWith, submodules } from '../../../support/submodules.js'
import { openWorkspace, snapshot, type Workspace } from '../../../support/workspace.js'

let work: Workspace
const place = 'library/all/super'

beforeEach(async () => {
  work = await openWorkspace()
  await reposWith({ submodules: true })
})
afterEach(() => work.close())

const reposWith = (more: object) => work.repos({ all: [{ repo: 'super', ...more }] })
const sync = async (...args: string[]) => {
  const { json } = await work.wizard('REPO', 'SYNC', '--json', ...args)
  return json.repositories[0]
}

/** The same commit as git has it. */
async function byGit(): Promise<string> {
  const url = `${work.github.gitUrl}/uDOS/super.git`
  await work.git('.', 'clone', '-q', '--single-branch', url, 'by-git')
  await work.git('by-git', 'submodule', '-q', 'update', '--init', '--recursive')
  return 'by-git'
}

/** The work tree, `.git` files of submodules too, and what git keeps for them. */
const compared = /^(?!\.git(\/|$))|^\.git\/modules\/(?!.*\blogs\/).*\b(config|HEAD|shallow)$/

async function stateOf(folder: string) {
  const found = Object.entries(await snapshot(work.path(folder)))
  return {
    files: Object.fromEntries(found.filter(([path]) => compared.test(path))),
    config: await work.git(folder, 'config', '--get-regexp', '^submodule'),
    // A branch stays where it was, and names a commit only in a clone that is new.
    submodules: await work
      .git(folder, 'submodule', 'foreach', '--recursive', 'git rev-parse HEAD; git show-ref')
      .then((shown) => shown.replaceAll(/.* refs\/(heads|remotes\/wizard)\/.*\n?/g, '').trimEnd()),
  }
}

async function expectAsGit(): Promise<void> {
  expect(await work.git(place, 'status', '--porcelain')).toBe('')
  expect(await stateOf(place)).toEqual(await stateOf(await byGit()))
  await work.git(place, 'submodule', '-q', 'foreach', '--recursive', 'git fsck --strict')
}

describe('a clone', { tags: ['deep'] }, () => {
  it('has the submodules that git would put there', async () => {
    const inner = await repositoryWith(work, 'inner', { 'i.txt': 'inner\n' })
    const lib = await repositoryWith(work, 'lib', {
      'a.txt': 'lib\n',
      ...submodules({ path: 'inner', url: '../inner.git', oid: inner }),
    })
    await repositoryWith(work, 'super', {
      'top.txt': 'top\n',
      ...submodules({ path: 'libs/lib', name: 'the lib', url: '../lib', oid: lib }),
    })
    expect(await sync()).toMatchObject({ status: 'cloned', warnings: [], error: null })
    await expectAsGit()
  })
})

describe('a pull', { tags: ['deep'] }, () => {
  const lib = 'uDOS/lib'
  let inner: string

  const point = (oid: string, more: object = {}) =>
    submodules({ path: 'lib', url: '../lib.git', oid, ...more })
  /** Commits to the submodule's repository, and the superproject takes it. */
  async function bump(files: Files, more: Files = {}) {
    await work.github.commit(lib, { files })
    const oid = await work.github.oid(lib, 'main')
    await work.github.commit('uDOS/super', { files: { ...point(oid), ...more } })
    return oid
  }

  beforeEach(async () => {
    inner = await repositoryWith(work, 'inner', { 'i.txt': 'inner\n' })
    const oid = await repositoryWith(work, 'lib', {
      'a.txt': 'one\n',
      'b.txt': 'b\n',
      ...submodules({ path: 'deep/inner', url: '../inner', oid: inner }),
    })
    await repositoryWith(work, 'super', { 'top.txt': 'top\n', ...point(oid) })
    expect(await sync()).toMatchObject({ status: 'cloned', warnings: [] })
  })

  it('has them follow, nested ones too', async () => {
    await work.github.commit('uDOS/inner', { files: { 'i.txt': 'inner two\n' } })
    const nested = await work.github.oid('uDOS/inner', 'main')
    await bump({
      'a.txt': 'two\n',
      'b.txt': null,
      ...submodules({ path: 'deep/inner', url: '../inner', oid: nested }),
    })
    expect(await sync()).toMatchObject({ status: 'updated', warnings: [], error: null })
    await expectAsGit()
    expect(await sync()).toMatchObject({ status: 'unchanged', warnings: [] })
  })

  it('adds new ones, and leaves removed ones where they are', async () => {
    const more = await repositoryWith(work, 'more', { 'm.txt': 'm\n' })
    await work.github.commit('uDOS/super', {
      files: {
        lib: null,
        ...submodules({ path: 'x/more', url: '../more', oid: more }),
      },
    })
    expect(await sync()).toMatchObject({ status: 'updated', warnings: [], error: null })
    expect(await work.read(`${place}/x/more/m.txt`)).toBe('m\n')
    expect(await work.read(`${place}/lib/deep/inner/i.txt`)).toBe('inner\n')
    expect(await work.git(place, 'status', '--porcelain')).toBe('?? lib/')
    const oid = await work.github.oid(lib, 'main')
    await work.github.commit('uDOS/super', {
      files: submodules(
        { path: 'x/more', url: '../more', oid: more },
        { path: 'lib', url: '../lib.git', oid },
      ),
    })
    expect(await sync()).toMatchObject({ status: 'updated', warnings: [], error: null })
    await expectAsGit()
  })

  it('takes one along that was moved', async () => {
    await work.write(`${place}/lib/mine.txt`, 'mine\n')
    await work.github.commit(lib, { files: { 'a.txt': 'two\n' } })
    const oid = await work.github.oid(lib, 'main')
    await work.github.commit('uDOS/super', {
      files: {
        lib: null,
        ...submodules({ path: 'libs/x/lib', name: 'lib', url: '../lib.git', oid }),
      },
    })
    expect(await sync()).toMatchObject({ status: 'updated', warnings: [], error: null })
    expect(await work.read(`${place}/libs/x/lib/mine.txt`)).toBe('mine\n')
    await rm(work.path(place, 'libs/x/lib/mine.txt'))
    await expectAsGit()
  })

  it('blocks where two change places, and nothing moves', async () => {
    const more = await repositoryWith(work, 'more', { 'm.txt': 'm\n' })
    const oid = await work.github.oid(lib, 'main')
    const both = (one: string, other: string) =>
      submodules(
        { path: one, name: 'lib', url: '../lib.git', oid },
        { path: other, name: 'more', url: '../more.git', oid: more },
      )
    await work.github.commit('uDOS/super', { files: both('lib', 'more') })
    expect(await sync()).toMatchObject({ status: 'updated', error: null })
    await work.github.commit('uDOS/super', { files: both('more', 'lib') })
    const before = await work.git(place, 'submodule', 'status', '--recursive')
    const { status, reason, error } = await sync()
    expect([status, reason]).toEqual(['blocked', 'unsupported'])
    expect(error.message).toMatch(
      /submodule (?:lib|more): its folder is now that of submodule (?:more|lib)/,
    )
    expect(await work.git(place, 'submodule', 'status', '--recursive')).toBe(before)
    expect(await work.git(place, 'status', '--porcelain')).toBe('')
  })

  it('follows another address on the same host, and no other', async () => {
    await work.github.addRepository('uDOS/fork', { empty: true })
    await work.git('.', 'clone', '-q', '--bare', `${work.github.gitUrl}/uDOS/lib.git`, 'fork.git')
    await work.github.importFrom('uDOS/fork', work.path('fork.git'))
    await work.github.commit('uDOS/fork', { files: { 'f.txt': 'fork\n' } })
    const fork = await work.github.oid('uDOS/fork', 'main')
    await work.github.commit('uDOS/super', { files: point(fork, { url: '../fork.git' }) })
    expect(await sync()).toMatchObject({ status: 'updated', warnings: [], error: null })
    expect(await work.read(`${place}/lib/f.txt`)).toBe('fork\n')
    const url = `${work.github.gitUrl}/uDOS/fork.git`
    expect(await work.git(`${place}/lib`, 'remote', 'get-url', 'origin')).toBe(url)
    expect(await work.git(place, 'config', 'submodule.lib.url')).toBe(url)
    await work.github.commit('uDOS/super', {
      files: { 'top.txt': 'new\n', ...point(fork, { url: 'https://192.0.2.1/uDOS/fork.git' }) },
    })
    const { status, error } = await sync()
    expect({ status, ...error }).toMatchObject({
      status: 'failed',
      message: 'submodule lib: its address is now on another host',
    })
    expect(await work.read(`${place}/top.txt`)).toBe('top\n')
  })

  /** What nobody may lose: everything but what a fetch adds. */
  const kept = () =>
    snapshot(work.path(place), /^\.git$|(^|\/)(objects|FETCH_HEAD|refs|logs|packed-refs)(\/|$)/)
  const mine = (...args: string[]) => work.git(`${place}/lib`, ...args)
  const commitMine = () => mine('commit', '-q', '--allow-empty', '-m', 'mine')

  const inTheWay: [string, () => Promise<unknown>, RegExp][] = [
    ['a change', () => work.write(`${place}/lib/a.txt`, 'mine\n'), /lib: local work .*a\.txt/],
    [
      'a staged change',
      async () => {
        await work.write(`${place}/lib/a.txt`, 'mine\n')
        await mine('add', 'a.txt')
      },
      /lib: local work .*a\.txt/,
    ],
    ['an untracked file', () => work.write(`${place}/lib/new.txt`, 'mine\n'), /lib: .*new\.txt/],
    ['a commit', commitMine, /lib: it is not at its recorded commit/],
    [
      'a commit on a branch',
      async () => {
        await mine('checkout', '-q', '-b', 'work')
        await commitMine()
      },
      /lib: it is not at its recorded commit/,
    ],
    [
      'an open merge',
      async () => {
        await mine('checkout', '-q', '-b', 'other')
        await commitMine()
        await mine('checkout', '-q', '--detach', 'main')
        await mine('merge', '-q', '--no-ff', '--no-commit', 'other')
      },
      /lib: a merge is in progress/,
    ],
    [
      'a change in a nested one',
      () => work.write(`${place}/lib/deep/inner/i.txt`, 'mine\n'),
      /lib\/deep\/inner: local work .*i\.txt/,
    ],
  ]

  it.each(inTheWay)('is blocked by %s in one, and nothing moves', async (_, make, says) => {
    await work.github.commit('uDOS/inner', { files: { 'i.txt': 'inner two\n' } })
    const nested = await work.github.oid('uDOS/inner', 'main')
    const other = await repositoryWith(work, 'other', { 'o.txt': 'o\n' })
    await work.github.commit('uDOS/super', {
      files: submodules(
        { path: 'a-other', url: '../other', oid: other },
        { path: 'lib', url: '../lib.git', oid: await work.github.oid(lib, 'main') },
      ),
    })
    expect(await sync()).toMatchObject({ status: 'updated' })
    await work.github.commit('uDOS/other', { files: { 'o.txt': 'o2\n' } })
    await make()
    const before = await kept()
    await work.github.commit(lib, {
      files: {
        'a.txt': 'two\n',
        'new.txt': 'new\n',
        ...submodules({ path: 'deep/inner', url: '../inner', oid: nested }),
      },
    })
    await work.github.commit('uDOS/super', {
      files: {
        'top.txt': 'new\n',
        ...submodules(
          { path: 'a-other', url: '../other', oid: await work.github.oid('uDOS/other', 'main') },
          { path: 'lib', url: '../lib.git', oid: await work.github.oid(lib, 'main') },
        ),
      },
    })
    const entry = await sync()
    expect(entry).toMatchObject({ status: 'blocked', reason: 'dirty' })
    expect(entry.error.message).toMatch(says)
    expect(await kept()).toEqual(before)
  })

  it('leaves what is not in its way', async () => {
    await work.write(`${place}/lib/b.txt`, 'mine\n')
    await work.write(`${place}/lib/deep/inner/untracked.txt`, 'mine\n')
    await mine('checkout', '-q', '-b', 'work')
    await bump({ 'a.txt': 'two\n' })
    expect(await sync()).toMatchObject({ status: 'updated', error: null })
    expect(await work.read(`${place}/lib/a.txt`)).toBe('two\n')
    expect(await work.read(`${place}/lib/b.txt`)).toBe('mine\n')
    expect(await mine('rev-parse', '--abbrev-ref', 'HEAD')).toBe('HEAD')
    const { json } = await work.wizard('REPO', 'STATUS', '--json')
    expect(json[0]).toMatchObject({ state: 'up-to-date', is_dirty: true })
    // A commit that the user has checked out stays where upstream did not move the submodule.
    await mine('checkout', '-q', '--', '.')
    await mine('checkout', '-q', 'work')
    await work.github.commit('uDOS/super', { files: { 'top.txt': 'new\n' } })
    expect(await sync()).toMatchObject({ status: 'updated', error: null })
    expect(await mine('rev-parse', '--abbrev-ref', 'HEAD')).toBe('work')
  })
})

describe('submodules that are there in part', { tags: ['deep'] }, () => {
  let oid: string

  beforeEach(async () => {
    oid = await repositoryWith(work, 'lib', { 'a.txt': 'one\n' })
    await repositoryWith(work, 'super', {
      ...submodules({ path: 'lib', url: '../lib.git', oid }),
    })
    await reposWith({})
    expect(await sync()).toMatchObject({ status: 'cloned', warnings: ['submodules'] })
    expect(await sync()).toMatchObject({ status: 'unchanged', warnings: ['submodules'] })
  })

  it('are filled in when they are wanted, whether upstream moved or not', async () => {
    await reposWith({ submodules: true })
    expect(await sync()).toMatchObject({ status: 'updated', warnings: [], error: null })
    await expectAsGit()
    expect(await sync()).toMatchObject({ status: 'unchanged', warnings: [] })
  })

  it('by git are adopted, and follow if they lag behind', async () => {
    await work.git(place, 'submodule', '-q', 'update', '--init')
    await work.github.commit('uDOS/lib', { files: { 'a.txt': 'two\n' } })
    const next = await work.github.oid('uDOS/lib', 'main')
    await work.github.commit('uDOS/super', {
      files: submodules({ path: 'lib', url: '../lib.git', oid: next }),
    })
    expect(await sync()).toMatchObject({ status: 'updated', warnings: ['submodules'] })
    expect(await work.read(`${place}/lib/a.txt`)).toBe('one\n')
    await reposWith({ submodules: true })
    expect(await sync()).toMatchObject({ status: 'updated', warnings: [], error: null })
    await expectAsGit()
  })

  it('are filled in by PULL --recurse-submodules', async () => {
    const { json } = await work.wizard('REPO', 'PULL', 'super', '--recurse-submodules', '--json')
    expect(json).toMatchObject({ status: 'updated', warnings: [], error: null })
    expect(await work.read(`${place}/lib/a.txt`)).toBe('one\n')
  })

  it('are not where files lie in their folder', async () => {
    await work.write(`${place}/lib/mine.txt`, 'mine\n')
    await reposWith({ submodules: true })
    expect(await sync()).toMatchObject({ status: 'blocked', reason: 'dirty' })
    expect(await work.read(`${place}/lib/mine.txt`)).toBe('mine\n')
  })

  it('are left where git’s configuration says so', async () => {
    await work.git(place, 'config', 'submodule.lib.url', '../lib.git')
    await work.git(place, 'config', 'submodule.lib.active', 'false')
    await reposWith({ submodules: true })
    expect(await sync()).toMatchObject({ status: 'unchanged', warnings: ['submodules'] })
  })

  it('are filled in by the pathspecs of submodule.active, as git does', async () => {
    const other = await repositoryWith(work, 'other', { 'o.txt': 'one\n' })
    await work.github.commit('uDOS/super', {
      files: submodules(
        { path: 'lib', url: '../lib.git', oid },
        { path: 'x/lib', url: '../lib.git', oid },
        { path: 'x/other', url: '../other.git', oid: other },
      ),
    })
    const active = ['x', ':!*/lib']
    expect(await sync()).toMatchObject({ status: 'updated', warnings: ['submodules'] })
    for (const one of active) await work.git(place, 'config', '--add', 'submodule.active', one)
    await reposWith({ submodules: true })
    expect(await sync()).toMatchObject({ status: 'updated', warnings: ['submodules'] })
    expect(await work.read(`${place}/x/other/o.txt`)).toBe('one\n')
    const url = `${work.github.gitUrl}/uDOS/super.git`
    await work.git('.', 'clone', '-q', '--single-branch', url, 'by-git')
    for (const one of active) await work.git('by-git', 'config', '--add', 'submodule.active', one)
    await work.git('by-git', 'submodule', '-q', 'update', '--init')
    expect(await stateOf(place)).toEqual(await stateOf('by-git'))
    await work.git(place, 'config', '--add', 'submodule.active', ':(attr:x)lib')
    const { status, error } = await sync()
    expect([status, error.message]).toEqual([
      'failed',
      'submodule.active: the pathspec ":(attr:x)lib" can\'t be used: "attr:x" is not supported',
    ])
  })

  it('are fetched where the aliases of git’s configuration lead', async () => {
    await work.git(place, 'config', 'submodule.lib.url', 'short:lib.git')
    const base = `url.${work.github.gitUrl}/uDOS/.insteadOf`
    await work.git(place, 'config', base, 'short:')
    await reposWith({ submodules: true })
    expect(await sync()).toMatchObject({ status: 'updated', warnings: [], error: null })
    expect(await work.read(`${place}/lib/a.txt`)).toBe('one\n')
  })

  it('are fetched by id where no branch leads to the commit', async () => {
    await work.github.commit('uDOS/lib', { files: { 'a.txt': 'two\n' } })
    const gone = await work.github.oid('uDOS/lib', 'main')
    await work.github.branch('uDOS/lib', 'main', oid)
    await work.github.commit('uDOS/super', {
      files: submodules({ path: 'lib', url: '../lib.git', oid: gone }),
    })
    await reposWith({ submodules: true })
    expect(await sync()).toMatchObject({ status: 'updated', warnings: [], error: null })
    expect(await work.read(`${place}/lib/a.txt`)).toBe('two\n')
    await expectAsGit()
  })

  it('come to one commit where .gitmodules says shallow', async () => {
    await work.github.commit('uDOS/lib', { files: { 'a.txt': 'two\n' } })
    oid = await work.github.oid('uDOS/lib', 'main')
    await work.github.commit('uDOS/super', {
      files: submodules({ path: 'lib', url: '../lib.git', oid, more: '\tshallow = true\n' }),
    })
    await reposWith({ submodules: true })
    expect(await sync()).toMatchObject({ status: 'updated', warnings: [], error: null })
    expect(await work.git(`${place}/lib`, 'rev-list', '--count', 'HEAD')).toBe('1')
    await expectAsGit()
  })
})
