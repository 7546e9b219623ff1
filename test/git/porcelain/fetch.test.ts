import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { LocalGitHub } from 'local-github'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  ConflictError,
  GitHubError,
  GitHubNetworkError,
  GitHubNotFoundError,
} from '../../../src/base/errors.js'
import { fetchRepository } from '../../../src/git/porcelain/fetch/fetch.js'
import type { Liveness } from '../../../src/process/owner-mark.js'
import { inShell } from '../../support/shell.js'
import {
  beforePack,
  client,
  localGitHub,
  servedHistory,
  usesOtherEngine,
} from '../support/client.js'
import { runUntilKilled } from '../support/dying.js'
import { historyStream } from '../support/histories.js'
import { git, gitBytes, networkGit, runAll, temporaryFolder } from '../support/real-git.js'

interface Setting {
  github: LocalGitHub
  url: string
  bare: string
  /** A clone for wizard, and the same for git. */
  ours: string
  oracle: string
}

async function setting({ protocolV2 = true, args = [] as string[] } = {}): Promise<Setting> {
  const github = await localGitHub({ protocolV2 })
  const { url, bare } = await servedHistory(github, 'uDOS/typo', { commits: 12, files: 5 })
  const folder = temporaryFolder()
  for (const name of ['ours', 'oracle']) {
    await networkGit(folder, ['clone', '--quiet', ...args, url, name])
  }
  github.requests.length = 0
  return { github, url, bare, ours: join(folder, 'ours'), oracle: join(folder, 'oracle') }
}

/** More commits on a branch, by another seed. @returns its new tip */
function advance(bare: string, { branch = 'main', commits = 5, seed = 2 } = {}): string {
  const stream = historyStream({ branch, commits, seed, files: 5, start: 1_700_100_000 })
  const tip = git(bare, ['rev-parse', branch])
  const first = Buffer.from(`commit refs/heads/${branch}\n`)
  const continued = Buffer.concat([
    Buffer.from(`reset refs/heads/${branch}\nfrom ${tip}\n\n`),
    stream.subarray(stream.indexOf(first)),
  ])
  git(bare, ['fast-import', '--quiet', '--force'], { input: continued })
  return git(bare, ['rev-parse', branch])
}

const packet = (text: string) => (text.length + 4).toString(16).padStart(4, '0') + text

const sideband = (band: number, text: string) => packet(String.fromCharCode(band) + text)

/** isomorphic-git asks for the refs itself, and speaks version 0. */
const isOther = usesOtherEngine()

/** How a server's answer begins, before the pack. */
const first = packet(isOther ? 'NAK\n' : 'packfile\n')

/** The answer to isomorphic-git's own question for the refs. */
function discovery(response: ServerResponse, oid: string): string {
  response.setHeader('content-type', 'application/x-git-upload-pack-advertisement')
  const service = `${packet('# service=git-upload-pack\n')}0000`
  return `${service}${packet(`${oid} HEAD\0side-band-64k\n`)}0000`
}

