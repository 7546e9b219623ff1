import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import type { Files } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Pointed, repositoryWith, submodules } from '../../../support/submodules.js'
import { openWorkspace, snapshot, type Workspace } from '../../../support/workspace.js'

let work: Workspace
const place = 'library/all/super'
const head = (repo: string) => work.github.oid(`uDOS/${repo}`, 'main')
const sync = async () => (await work.wizard('REPO', 'SYNC', '--json')).json.repositories[0]
const commit = (files: Files) => work.github.commit('uDOS/super', { files })

const lib = async (more: Partial<Pointed> = {}) =>
  submodules({ path: 'lib', url: '../lib.git', oid: await head('lib'), ...more })

beforeEach(async () => {
  work = await openWorkspace()
  await work.repos({ all: [{ repo: 'super', submodules: true }] })
  const nest = await repositoryWith(work, 'nest', { 'n.txt': 'one\n' })
  await repositoryWith(work, 'lib', {
    'a.txt': 'one\n',
    ...submodules({ path: 'nest', url: '../nest', oid: nest }),
  })
  await repositoryWith(work, 'super', { 'top.txt': 'top\n', ...(await lib()) })
  expect(await sync()).toMatchObject({ status: 'cloned', warnings: [] })
})
afterEach(() => work.close())

/** Everything but what a fetch adds. */
const kept = () =>
  snapshot(work.path(place), /^\.git$|(^|\/)(objects|FETCH_HEAD|refs|logs|packed-refs)(\/|$)/)

const own: [string, string[]][] = [
  ['a branch', ['checkout', '-q', '-b', 'work']],
  ['a detached HEAD', ['checkout', '-q', '--detach']],
]
const changes: [string, () => Promise<Files>][] = [
  ['its commit changes', async () => lib({ oid: await changed() })],
  ['it is moved', async () => ({ lib: null, ...(await lib({ path: 'x/lib', name: 'lib' })) })],
  [
    'it is moved and its commit changes',
    async () => ({
      lib: null,
      ...(await lib({ path: 'x/lib', name: 'lib', oid: await changed() })),
    }),
  ],
  ['it has another name and commit', async () => lib({ name: 'other', oid: await changed() })],
]
async function changed() {
  await work.github.commit('uDOS/lib', { files: { 'a.txt': 'two\n' } })
  return head('lib')
}

describe.each(own)('a submodule with a commit of its own on %s', { tags: ['deep'] }, (_, args) => {
  it.each(changes)('blocks where %s', async (_name, files) => {
    await work.git(`${place}/lib`, ...args)
    await work.git(`${place}/lib`, 'commit', '-q', '--allow-empty', '-m', 'mine')
    const before = await kept()
    await commit({ 'top.txt': 'new\n', ...(await files()) })
    const { status, reason, error } = await sync()
    expect([status, reason]).toEqual(['blocked', 'dirty'])
    expect(error.message).toMatch(/^submodule (x\/)?lib: it is not at its recorded commit/)
    expect(await kept()).toEqual(before)
  })
})

/** Each is refused before anything moves: nothing was put there "meanwhile". */
const occupied: [string, () => Promise<Files>, () => Promise<unknown>, RegExp][] = [
  [
    'a folder of tracked files',
    async () => ({ lib: null, 'dir/d.txt': null, ...(await lib({ path: 'dir', name: 'lib' })) }),
    async () => {},
    /^submodule dir: its folder contains other files/,
  ],
  [
    'a folder of tracked files, which goes to its own',
    async () => ({
      lib: null,
      'dir/d.txt': null,
      'lib/d.txt': 'd\n',
      ...(await lib({ path: 'dir', name: 'lib' })),
    }),
    async () => {},
    /^submodule dir: its folder contains other files|local work is in the way: lib/,
  ],
  [
    'a folder with an untracked file',
    async () => ({ lib: null, ...(await lib({ path: 'x', name: 'lib' })) }),
    async () => {
      await mkdir(work.path(place, 'x'))
      await work.write(`${place}/x/mine.txt`, 'mine\n')
    },
    /^submodule x: its folder contains other files/,
  ],
  [
    'a repository',
    async () => ({ lib: null, ...(await lib({ path: 'x', name: 'lib' })) }),
    () => work.git(place, 'init', '-q', 'x'),
    /^submodule x: its folder contains other files/,
  ],
  [
    'the folder that it is in',
    async () => ({ 'sub/lib': null, ...(await lib({ path: 'sub', name: 'inner' })) }),
    async () => {
      await commit({ lib: null, ...(await lib({ path: 'sub/lib', name: 'inner' })) })
      await rm(work.path(place, 'lib'), { recursive: true })
      expect(await sync()).toMatchObject({ status: 'updated', error: null })
    },
    /^submodule sub: its old folder and its new one overlap/,
  ],
  [
    'a folder in its own',
    async () => ({ lib: null, ...(await lib({ path: 'lib/in', name: 'lib' })) }),
    async () => {},
    /^submodule lib\/in: its old folder|local work is in the way/,
  ],
]

describe('a submodule that is to be moved to', { tags: ['deep'] }, () => {
  it.each(occupied)('%s blocks, and every byte is as before', async (_, files, make, says) => {
    await commit({ 'dir/d.txt': 'd\n' })
    expect(await sync()).toMatchObject({ status: 'updated', error: null })
    await make()
    const before = await kept()
    await commit({ 'top.txt': 'new\n', ...(await files()) })
    const { status, error } = await sync()
    expect({ status, ...error }).toMatchObject({
      status: 'blocked',
      message: expect.stringMatching(says),
    })
    expect(await kept()).toEqual(before)
  })
})

describe('a submodule that is moved', { tags: ['deep'] }, () => {
  it('is filled in where it goes if its work tree was removed', async () => {
    await rm(work.path(place, 'lib'), { recursive: true })
    await commit({ lib: null, ...(await lib({ path: 'x/lib', name: 'lib' })) })
    expect(await sync()).toMatchObject({ status: 'updated', warnings: [], error: null })
    expect(await work.git(place, 'status', '--porcelain')).toBe('')
    expect(await work.git(`${place}/x/lib`, 'rev-parse', '--show-toplevel')).toBe(
      work.path(place, 'x/lib'),
    )
    expect(await sync()).toMatchObject({ status: 'unchanged', warnings: [], error: null })
  })

  it('is as git has it where one inside it moves too', async () => {
    await work.github.commit('uDOS/lib', {
      files: {
        nest: null,
        ...submodules({ path: 'deep/nest', name: 'nest', url: '../nest', oid: await head('nest') }),
      },
    })
    await commit({ lib: null, ...(await lib({ path: 'x/lib', name: 'lib' })) })
    expect(await sync()).toMatchObject({ status: 'updated', warnings: [], error: null })
    expect(existsSync(work.path(place, 'lib'))).toBe(false)
    expect(await sync()).toMatchObject({ status: 'unchanged', warnings: [], error: null })
    expect(await work.git(place, 'status', '--porcelain')).toBe('')
    const url = `${work.github.gitUrl}/uDOS/super.git`
    await work.git('.', 'clone', '-q', '--recurse-submodules', url, 'by-git')
    const compared = async (folder: string) => {
      const found = Object.entries(await snapshot(work.path(folder), /^\.git\/(?!modules)/))
      const isCompared = /(^|\/)(config|HEAD|\.git)$|^(?!\.git\/)/
      return Object.fromEntries(
        found.filter(([path]) => isCompared.test(path) && !/\blogs\b|refs\/remotes/.test(path)),
      )
    }
    expect(await compared(place)).toEqual(await compared('by-git'))
  })
})
