import { mkdtemp, readFile, readlink, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { gitText, type LocalGitHub, startLocalGitHub } from '../src/index.js'

let github: LocalGitHub
let folder: string

beforeEach(async () => {
  github = await startLocalGitHub()
  folder = await mkdtemp(join(tmpdir(), 'wizard-git-'))
})

afterEach(async () => {
  await github.close()
  await rm(folder, { recursive: true, force: true })
})

/** Clones, and returns the folder. */
async function clone(name: string, { url = github.gitUrl, args = [] as string[] } = {}) {
  const dir = join(folder, `clone${Math.random()}`)
  await gitText([...args, 'clone', '--quiet', `${url}/${name}.git`, dir])
  return dir
}

const basic = (token: string) =>
  `Authorization: Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`

test('git clones branches, tags, modes and symlinks, and fetches what is new', {
  tags: ['deep'],
}, async () => {
  await github.addRepository('uDOS/typo', {
    files: {
      'bin/run': { content: '#!/bin/sh\n', mode: '100755' },
      link: { symlink: 'bin/run' },
      'a/b/c/deep "quoted" ü.txt': 'deep\n',
    },
  })
  await github.tag('uDOS/typo', 'v1.0.0', { annotated: true })
  await github.branch('uDOS/typo', 'next')
  const dir = await clone('uDOS/typo')
  expect((await stat(join(dir, 'bin/run'))).mode & 0o111).toBe(0o111)
  expect(await readlink(join(dir, 'link'))).toBe('bin/run')
  expect(await readFile(join(dir, 'a/b/c/deep "quoted" ü.txt'), 'utf8')).toBe('deep\n')
  const oid = await github.commit('uDOS/typo', { files: { new: 'file\n', link: null } })
  await gitText(['-C', dir, 'pull', '--quiet'])
  expect(await gitText(['-C', dir, 'rev-parse', 'HEAD'])).toBe(oid)
  expect(await gitText(['-C', dir, 'branch', '-r'])).toContain('origin/next')
  expect(await gitText(['-C', dir, 'cat-file', '-t', 'v1.0.0'])).toBe('tag')
  expect(await gitText(['-C', dir, 'fsck', '--full'])).toBe('')
})

test('protocol v2 is spoken, and v0 where it is turned off', { tags: ['deep'] }, async () => {
  await github.addRepository('uDOS/typo')
  await clone('uDOS/typo')
  const posts = github.requests.filter(({ method }) => method === 'POST')
  expect(posts[0]?.body).toContain('command=ls-refs')
  const old = await startLocalGitHub({ protocolV2: false })
  try {
    await old.addRepository('uDOS/typo')
    await clone('uDOS/typo', { url: old.gitUrl })
    expect(old.requests.some(({ body }) => body.includes('command='))).toBe(false)
  } finally {
    await old.close()
  }
})

test('a private repository asks for Basic credentials, and a wrong token is refused', {
  tags: ['deep'],
}, async () => {
  await github.addRepository('uDOS/secret', { private: true })
  const answer = await fetch(`${github.gitUrl}/uDOS/secret.git/info/refs?service=git-upload-pack`)
  expect(answer.status).toBe(401)
  expect(answer.headers.get('www-authenticate')).toBe('Basic realm="GitHub"')
  await expect(clone('uDOS/secret')).rejects.toThrow('could not read Username')
  const wrong = { authorization: basic('ghp_other').slice('Authorization: '.length) }
  expect((await fetch(answer.url, { headers: wrong })).status).toBe(401)
  await clone('uDOS/secret', { args: ['-c', `http.extraHeader=${basic(github.token)}`] })
})

test('a missing repository looks private, and missing only to who may know', async () => {
  const url = `${github.gitUrl}/uDOS/none.git/info/refs?service=git-upload-pack`
  expect((await fetch(url)).status).toBe(401)
  const headers = { authorization: basic(github.token).slice('Authorization: '.length) }
  expect((await fetch(url, { headers })).status).toBe(404)
})

test('a renamed repository redirects until a stranger takes its name', {
  tags: ['deep'],
}, async () => {
  await github.addRepository('uDOS/old')
  github.rename('uDOS/old', 'uDOS/new')
  const dir = await clone('uDOS/old')
  expect(await gitText(['-C', dir, 'rev-parse', 'HEAD'])).toBe(await github.oid('uDOS/new'))
  const stranger = await github.addRepository('uDOS/old', { files: { stranger: '' } })
  expect(await gitText(['-C', await clone('uDOS/old'), 'ls-files'])).toBe('stranger')
  expect(stranger.id).not.toBe(github.world.require('uDOS/new').id)
})

test('a push needs a token, and moves the branch', { tags: ['deep'] }, async () => {
  await github.addRepository('uDOS/typo')
  const dir = await clone('uDOS/typo')
  await gitText(['-C', dir, 'commit', '--quiet', '--allow-empty', '-m', 'Mine'])
  await expect(gitText(['-C', dir, 'push', '--quiet'])).rejects.toThrow('could not read Username')
  await gitText(['-C', dir, '-c', `http.extraHeader=${basic(github.token)}`, 'push', '--quiet'])
  expect(await github.oid('uDOS/typo')).toBe(await gitText(['-C', dir, 'rev-parse', 'HEAD']))
})

test('commits can be forced, merged, rootless and hostile', async () => {
  const { bare } = await github.addRepository('uDOS/typo', { files: { a: '1' } })
  const begin = await github.oid('uDOS/typo')
  const second = await github.commit('uDOS/typo', { files: { a: '2' } })
  const forced = await github.commit('uDOS/typo', { files: { a: '3' }, force: true })
  const parents = (oid: string) => gitText(['log', '-1', '--format=%P', oid], { dir: bare })
  expect(await parents(forced)).toBe(begin)
  const merged = await github.commit('uDOS/typo', { merge: [second], message: 'Merge' })
  expect(await parents(merged)).toBe(`${forced} ${second}`)
  const root = await github.commit('uDOS/typo', { parent: null, files: { b: '' } })
  expect(await parents(root)).toBe('')
  expect(await gitText(['ls-tree', '--name-only', root], { dir: bare })).toBe('b')
  const hostile = await github.tree('uDOS/typo', [
    { mode: '40000', name: '.git', entries: [{ mode: '100644', name: 'config', content: 'x' }] },
    { mode: '100644', name: '..', content: 'up' },
  ])
  expect(await gitText(['ls-tree', '-r', '--name-only', hostile], { dir: bare })).toBe(
    '.git/config\n..',
  )
  expect(await parents(hostile)).toBe(root)
})

test('a file becomes a folder, and the other way round', async () => {
  const { bare } = await github.addRepository('uDOS/typo', { files: { a: '', 'b/c': '' } })
  const oid = await github.commit('uDOS/typo', { files: { 'a/x': '', b: { symlink: 'a' } } })
  expect(await gitText(['ls-tree', '-r', '--name-only', oid], { dir: bare })).toBe('a/x\nb')
})

test('an empty repository has no commit', async () => {
  await github.addRepository('uDOS/empty', { empty: true, defaultBranch: 'trunk' })
  const dir = await clone('uDOS/empty')
  expect(await gitText(['-C', dir, 'symbolic-ref', 'HEAD'])).toBe('refs/heads/trunk')
})

test('any commit can be asked for, as deep as wanted', { tags: ['deep'] }, async () => {
  await github.addRepository('uDOS/typo')
  const old = await github.commit('uDOS/typo', { message: 'Replaced' })
  await github.commit('uDOS/typo', { force: true })
  const dir = await clone('uDOS/typo', { args: [] })
  await gitText(['-C', dir, 'fetch', '--quiet', '--depth=1', 'origin', old])
  expect(await gitText(['-C', dir, 'log', '--format=%s', 'FETCH_HEAD'])).toBe('Replaced')
})
