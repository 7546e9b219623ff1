import { lstat, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import type { Files } from 'local-github'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkspace, snapshot, type Workspace } from '../../../support/workspace.js'

let work: Workspace
let entries: Record<string, { status: string; to: string; reason: string }>
const at = (repo: string) => `library/${repo}`

const kinds: [string, Files, Files][] = [
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
  ['a symlink becomes a folder', { x: { symlink: 'y' }, 'y/z': 'y\n' }, { x: null, 'x/a': 'a\n' }],
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
]
const repoOf = (name: string) => name.replaceAll(' ', '-')

/** One sync clones all of them and one pulls all; each test checks one of them. */
beforeAll(async () => {
  work = await openWorkspace()
  for (const [name, files] of kinds) {
    await work.github.addRepository(`uDOS/${repoOf(name)}`, { files })
  }
  const plain = { 'a.txt': 'one\n', 'sub/b.txt': 'b\n', 'sub/c.txt': 'c\n', 'x/a': 'a\n' }
  for (const repo of others) await work.github.addRepository(`uDOS/${repo}`, { files: plain })
  const repos = [...kinds.map(([name]) => repoOf(name)), ...others]
  await work.repos({ tools: repos.map((repo) => ({ repo, destination: at(repo) })) })
  await work.wizard('REPO', 'SYNC')
  for (const [name, , files] of kinds) await work.github.commit(`uDOS/${repoOf(name)}`, { files })
})
afterAll(() => work.close())

const others = ['steady', 'worked-in', 'linked']
const sync = async () => {
  const { json } = await work.wizard('REPO', 'SYNC', '--json')
  entries = Object.fromEntries(
    json.repositories.map((one: { repo: string }) => [one.repo.slice(5), one]),
  )
}

describe('what changes its kind upstream', { tags: ['deep'] }, () => {
  beforeAll(sync)

  it.each(kinds)('%s', async (name) => {
    const repo = repoOf(name)
    expect(entries[repo]).toMatchObject({
      status: 'updated',
      to: await work.github.oid(`uDOS/${repo}`),
    })
    const reference = work.path(`reference/${repo}`)
    await work.git('', 'clone', '--quiet', `${work.github.gitUrl}/uDOS/${repo}.git`, reference)
    const theirs = await snapshot(reference, /^\.git(\/|$)/)
    expect(await snapshot(work.path(at(repo)), /^\.git(\/|$)/)).toEqual(theirs)
    expect(await work.git(at(repo), 'status', '--porcelain')).toBe('')
    expect(await work.git(at(repo), 'fsck', '--full', '--strict')).toBe('')
  })
})

describe('a pull', () => {
  it('touches nothing that does not change', { tags: ['deep'] }, async () => {
    const marks = () =>
      Promise.all(
        ['sub/b.txt', 'sub/c.txt', '.git/config'].map(async (file) => {
          const { ino, mtimeNs, ctimeNs } = await lstat(work.path(at('steady'), file), {
            bigint: true,
          })
          return [file, ino, mtimeNs, ctimeNs]
        }),
      )
    const before = await marks()
    await work.github.commit('uDOS/steady', { files: { 'a.txt': 'two\n', 'sub/new.txt': 'n\n' } })
    await sync()
    expect(entries.steady).toMatchObject({ status: 'updated' })
    expect(await marks()).toEqual(before)
  })

  it('makes no file of a folder with local work in it', { tags: ['deep'] }, async () => {
    await writeFile(work.path(at('worked-in'), 'x/mine'), 'mine\n')
    await work.github.commit('uDOS/worked-in', { files: { 'x/a': null, x: 'file\n' } })
    await sync()
    expect(entries['worked-in']).toMatchObject({ status: 'blocked', reason: 'dirty' })
    expect(await work.read(`${at('worked-in')}/x/mine`)).toBe('mine\n')
    expect(await work.git(at('worked-in'), 'status', '--porcelain')).toBe('?? x/mine')
  })

  it('follows no symlink that was put in its way', async () => {
    await work.git('', 'init', '--quiet', work.path('outside'))
    await work.git(at('linked'), 'rm', '--quiet', '-r', '--cached', 'x')
    await rm(work.path(at('linked'), 'x'), { recursive: true })
    await symlink(work.path('outside'), work.path(at('linked'), 'x'))
    await work.github.commit('uDOS/linked', { files: { 'x/a': 'b\n' } })
    await sync()
    expect(entries.linked).toMatchObject({ status: 'blocked', reason: 'dirty' })
    expect(await readdir(work.path('outside'))).toEqual(['.git'])
    expect(await readlink(work.path(at('linked'), 'x'))).toBe(work.path('outside'))
  })
})