/** A server that answers by the request's body. */
async function serving(answer: (body: string, response: ServerResponse) => void): Promise<string> {
  const server = createServer(async (request, response) => answer(await text(request), response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/uDOS/typo.git`
}

const listRefs = ['for-each-ref', '--format=%(refname) %(objectname)']
const refsOf = (dir: string) => git(dir, listRefs)

const fetchHeadOf = (dir: string) =>
  readFileSync(join(dir, '.git/FETCH_HEAD'), 'utf8').trim().split('\n').sort()

/** wizard leaves the same as git fetch, and the repository is complete. */
function expectSame({ ours, oracle }: Setting): void {
  const [refs, faults, changes] = runAll(ours, [
    ['git', ...listRefs],
    ['git', 'fsck', '--full', '--strict', '--no-dangling'],
    ['git', 'status', '--porcelain'],
  ])
  expect([refs, faults, changes]).toEqual([refsOf(oracle), '', ''])
  expect(fetchHeadOf(ours)).toEqual(fetchHeadOf(oracle))
  expect(
    readdirSync(join(ours, '.git/objects/pack')).filter((name) => name.startsWith('tmp')),
  ).toEqual([])
}

describe.each([
  ['version 2', true],
  ['version 0', false],
])('by %s', (_, protocolV2) => {
  test('what is new on a branch, as git fetch brings it', { tags: ['deep'] }, async () => {
    const all = await setting({ protocolV2 })
    const { url, bare, ours: dir, oracle } = all
    const before = git(dir, ['rev-parse', 'origin/main'])
    const tip = advance(bare)
    const { oid, bytes } = await fetchRepository(client(), { url, dir, ref: 'main' })
    await networkGit(oracle, ['fetch', '--quiet', 'origin', 'main'])
    expect(oid).toBe(tip)
    expect(bytes).toBeGreaterThan(500)
    expectSame(all)
    const log = git(dir, ['reflog', '-1', '--format=%H %gs', 'origin/main'])
    expect(log).toBe(`${tip} fetch: fast-forward`)
    expect(git(dir, ['rev-parse', 'origin/main@{1}'])).toBe(before)
  })

  test('tags: those on what is here are followed, others are not, and none here is moved', {
    tags: ['deep'],
  }, async () => {
    const all = await setting({ protocolV2, args: ['--single-branch'] })
    const { github, url, bare, ours: dir, oracle } = all
    const name = 'uDOS/typo'
    for (const one of [dir, oracle]) git(one, ['tag', 'mine', 'HEAD~2'])
    await github.tag(name, 'mine', { annotated: true })
    await github.tag(name, 'old-light', { target: 'main~3' })
    await github.tag(name, 'old-annotated', { target: 'main~4', annotated: true })
    advance(bare)
    await github.tag(name, 'new-light', { target: 'main~1' })
    await github.tag(name, 'new-annotated', { annotated: true })
    await github.branch(name, 'other')
    advance(bare, { branch: 'other', seed: 5 })
    await github.tag(name, 'elsewhere', { target: 'other', annotated: true })
    await fetchRepository(client(), { url, dir, ref: 'main' })
    await networkGit(oracle, ['fetch', '--quiet', 'origin'])
    expectSame(all)
    const tags = git(dir, ['tag', '--list']).split('\n')
    expect(tags).toEqual(['mine', 'new-annotated', 'new-light', 'old-annotated', 'old-light'])
    expect(git(dir, ['rev-parse', 'mine'])).toBe(git(dir, ['rev-parse', 'HEAD~2']))
  })

  test('a force-push moves the tracking ref, and keeps the old tip in its reflog', {
    tags: ['deep'],
  }, async () => {
    const all = await setting({ protocolV2 })
    const { github, url, ours: dir, oracle } = all
    const old = git(dir, ['rev-parse', 'origin/main'])
    await github.commit('uDOS/typo', { force: true, files: { 'README.md': 'again\n' } })
    await fetchRepository(client(), { url, dir, ref: 'main' })
    await networkGit(oracle, ['fetch', '--quiet', 'origin', 'main'])
    expectSame(all)
    expect(git(dir, ['rev-parse', 'origin/main@{1}'])).toBe(old)
    expect(git(dir, ['reflog', '-1', '--format=%gs', 'origin/main'])).toBe('fetch: forced-update')
    expect(git(dir, ['rev-parse', 'main'])).toBe(old)
  })

  test('a shallow clone stays so, and gets what is new', { tags: ['deep'] }, async () => {
    const all = await setting({ protocolV2, args: ['--depth=2'] })
    const { url, bare, ours: dir, oracle } = all
    const border = readFileSync(join(dir, '.git/shallow'), 'utf8')
    advance(bare)
    await fetchRepository(client(), { url, dir, ref: 'main' })
    await networkGit(oracle, ['fetch', '--quiet', 'origin', 'main'])
    expectSame(all)
    expect(readFileSync(join(dir, '.git/shallow'), 'utf8')).toBe(border)
    expect(git(dir, ['rev-list', '--count', 'origin/main'])).toBe('7')
  })

  test('a shallow clone, deepened or cut again', { tags: ['deep'] }, async () => {
    const all = await setting({ protocolV2, args: ['--depth=2'] })
    const { url, bare, ours: dir, oracle } = all
    advance(bare)
    await fetchRepository(client(), { url, dir, ref: 'main', depth: 3 })
    await networkGit(oracle, ['fetch', '--quiet', '--depth=3', 'origin', 'main'])
    expect(refsOf(dir)).toBe(refsOf(oracle))
    expect(git(dir, ['rev-list', '--count', 'origin/main'])).toBe('3')
    git(dir, ['fsck', '--full', '--strict'])
  })

  test('a shallow clone that is deepened to the whole is shallow no more', {
    tags: ['deep'],
  }, async () => {
    const all = await setting({ protocolV2, args: ['--depth=2'] })
    const { url, bare, ours: dir, oracle } = all
    advance(bare)
    await fetchRepository(client(), { url, dir, ref: 'main', depth: 50 })
    await networkGit(oracle, ['fetch', '--quiet', '--depth=50', 'origin', 'main'])
    expectSame(all)
    expect(existsSync(join(dir, '.git/shallow'))).toBe(false)
    expect(git(dir, ['rev-list', '--count', 'origin/main'])).toBe('17')
  })

  test('commits of our own do not matter, however many', { tags: ['deep'] }, async () => {
    const all = await setting({ protocolV2 })
    const { github, url, ours: dir, oracle } = all
    for (const one of [dir, oracle]) {
      git(one, ['fast-import', '--quiet', '--force'], {
        input: historyStream({ branch: 'mine', commits: 400, seed: 8, files: 3 }),
      })
      advance(join(one, '.git'), { commits: 100, seed: 9 })
      git(one, ['reset', '--hard', '--quiet'])
    }
    const tip = await github.commit('uDOS/typo', { files: { 'new.txt': 'new\n' } })
    const { bytes } = await fetchRepository(client(), { url, dir, ref: 'main' })
    await networkGit(oracle, ['fetch', '--quiet', 'origin', 'main'])
    expectSame(all)
    expect(git(dir, ['rev-parse', 'origin/main'])).toBe(tip)
    expect(bytes).toBeLessThan(1_000)
  })
})

test('nothing new is one request', { tags: ['deep'] }, async () => {
  const { github, url, ours: dir } = await setting()
  const before = refsOf(dir)
  const { oid, bytes } = await fetchRepository(client(), { url, dir, ref: 'main' })
  expect({ oid, bytes }).toEqual({ oid: git(dir, ['rev-parse', 'main']), bytes: 0 })
  expect(github.requests).toHaveLength(1)
  expect(refsOf(dir)).toBe(before)
})

test('what is new by one commit is two requests over one connection', {
  tags: ['deep'],
}, async () => {
  const { github, url, ours: dir } = await setting()
  await github.commit('uDOS/typo', { files: { 'new.txt': 'new\n' } })
  const connections: unknown[] = []
  const note = (connection: unknown) => void connections.push(connection)
  subscribe('undici:client:connected', note)
  onTestFinished(() => void unsubscribe('undici:client:connected', note))
  await fetchRepository(client(), { url, dir, ref: 'main' })
  expect(connections).toHaveLength(1)
  expect(github.requests.map(({ path }) => path)).toEqual([
    '/uDOS/typo.git/git-upload-pack',
    ...(isOther ? ['/uDOS/typo.git/info/refs?service=git-upload-pack'] : []),
    '/uDOS/typo.git/git-upload-pack',
  ])
})

describe('what is asked for', () => {
  test('an annotated tag gives its commit', { tags: ['deep'] }, async () => {
    const { github, url, bare, ours: dir } = await setting()
    advance(bare, { branch: 'main' })
    await github.tag('uDOS/typo', 'v2', { annotated: true, target: 'main~1' })
    const { oid } = await fetchRepository(client(), { url, dir, ref: 'v2' })
    expect(oid).toBe(git(bare, ['rev-parse', 'main~1']))
    expect(git(dir, ['rev-parse', 'v2'])).toBe(git(bare, ['rev-parse', 'v2']))
    expect(git(dir, ['rev-parse', 'origin/main'])).toBe(git(dir, ['rev-parse', 'main']))
    git(dir, ['fsck', '--full', '--strict'])
  })

  test('a tag that was moved there gives its new commit, and stays here', {
    tags: ['deep'],
  }, async () => {
    const { github, url, bare, ours: dir } = await setting()
    await github.tag('uDOS/typo', 'v1', { target: 'main~2' })
    await fetchRepository(client(), { url, dir, ref: 'v1' })
    advance(bare)
    await github.tag('uDOS/typo', 'v1', { target: 'main' })
    const { oid } = await fetchRepository(client(), { url, dir, ref: 'v1' })
    expect(oid).toBe(git(bare, ['rev-parse', 'main']))
    expect(git(dir, ['rev-parse', 'v1'])).toBe(git(dir, ['rev-parse', 'main~2']))
  })

  test('a commit id that no ref names', { tags: ['deep'] }, async () => {
    const all = await setting()
    const { url, bare, ours: dir, oracle } = all
    advance(bare)
    const ref = git(bare, ['rev-parse', 'main~2'])
    expect(await fetchRepository(client(), { url, dir, ref })).toMatchObject({ oid: ref })
    await networkGit(oracle, ['fetch', '--quiet', 'origin', ref])
    expectSame(all)
  })

  test.each(['none', 'mai', '1234567890123456789012345678901234567890'])(
    '%s, which does not exist',
    { tags: ['deep'] },
    async (ref) => {
      const { url, ours: dir } = await setting()
      const before = refsOf(dir)
      await expect(fetchRepository(client(), { url, dir, ref })).rejects.toThrow(
        GitHubNotFoundError,
      )
      expect(refsOf(dir)).toBe(before)
    },
  )

  test('a tag of a tree is no commit', { tags: ['deep'] }, async () => {
    const { github, url, bare, ours: dir } = await setting()
    await github.tag('uDOS/typo', 'tree', { target: git(bare, ['rev-parse', 'main^{tree}']) })
    await expect(fetchRepository(client(), { url, dir, ref: 'tree' })).rejects.toThrow(
      /does not point to a commit/,
    )
  })
})

describe('what went wrong before', { tags: ['deep'] }, () => {
  test('refs that name objects which are not here', async () => {
    const { url, bare, ours: dir } = await setting()
    const tip = advance(bare)
    writeFileSync(join(dir, '.git/refs/remotes/origin/main'), `${tip}\n`)
    const { oid } = await fetchRepository(client(), { url, dir, ref: 'main' })
    expect(oid).toBe(tip)
    git(dir, ['fsck', '--full', '--strict'])
  })

  test('a commit that is here without its files and parents', async () => {
    const { url, bare, ours: dir } = await setting()
    const tip = advance(bare)
    const input = gitBytes(bare, ['cat-file', 'commit', tip])
    git(dir, ['hash-object', '-t', 'commit', '-w', '--stdin'], { input })
    expect(git(dir, ['cat-file', '-t', tip])).toBe('commit')
    const { oid } = await fetchRepository(client(), { url, dir, ref: 'main' })
    expect(oid).toBe(tip)
    git(dir, ['fsck', '--full', '--strict'])
  })

  test('a commit that is here with its files and without its parents', async () => {
    const { url, bare, ours: dir } = await setting()
    const tip = advance(bare)
    const files = git(bare, ['rev-list', '--objects', '--no-object-names', `${tip}^{tree}`])
    const pack = gitBytes(bare, ['pack-objects', '-q', '--stdout'], { input: `${tip}\n${files}\n` })
    git(dir, ['unpack-objects', '-q'], { input: pack })
    const { oid } = await fetchRepository(client(), { url, dir, ref: 'main' })
    expect(oid).toBe(tip)
    git(dir, ['fsck', '--full', '--strict'])
  })

  test('a pack that was stored, and no ref moved', async () => {
    const { github, url, bare, ours: dir } = await setting()
    const tip = advance(bare)
    await fetchRepository(client(), { url, dir, ref: 'main' })
    git(dir, ['update-ref', 'refs/remotes/origin/main', 'main'])
    github.requests.length = 0
    expect(await fetchRepository(client(), { url, dir, ref: 'main' })).toEqual({
      oid: tip,
      bytes: 0,
    })
    expect(github.requests).toHaveLength(1)
  })
})

describe('what goes wrong now leaves all as it was', { tags: ['deep'] }, () => {
  test.each([
    ['cut', 'cutAfter', GitHubNetworkError],
    ['corrupt', 'corruptAt', GitHubError],
  ] as const)('a pack that is %s at many bytes', async (_, fault, kind) => {
    const { github, url, bare, ours: dir } = await setting()
    const tip = advance(bare)
    const before = refsOf(dir)
    const files = () => readdirSync(join(dir, '.git/objects/pack')).sort()
    const packs = files()
    const git_ = client()
    for (let at = 0; at < 1500; at += at < 150 ? 11 : 211) {
      const failing = github.fail({ origin: 'git', asking: /want /, [fault]: beforePack() + at })
      await expect(fetchRepository(git_, { url, dir, ref: 'main' })).rejects.toThrow(kind)
      failing.remove()
      expect(refsOf(dir)).toBe(before)
      expect(files()).toEqual(packs)
      expect(existsSync(join(dir, '.git/FETCH_HEAD'))).toBe(false)
    }
    expect(await fetchRepository(git_, { url, dir, ref: 'main' })).toMatchObject({ oid: tip })
    expect(git(dir, ['fsck', '--full', '--strict'])).toBe('')
  })

  test('a server that falls silent', async () => {
    const { github, url, bare, ours: dir } = await setting()
    advance(bare)
    github.fail({ origin: 'git', asking: /want /, delay: 'forever' })
    const fetched = fetchRepository(client({ stallTimeout: 300 }), { url, dir, ref: 'main' })
    await expect(fetched).rejects.toThrow(GitHubNetworkError)
  })

  test.each<[string, string, RegExp]>([
    [
      'gives up in the side-band',
      sideband(3, 'fatal: no\nmore \u001b[31mmemory\n'),
      /fatal: no more memory$/,
    ],
    ['gives up with ERR', packet('ERR upload-pack: out of order\n'), /upload-pack: out of order$/],
    ['ends within the pack', sideband(1, 'PACK\0\0\0\u0002'), /cut short/],
    [
      'falls silent within the pack',
      `${sideband(1, 'PACK\0\0\0\u0002')}…`,
      /its answer stopped half-way/,
    ],
  ])('a server that %s', async (_, answer, message) => {
    const { ours: dir } = await setting()
    const before = refsOf(dir)
    const oid = '2'.repeat(40)
    const url = await serving((body, response) => {
      response.setHeader('content-type', 'application/x-git-upload-pack-result')
      if (body.includes('ls-refs')) response.end(`${packet(`${oid} refs/heads/main\n`)}0000`)
      else if (body === '') response.end(discovery(response, oid))
      else if (!answer.endsWith('…')) response.end(first + answer)
      else response.write(first + answer.slice(0, -1))
    })
    const fetched = fetchRepository(client({ stallTimeout: 300 }), { url, dir, ref: 'main' })
    await expect(fetched).rejects.toThrow(message)
    await expect(fetched).rejects.toThrow(GitHubError)
    expect(refsOf(dir)).toBe(before)
    expect(readdirSync(join(dir, '.git/objects/pack')).some((name) => name.startsWith('tmp'))).toBe(
      false,
    )
  })

  test('a ref that another process is moving', async () => {
    const { url, bare, ours: dir } = await setting()
    const tip = advance(bare)
    const before = refsOf(dir)
    const lock = join(dir, '.git/refs/remotes/origin/main.lock')
    writeFileSync(lock, '')
    const fetched = fetchRepository(client(), { url, dir, ref: 'main' })
    await expect(fetched).rejects.toThrow(ConflictError)
    expect(refsOf(dir)).toBe(before)
    expect(git(dir, ['cat-file', '-t', tip])).toBe('commit')
  })
})

describe('killed at any change on disk', { tags: ['deep'] }, () => {
  const liveness = (alive: boolean): Liveness => ({ mark: 'child', isAlive: async () => alive })

  test.each([
    ['a whole clone', []],
    ['a shallow clone', ['--depth=2']],
  ])('%s: it is as before, or has more; and the next run finishes', async (_, args) => {
    const { github, url, bare, ours: dir } = await setting({ args })
    const tip = advance(bare)
    await github.tag('uDOS/typo', 'v2', { annotated: true })
    const folder = temporaryFolder()
    let kills = 0
    for (let step = 1; ; step += 2) {
      const copy = join(folder, `${step}`)
      inShell(['cp', '-a', dir, copy])
      const request = { url, dir: copy, ref: 'main' }
      const killed = await runUntilKilled(step, () =>
        fetchRepository(client({ liveness: liveness(true) }), request),
      )
      const fsck = ['git', 'fsck', '--full', '--no-dangling']
      expect(runAll(copy, [fsck, ['git', 'status', '--porcelain']])).toEqual(['', ''])
      const { oid } = await fetchRepository(client({ liveness: liveness(false) }), request)
      expect(oid).toBe(tip)
      const [tips, faults, files] = runAll(copy, [
        ['git', 'rev-parse', 'origin/main', 'v2^{}'],
        fsck,
        ['find', '.git', '-name', '*.lock*', '-o', '-name', 'tmp_*'],
      ])
      expect([tips, faults]).toEqual([`${tip}\n${tip}`, ''])
      if (killed !== null) break
      expect(files).toBe('')
      kills++
    }
    expect(kills).toBeGreaterThan(5)
  })
})
