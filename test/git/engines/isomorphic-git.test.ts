import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { GitHubAuthError, GitHubError, GitHubNotFoundError } from '../../../src/base/errors.js'
import { IsomorphicTransport } from '../../../src/git/engines/isomorphic-transport.js'
import type { Git } from '../../../src/git/git.js'
import { connect } from '../../../src/git/plumbing/protocol/connect.js'
import { cloneRepository } from '../../../src/git/porcelain/clone/clone.js'
import { fetchRepository } from '../../../src/git/porcelain/fetch/fetch.js'
import { pull } from '../../../src/git/porcelain/pull.js'
import { client, localGitHub, servedHistory, tokenFor } from '../support/client.js'
import { as } from '../support/moves.js'
import { git, networkGit, temporaryFolder } from '../support/real-git.js'
import { entryType, packBytes, packEntry, smallCommit } from '../support/served-pack.js'
import { expectSame } from '../support/whole.js'

const engine = 'isomorphic-git' as const

/** A repository with a branch and an annotated tag, and an empty folder for clones. */
async function setting() {
  const github = await localGitHub()
  const { url, bare } = await servedHistory(github, 'uDOS/typo', { commits: 4, files: 3 })
  await github.branch('uDOS/typo', 'old', 'main~2')
  await github.tag('uDOS/typo', 'v1', { annotated: true, target: 'main~1' })
  return { github, url, bare, folder: temporaryFolder() }
}

const request = { ref: 'main', pinned: false, onDiverged: 'block' } as const

/** What is in a repository's objects that git does not put there. */
const strange = (dir: string) =>
  readdirSync(join(dir, '.git/objects'), { recursive: true }).filter((name) =>
    String(name).includes('tmp_'),
  )

describe('as git clones and pulls', () => {
  test.each([
    ['every branch and tag', 'all', []],
    ['one branch with the tags on it', 'one', ['--single-branch']],
  ] as const)('%s', { tags: ['deep'] }, async (_, branches, args) => {
    const { github, url, folder } = await setting()
    const [dir, oracle] = [join(folder, 'ours'), join(folder, 'oracle')]
    await networkGit(folder, ['clone', '--quiet', ...args, url, 'oracle'])
    await cloneRepository(client({ engine }), { url, dir, branches })
    expectSame(oracle, dir)
    await github.commit('uDOS/typo', { files: { 'new.txt': 'new\n' } })
    await github.tag('uDOS/typo', 'v2', { annotated: true })
    await networkGit(oracle, ['pull', '--quiet', '--ff-only'])
    const { bytes } = await pull(client({ engine }), { url, dir, ...request })
    expectSame(oracle, dir)
    expect(bytes).toBeLessThan(1_000)
    expect(strange(dir)).toEqual([])
  })

  test('what is cut off stays cut off', { tags: ['deep'] }, async () => {
    const { github, url, folder } = await setting()
    const dir = join(folder, 'ours')
    await cloneRepository(client({ engine }), { url, dir, branches: 'one', depth: 2 })
    await github.commit('uDOS/typo', { files: { 'new.txt': 'new\n' } })
    await pull(client({ engine }), { url, dir, ...request })
    expect(git(dir, ['rev-list', '--count', 'HEAD'])).toBe('3')
    expect(git(dir, ['fsck', '--full', '--strict'])).toBe('')
  })
})

test('a private repository', { tags: ['deep'] }, async () => {
  const { github, url, folder } = await setting()
  await github.addRepository('uDOS/secret', { private: true, files: { a: 'a\n' } })
  const secret = url.replace('typo', 'secret')
  const clone = (authorization: Git['authorization']) =>
    cloneRepository(client({ engine, ...(authorization && { authorization }) }), {
      url: secret,
      dir: join(folder, 'ours'),
      branches: 'one',
    })
  await expect(clone(undefined)).rejects.toThrow(GitHubAuthError)
  const { bytes } = await clone(tokenFor(github.gitUrl, github.token))
  expect(bytes).toBeGreaterThan(0)
})

test('a commit that is not there', { tags: ['deep'] }, async () => {
  const { url, folder } = await setting()
  const dir = join(folder, 'ours')
  const cloned = cloneRepository(client({ engine }), {
    url,
    dir,
    branches: 'one',
    ref: '1'.repeat(40),
  })
  await expect(cloned).rejects.toThrow(GitHubNotFoundError)
  expect(readdirSync(folder)).toEqual([])
})

test('what a killed run left is removed by the next, and a living one’s is not', {
  tags: ['deep'],
}, async () => {
  const { github, url, folder } = await setting()
  const dir = join(folder, 'ours')
  await cloneRepository(client({ engine }), { url, dir, branches: 'one' })
  await github.commit('uDOS/typo', { files: { 'new.txt': 'new\n' } })
  for (const [name, owner] of [
    ['aaa', 'dead'],
    ['bbb', 'living'],
  ]) {
    const left = join(dir, '.git/objects', `tmp_objdir-incoming-${name}`)
    mkdirSync(join(left, 'objects/pack'), { recursive: true })
    symlinkSync(`wizard:${owner}`, `${left}.owner`)
  }
  const liveness = { ...as('me'), isAlive: async (mark: string) => mark !== 'dead' }
  await fetchRepository(client({ engine, liveness }), { url, dir, ref: 'main' })
  expect(readdirSync(join(dir, '.git/objects')).filter((one) => one.startsWith('tmp_'))).toEqual([
    'tmp_objdir-incoming-bbb',
    'tmp_objdir-incoming-bbb.owner',
  ])
})

