import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gitText } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readLocal } from '../../../src/git/repository/open.js'

let top: string
let dir: string

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'wizard-local-'))
  dir = join(top, 'repo')
})
afterEach(() => rm(top, { recursive: true, force: true }))

const git = (...args: string[]) => gitText(['-C', dir, ...args])

async function repository(): Promise<string> {
  await gitText(['init', '--quiet', '--initial-branch', 'main', dir])
  await writeFile(join(dir, 'a'), 'a\n')
  await git('add', 'a')
  await git('commit', '--quiet', '--message', 'one')
  await git('remote', 'add', 'origin', 'https://github.com/uDOS/typo.git')
  return git('rev-parse', 'HEAD')
}

describe('readLocal', () => {
  it('tells nothing, an empty folder and what stands in the way apart', async () => {
    expect(await readLocal(dir)).toEqual({ kind: 'absent' })
    await mkdir(dir)
    expect(await readLocal(dir)).toEqual({ kind: 'empty' })
    await writeFile(join(dir, 'a'), '')
    expect(await readLocal(dir)).toEqual({
      kind: 'occupied',
      what: 'a folder that is not a git repository',
    })
    expect(await readLocal(join(dir, 'a'))).toEqual({ kind: 'occupied', what: 'a file' })
    await symlink(top, join(top, 'link'))
    expect(await readLocal(join(top, 'link'))).toEqual({
      kind: 'occupied',
      what: 'a symbolic link',
    })
  })

  it('reads branch, head and origin', async () => {
    const head = await repository()
    const expected = {
      kind: 'repository',
      origin: 'https://github.com/uDOS/typo.git',
      branch: 'main',
      head,
      shallow: false,
      unsupported: null,
    }
    expect(await readLocal(dir)).toEqual(expected)
    await git('pack-refs', '--all')
    expect(await readLocal(dir)).toEqual(expected)
    await git('checkout', '--quiet', '--detach')
    expect(await readLocal(dir)).toEqual({ ...expected, branch: null })
  })

  it('knows a branch that is not born', async () => {
    await gitText(['init', '--quiet', '--initial-branch', 'main', dir])
    expect(await readLocal(dir)).toMatchObject({ kind: 'repository', branch: 'main', head: null })
  })

  it('does not take a linked work tree, or a folder with an empty .git, for a repository', async () => {
    await repository()
    await git('worktree', 'add', '--quiet', join(top, 'linked'))
    expect(await readLocal(join(top, 'linked'))).toMatchObject({ kind: 'occupied' })
    await mkdir(join(top, 'odd', '.git'), { recursive: true })
    expect(await readLocal(join(top, 'odd'))).toMatchObject({ kind: 'occupied' })
  })

  it('calls a .git that is a symbolic link by its name', async () => {
    await repository()
    await rename(join(dir, '.git'), join(top, 'real'))
    await symlink(join(top, 'real'), join(dir, '.git'))
    const what = 'a work tree whose .git is a symbolic link'
    expect(await readLocal(dir)).toEqual({ kind: 'occupied', what })
  })

  it.each([
    ['a sparse checkout', ['sparse-checkout', 'set', 'sub']],
    ['an index of version 4', ['update-index', '--index-version', '4']],
    ['a split index', ['config', 'core.splitIndex', 'true']],
    ['no work tree (core.bare)', ['config', 'core.bare', 'true']],
    ['its work tree elsewhere (core.worktree)', ['config', 'core.worktree', '/elsewhere']],
    ['a partial clone', ['config', 'remote.origin.promisor', 'true']],
    [
      'remote.origin.fetch=+refs/heads/*:refs/remotes/foo/*',
      ['config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/foo/*'],
    ],
    [
      'remote.origin.fetch=refs/heads/main:refs/remotes/origin/other',
      ['config', 'remote.origin.fetch', 'refs/heads/main:refs/remotes/origin/other'],
    ],
    ['extensions.refstorage=reftable', ['config', 'extensions.refStorage', 'reftable']],
    ['extensions.objectformat=sha256', ['config', 'extensions.objectFormat', 'sha256']],
  ])('says that it has %s', async (words, args) => {
    await repository()
    await git(...args)
    expect(await readLocal(dir)).toMatchObject({ unsupported: words })
  })

  it.each([
    '+refs/heads/*:refs/remotes/origin/*',
    'refs/heads/main:refs/remotes/origin/main',
    '+refs/tags/*:refs/tags/*',
    '+refs/pull/*/head:refs/remotes/origin/pr/*',
  ])('takes branches where %s does', async (refspec) => {
    await repository()
    await git('config', 'remote.origin.fetch', refspec)
    expect(await readLocal(dir)).toMatchObject({ unsupported: null })
  })

  it('reads nothing of a repository whose refs are kept in another way', async () => {
    await gitText(['init', '--quiet', '--object-format', 'sha256', dir])
    await git('commit', '--quiet', '--allow-empty', '--message', 'one')
    const unsupported = 'extensions.objectformat=sha256'
    expect(await readLocal(dir)).toMatchObject({ branch: null, head: null, unsupported })
  })

  it('says that HEAD stands on what is no branch', async () => {
    await repository()
    await git('symbolic-ref', 'HEAD', 'refs/wip/x')
    const unsupported = 'a HEAD on refs/wip/x, which is not a branch'
    expect(await readLocal(dir)).toMatchObject({ branch: null, head: null, unsupported })
  })
})
