import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Git } from '../../../src/git/git.js'
import { openObjectStore } from '../../../src/git/plumbing/objects/store.js'
import { cloneRepository } from '../../../src/git/porcelain/clone/clone.js'
import { fetchRepository } from '../../../src/git/porcelain/fetch/fetch.js'
import { localWork } from '../../../src/git/porcelain/local-work.js'
import { moveWithSubmodules, type OwnMove } from '../../../src/git/porcelain/submodules/update.js'
import { moveTree } from '../../../src/git/worktree/move/move-tree.js'
import { repositoryWith, submodules } from '../../support/submodules.js'
import { openWorkspace, snapshot, type Workspace } from '../../support/workspace.js'
import { client } from '../support/client.js'

let work: Workspace
let git: Git
let url: string
const head = (repo: string) => work.github.oid(`uDOS/${repo}`, 'main')

beforeEach(async () => {
  work = await openWorkspace()
  git = client()
  url = `${work.github.gitUrl}/uDOS/super.git`
  const inner = await repositoryWith(work, 'inner', { 'i.txt': 'one\n' })
  await repositoryWith(work, 'first', {
    'f.txt': 'one\n',
    ...submodules({ path: 'in', url: '../inner', oid: inner }),
  })
  await repositoryWith(work, 'last', { 'l.txt': 'one\n' })
  await repositoryWith(work, 'new', { 'n.txt': 'new\n' })
  await repositoryWith(work, 'super', {
    'top.txt': 'one\n',
    ...submodules(
      { path: 'first', url: '../first', oid: await head('first') },
      { path: 'last', url: '../last', oid: await head('last') },
    ),
  })
  await cloneRepository(git, { url, dir: work.path('own'), branches: 'all', submodules: true })
  await work.git('own/first', 'checkout', '-q', 'main')
})
afterEach(() => work.close())

/** Upstream, one is moved, one is new, and the last in order has another commit. */
async function upstream() {
  await work.github.commit('uDOS/first', { files: { 'f.txt': 'two\n' } })
  await work.github.commit('uDOS/last', { files: { 'l.txt': 'two\n' } })
  await work.github.commit('uDOS/super', {
    files: {
      'top.txt': 'two\n',
      first: null,
      ...submodules(
        { path: 'a/new', name: 'new', url: '../new', oid: await head('new') },
        { path: 'b/first', name: 'first', url: '../first', oid: await head('first') },
        { path: 'last', url: '../last', oid: await head('last') },
      ),
    },
  })
}

/** Everything but what a fetch adds, and the traces of the way there and back. */
const state = () =>
  snapshot(
    work.path('own'),
    /^\.git$|\.git\/modules$|(^|\/)(modules\/new|objects|FETCH_HEAD|ORIG_HEAD|packed-refs|refs\/remotes|logs|index|config)(\/|$)/,
  )

describe('a move with submodules', { tags: ['deep'] }, () => {
  it('that fails in the last of them is taken back', async () => {
    await upstream()
    const dir = work.path('own')
    const gitDir = work.path('own/.git')
    const before = await state()
    const { oid: to } = await fetchRepository(git, { url, dir, ref: 'main' })
    const from = await work.git('own', 'rev-parse', 'HEAD')
    const store = await openObjectStore(gitDir)
    const move = { dir, gitDir, store, branch: 'main', message: 'move', liveness: undefined }
    const own: OwnMove = {
      async there() {
        await moveTree({ ...move, from, to })
        // Somebody edits a file after all was checked.
        await work.write('own/last/l.txt', 'mine\n')
      },
      back: async () => void (await moveTree({ ...move, from: to, to: from })),
    }
    await expect(moveWithSubmodules(git, { ...move, from, to, url }, own)).rejects.toThrow(
      'submodule last: local work is in the way: l.txt',
    )
    await store.close()
    expect(await work.read('own/last/l.txt')).toBe('mine\n')
    await work.write('own/last/l.txt', 'one\n')
    expect(await state()).toEqual(before)
    expect(await work.git('own', 'status', '--porcelain')).toBe('')
    expect(await work.git('own/first', 'status', '--porcelain', '--branch')).toBe(
      '## main...origin/main [behind 1]',
    )
    expect(await work.git('own/first/in', 'status', '--porcelain')).toBe('')
  })
})

it('a clone with submodules has no local work, wherever their commits are', {
  tags: ['deep'],
}, async () => {
  await work.github.commit('uDOS/last', { files: { 'l.txt': 'gone\n' } })
  const gone = await head('last')
  await work.github.branch('uDOS/last', 'main', await work.github.oid('uDOS/last', 'main~1'))
  await work.github.commit('uDOS/super', {
    files: submodules(
      { path: 'first', url: '../first', oid: await head('first') },
      { path: 'last', url: '../last', oid: gone },
    ),
  })
  await cloneRepository(git, { url, dir: work.path('two'), branches: 'one', submodules: true })
  const place = { dir: work.path('two'), gitDir: work.path('two/.git') }
  const store = await openObjectStore(place.gitDir)
  expect(await localWork({ ...place, store })).toEqual([])
  await work.write('two/first/in/mine.txt', 'mine\n')
  expect(await localWork({ ...place, store })).toContain(
    'submodule first: submodule in: 1 untracked file or folder: mine.txt',
  )
  await store.close()
})