/** A server that lists one branch, and then answers by the path. */
async function serving(
  oid: string,
  answer: (path: string, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const type = request.method === 'GET' ? 'advertisement' : 'result'
    response.setHeader('content-type', `application/x-git-upload-pack-${type}`)
    if (body.includes('ls-refs')) response.end(`${packet(`${oid} refs/heads/main\n`)}0000`)
    else answer(request.url ?? '', response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/uDOS/typo.git`
}

const oid = '2'.repeat(40)
const packet = (text: string) => (text.length + 4).toString(16).padStart(4, '0') + text
const service = `${packet('# service=git-upload-pack\n')}0000`
const offer = `${service}${packet(`${oid} HEAD\0side-band-64k ofs-delta symref=HEAD:../x\n`)}0000`
const pack = (bytes: string) => `${packet('NAK\n')}${packet(`\u0001${bytes}`)}0000`

describe('a server that isomorphic-git can’t use leaves nothing behind', () => {
  test.each<[string, string, string, RegExp]>([
    ['speaks only version 2', `${packet('version 2\n')}0000`, '', /speaks only version 2/],
    ['knows no side-band', `${service}${packet(`${oid} HEAD\0ofs-delta\n`)}0000`, '', /side-band/],
    [
      'sends what is no pack',
      offer,
      pack('no pack at all, but text'),
      /damaged pack: it does not begin/,
    ],
    [
      'gives up',
      offer,
      `${packet('NAK\n')}${packet('\u0003fatal: no memory\n')}0000`,
      /no memory$/,
    ],
    ['sends half', offer, packet('NAK\n') + packet('\u0001PACK'), /cut short/],
    ['sends nothing', offer, `${packet('NAK\n')}0000`, /sends no pack/],
  ])('%s', async (_, offered, sent, message) => {
    const url = await serving(oid, (path, response) =>
      response.end(path.includes('info/refs') ? offered : sent),
    )
    const folder = temporaryFolder()
    const git_ = client({ engine })
    const cloned = cloneRepository(git_, {
      url,
      dir: join(folder, 'ours'),
      ref: 'main',
      branches: 'one',
    })
    await expect(cloned).rejects.toThrow(message)
    await expect(cloned).rejects.toThrow(GitHubError)
    expect(readdirSync(folder)).toEqual([])
  })
})

test('what the two index differently is not kept', async () => {
  const { blob, tree, commit, oid } = smallCommit('twice in the pack')
  const objects = [
    packEntry(entryType.commit, commit),
    packEntry(entryType.tree, tree),
    packEntry(entryType.blob, blob),
    packEntry(entryType.blob, blob),
  ]
  const bytes = packBytes(objects).toString('latin1')
  const url = await serving(oid, (path, response) =>
    response.end(path.includes('info/refs') ? offer : pack(bytes), 'latin1'),
  )
  const folder = temporaryFolder()
  const cloned = cloneRepository(client({ engine }), {
    url,
    dir: join(folder, 'ours'),
    ref: 'main',
    branches: 'one',
  })
  await expect(cloned).rejects.toThrow(/find different objects in the pack/)
  expect(readdirSync(folder)).toEqual([])
})

test('a pack that is too large for it is refused while it arrives, with the way out', {
  tags: ['deep'],
}, async () => {
  const { url, bare } = await setting()
  const git_: Git = client({ engine })
  const tip = git(bare, ['rev-parse', 'main'])
  const transport = new IsomorphicTransport(git_, {
    remote: await connect(git_, url, []),
    wants: [tip],
    check: async ({ chunks }) => chunks,
    mostBytes: 1 << 13,
  })
  async function* body() {
    yield Buffer.from(`${packet(`want ${tip} side-band-64k ofs-delta\n`)}0000${packet('done\n')}`)
  }
  const answer = await transport.http.request({ url, method: 'POST', body: body() })
  const read = async () => {
    for await (const chunk of answer.body ?? []) expect(chunk.length).toBeGreaterThan(0)
  }
  await expect(read()).rejects.toMatchObject({
    hint: expect.stringContaining('git.engine: wizard'),
  })
  await transport.close()
})

test('stops at a signal while it indexes', { tags: ['deep'] }, async () => {
  const { url, folder } = await setting()
  const dir = join(folder, 'ours')
  const stop = new AbortController()
  const onProgress: Git['onProgress'] = ({ phase }) => {
    if (phase === 'indexing') stop.abort(new Error('enough'))
  }
  const git_ = client({ engine, signal: stop.signal, onProgress })
  await expect(cloneRepository(git_, { url, dir, branches: 'one' })).rejects.toThrow('enough')
  expect(existsSync(dir)).toBe(false)
})
