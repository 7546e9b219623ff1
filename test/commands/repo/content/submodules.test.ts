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
    submodules: await work.git(folder, 'submodule', 'status', '--recursive'),
    refs: await work.git(folder, 'submodule', 'foreach', '--recursive', 'git show-ref'),
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
