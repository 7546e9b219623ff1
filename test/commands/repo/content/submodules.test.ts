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
      .then((shown) => shown.replaceAll(/.*refs\/heads\/.*\n/g, '')),
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
})
