import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gitText, type LocalGitHub, startLocalGitHub } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GitHubNotFoundError, PathError, UsageError } from '../../../src/base/errors.js'
import { BlockedError } from '../../../src/git/errors.js'
import { GitHubClient } from '../../../src/github/client.js'
import { identify } from '../../../src/process/identity.js'
import { testHost } from '../../support/host.js'
import { submodules } from '../../support/submodules.js'
import { snapshot } from '../../support/workspace.js'

let github: LocalGitHub
let client: GitHubClient
let folder: string
let dir: string

beforeEach(async () => {
  github = await startLocalGitHub()
  await github.addRepository('uDOS/core', { private: true, files: { 'a.txt': 'one' } })
  folder = await mkdtemp(join(tmpdir(), 'working-copy-'))
  dir = join(folder, 'core')
  const { apiUrl: baseUrl, gitUrl, token } = github
  client = new GitHubClient({ baseUrl, gitUrl, token, host: testHost(folder) })
})
afterEach(async () => {
  await client.close()
  await github.close()
  await rm(folder, { recursive: true })
})

const git = (...args: string[]) => gitText(['-C', dir, ...args])

it('clones and pulls submodules if they are wanted', { tags: ['deep'] }, async () => {
  await github.addRepository('uDOS/lib', { files: { 'l.txt': 'one' } })
  const point = async () => ({
    files: submodules({ path: 'lib', url: '../lib', oid: await github.oid('uDOS/lib', 'main') }),
  })
  await github.commit('uDOS/core', await point())
  const { warnings } = await client.cloneRepo('uDOS', 'core', dir, undefined, { submodules: true })
  expect(warnings).toEqual([])
  await github.commit('uDOS/lib', { files: { 'l.txt': 'two' } })
  await github.commit('uDOS/core', await point())
  expect(await client.pullRepo(dir)).toMatchObject({ warnings: ['submodules'] })
  expect(await readFile(join(dir, 'lib/l.txt'), 'utf8')).toBe('one')
  expect(await client.pullRepo(dir, { submodules: true })).toMatchObject({
    warnings: [],
    filled: 1,
  })
  expect(await readFile(join(dir, 'lib/l.txt'), 'utf8')).toBe('two')
})

describe('cloneRepo', () => {
  it('clones all branches and tags, and leaves no token in the clone', async () => {
    await github.branch('uDOS/core', 'next')
    await github.tag('uDOS/core', 'v1')
    const { oid, branch } = await client.cloneRepo('uDOS', 'core', dir)
    expect(branch).toBe('main')
    expect(await git('rev-parse', 'HEAD', 'origin/next', 'v1')).toBe(`${oid}\n${oid}\n${oid}`)
    expect(await git('status', '--porcelain')).toBe('')
    expect(await readFile(join(dir, '.git', 'config'), 'utf8')).not.toContain(github.token)
  })

  it('checks out what is asked for', async () => {
    await github.branch('uDOS/core', 'next')
    await github.commit('uDOS/core', { branch: 'next', files: { 'a.txt': 'two' } })
    await client.cloneRepo('uDOS', 'core', dir, 'next')
    expect(await readFile(join(dir, 'a.txt'), 'utf8')).toBe('two')
  })

  it('marks its unfinished folder with its owner, and removes those of killed processes', async () => {
    const self = await identify(process.pid)
    const dead = join(folder, '.wizard-clone-core-dead')
    await mkdir(dead)
    await symlink(`wizard:${JSON.stringify({ ...self, started: '1' })}`, `${dead}.owner`)
    const seen: (string | null)[] = []
    const look = async () => {
      for (const name of await readdir(folder)) {
        if (/^\.wizard-clone-.*\.owner$/.test(name)) seen.push(await readlink(join(folder, name)))
      }
    }
    github.fail({ path: /git-upload-pack/, meanwhile: look })
    await client.cloneRepo('uDOS', 'core', dir)
    expect(new Set(seen)).toEqual(new Set([`wizard:${JSON.stringify(self)}`]))
    expect((await readdir(folder)).filter((name) => name.startsWith('.wizard'))).toEqual([])
  })

  it('tells what is not there, and names that are none', async () => {
    await expect(client.cloneRepo('uDOS', 'nope', dir)).rejects.toThrow(GitHubNotFoundError)
    await expect(client.cloneRepo('uDOS', '../x', dir)).rejects.toThrow(UsageError)
  })
})

describe('pullRepo', () => {
  beforeEach(async () => {
    await client.cloneRepo('uDOS', 'core', dir)
  })

  it('brings the branch up to its remote, and keeps local changes', async () => {
    await writeFile(join(dir, 'mine.txt'), 'mine')
    const oid = await github.commit('uDOS/core', { files: { 'a.txt': 'two' } })
    expect(await client.pullRepo(dir)).toMatchObject({ to: oid, backup: null })
    expect(await git('rev-parse', 'HEAD')).toBe(oid)
    expect(await git('status', '--porcelain')).toBe('?? mine.txt')
  })

  it('knows a repository by its ssh address', { tags: ['deep'] }, async () => {
    const oid = await github.commit('uDOS/core', { files: { 'a.txt': 'two' } })
    await git('remote', 'set-url', 'origin', 'git@127.0.0.1:udos/core.git')
    expect((await client.pullRepo(dir)).to).toBe(oid)
  })

  it("resolves an alias of the user's own git configuration", async () => {
    const oid = await github.commit('uDOS/core', { files: { 'a.txt': 'two' } })
    await git('remote', 'set-url', 'origin', 'gh:uDOS/core')
    const home = testHost(folder).env.HOME ?? folder
    await mkdir(home, { recursive: true })
    await writeFile(join(home, '.gitconfig'), `[url "${github.gitUrl}/"]\n\tinsteadOf = gh:\n`)
    expect((await client.pullRepo(dir)).to).toBe(oid)
  })

  it('does not take a file whose line ends the user has git convert for local work', {
    tags: ['deep'],
  }, async () => {
    await github.commit('uDOS/core', { files: { 'b.txt': 'one\ntwo\n' } })
    await client.pullRepo(dir)
    const home = testHost(folder).env.HOME ?? folder
    await mkdir(home, { recursive: true })
    await writeFile(join(home, '.gitconfig'), '[core]\n\tautocrlf = true\n')
    await writeFile(join(dir, 'b.txt'), 'one\r\ntwo\r\n')
    await git('-c', 'core.autocrlf=true', 'add', 'b.txt')
    await github.commit('uDOS/core', { files: { 'b.txt': 'three\n' } })
    await client.pullRepo(dir)
    expect(await readFile(join(dir, 'b.txt'), 'utf8')).toBe('three\r\n')
  })

  it.each([
    ['another server', ['remote', 'set-url', 'origin', 'https://evil.test/uDOS/core.git']],
    ['no remote', ['remote', 'remove', 'origin']],
    ['a detached HEAD', ['checkout', '-q', '--detach']],
  ])('leaves one with %s alone', async (_what, change) => {
    await git(...change)
    await expect(client.pullRepo(dir)).rejects.toThrow(BlockedError)
  })

  it('pulls a branch that HEAD names by a symlink, and HEAD stays one', {
    tags: ['deep'],
  }, async () => {
    const oid = await github.commit('uDOS/core', { files: { 'a.txt': 'two\n' } })
    await rm(join(dir, '.git/HEAD'))
    await symlink('refs/heads/main', join(dir, '.git/HEAD'))
    expect(await client.pullRepo(dir)).toMatchObject({ to: oid })
    expect(await git('rev-parse', 'HEAD', 'main')).toBe(`${oid}\n${oid}`)
    expect(await git('symbolic-ref', 'HEAD')).toBe('refs/heads/main')
    expect(await git('status', '--porcelain')).toBe('')
  })

  it('neither pulls nor recovers a repository of an unknown version, as git does', {
    tags: ['deep'],
  }, async () => {
    await github.commit('uDOS/core', { files: { 'a.txt': 'two' } })
    await git('config', 'core.repositoryformatversion', '2')
    await expect(git('status')).rejects.toThrow(/version/)
    await mkdir(join(dir, '.git/wizard-move'))
    const before = await snapshot(dir)
    await expect(client.pullRepo(dir)).rejects.toMatchObject({ reason: 'unsupported' })
    expect(await snapshot(dir)).toEqual(before)
  })

  it('leaves what is no repository alone', async () => {
    await expect(client.pullRepo(folder)).rejects.toThrow(BlockedError)
    await expect(client.pullRepo(join(folder, 'none'))).rejects.toThrow(PathError)
  })
})
