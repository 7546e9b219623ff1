import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Fault } from 'local-github'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openWorkspace, reached, snapshot, type Workspace } from '../../../support/workspace.js'

let work: Workspace
const name = 'uDOS/media'
const attributes = '*.bin filter=lfs diff=lfs merge=lfs -text\n'
const content = 'content that is cut in the middle of its 64 bytes, and no earlier'

async function open(): Promise<void> {
  work = await openWorkspace()
  await work.github.addRepository(name, { files: { '.gitattributes': attributes } })
  await commit('deep/a.bin', content)
}
const close = () => work.close()

async function commit(path: string, text: string): Promise<string> {
  const object = await work.github.addLfsObject(name, text)
  await work.github.commit(name, { files: { [path]: object.pointer } })
  return object.oid
}

const clone = () => work.wizard('REPO', 'CLONE', name, 'own', '--json')
const pull = (...args: string[]) => work.wizard('REPO', 'PULL', 'own', '--json', ...args)
const isThere = async () => (await readdir(work.root)).includes('own')
const batch = { origin: 'git', path: /\/info\/lfs\/objects\/batch$/ } as const
const storage = { origin: 'storage' } as const
const said = { message: 'words of the server', documentation_url: 'https://docs.github.com' }

/** A fault of the batch that changes its answer. */
const answering = (change: (answer: Answer) => unknown): Fault => ({
  ...batch,
  rewrite: (body) => change(JSON.parse(body.toString())) as object,
})
interface Answer {
  objects: { oid: string; actions?: { download: { href: string } }; error?: object }[]
}
const withHref = (href: (old: string) => string) =>
  answering(({ objects }) => ({
    objects: objects.map((one) => ({
      ...one,
      actions: { download: { href: href(one.actions?.download.href ?? '') } },
    })),
  }))
const withError = (code: number) =>
  answering(({ objects }) => ({
    objects: objects.map((one) => ({
      oid: one.oid,
      size: 1,
      error: { code, message: said.message },
    })),
  }))

describe('a clone fails, and nothing is there', () => {
  beforeAll(open)
  afterAll(close)

  it.each<[string, Fault, number, RegExp]>([
    ['a batch that wants another token', { ...batch, status: 401, body: said }, 4, /uDOS\/media/],
    ['a forbidden batch', { ...batch, status: 403, body: said }, 4, /words of the server/],
    ['a batch that is not there', { ...batch, status: 404, body: said }, 3, /words of the server/],
    ['a refused batch', { ...batch, status: 422, body: said }, 9, /words of the server/],
    ['a quota that is used up', { ...batch, status: 507, body: said }, 9, /words of the server/],
    ['a broken server', { ...batch, status: 500, body: said }, 6, /answers 500: words/],
    [
      'too many requests',
      { ...batch, status: 429, headers: { 'retry-after': '9999' } },
      5,
      /too many/,
    ],
    ['a page instead of a batch', { ...batch, status: 200, body: '<html>' }, 6, /Git LFS server/],
    [
      'another transfer',
      answering((one) => ({ ...one, transfer: 'tus' })),
      6,
      /the transfer tus, which/,
    ],
    ['an object that is missing', withError(404), 3, /deep\/a\.bin: .*words of the server/],
    ['an object that is gone', withError(410), 3, /deep\/a\.bin: .*words of the server/],
    ['a forbidden object', withError(403), 4, /deep\/a\.bin: .*words of the server/],
    ['a refused object', withError(422), 9, /deep\/a\.bin: .*words of the server/],
    [
      'an object without an answer',
      answering(() => ({ objects: [] })),
      3,
      /deep\/a\.bin: .*not have/,
    ],
    ['an address of a file', withHref(() => 'file:///etc/passwd'), 6, /deep\/a\.bin: .*not https/],
    [
      'an address over http on another host',
      withHref(() => 'http://example.com/object'),
      6,
      /deep\/a\.bin: .*not https/,
    ],
    ['an address that is none', withHref(() => '//'), 6, /deep\/a\.bin: .*not https/],
    ['other bytes', { ...storage, corruptAt: 5 }, 6, /deep\/a\.bin: .*other bytes/],
    [
      'more bytes',
      { ...storage, rewrite: (body) => `${body}more` },
      6,
      /deep\/a\.bin: .*more bytes/,
    ],
    [
      'fewer bytes',
      { ...storage, rewrite: (body) => body.subarray(1) },
      6,
      /deep\/a\.bin: .*cut short/,
    ],
    ['expired addresses, again and again', { ...storage, status: 403 }, 6, /deep\/a\.bin: .*403/],
    ['storage without the object', { ...storage, status: 404 }, 3, /deep\/a\.bin: .*not have/],
    [
      'storage that redirects elsewhere',
      { ...storage, status: 302, headers: { location: 'http://localhost:9/x' } },
      6,
      /deep\/a\.bin: .*localhost:9, which/,
    ],
    [
      'storage that redirects to http on another host',
      { ...storage, status: 307, headers: { location: 'http://example.com/object' } },
      6,
      /deep\/a\.bin: .*example\.com, which/,
    ],
    [
      'a batch that redirects to what is not of the web',
      { ...batch, status: 307, headers: { location: 'file:///etc/passwd' } },
      6,
      /not https/,
    ],
  ])('%s', async (_name, fault, exit, message) => {
    const handle = work.github.fail(fault)
    const { status, json, err } = await clone()
    handle.remove()
    expect([status, json.status]).toEqual([exit, 'failed'])
    expect(json.error.message).toMatch(message)
    expect(err + JSON.stringify(json)).not.toContain(work.github.token)
    expect(await isThere()).toBe(false)
  })

  it('one object of many is missing', { tags: ['deep'] }, async () => {
    const files: Record<string, string> = {}
    for (let n = 0; n < 150; n++) {
      files[`n/${n}.bin`] = (await work.github.addLfsObject(name, `object ${n}`)).pointer
    }
    await work.github.commit(name, { files })
    const missing = /oid sha256:(\w+)/.exec(files['n/120.bin'] ?? '')?.[1] ?? ''
    await work.github.removeLfsObject(name, missing)
    const { status, json } = await clone()
    expect([status, json.error.message]).toEqual([3, expect.stringContaining('n/120.bin: ')])
    expect(json.error.hint).toMatch(/git lfs push.*; `lfs: false` .* --no-lfs, leaves pointers/)
    expect(await isThere()).toBe(false)
  })
})

describe('an object arrives', () => {
  beforeEach(open)
  afterEach(close)

  const ranges = () =>
    work.github.requests
      .filter(({ origin }) => origin === 'storage')
      .map(({ headers }) => headers.range)

  it('after its answer was cut, from where it stopped', { tags: ['deep'] }, async () => {
    work.github.fail({ ...storage, cutAfter: 10, times: 2 })
    expect((await clone()).json).toMatchObject({ status: 'cloned', warnings: [] })
    expect(await work.read('own/deep/a.bin')).toBe(content)
    expect(ranges()).toEqual([undefined, 'bytes=10-', 'bytes=20-'])
  })

  it('from where an earlier run stopped, and what that left is checked', {
    tags: ['deep'],
  }, async () => {
    expect((await clone()).status).toBe(0)
    const other = await commit('b.bin', `other ${content}`)
    work.github.fail({ ...storage, cutAfter: 7, times: 1 })
    const broken = work.github.fail({ ...storage, status: 500 })
    expect((await pull()).status).toBe(6)
    broken.remove()
    const before = await work.read(`own/.git/lfs/incomplete/${other}.part`)
    expect(`other ${content}`.startsWith(before)).toBe(true)
    await work.write(`own/.git/lfs/incomplete/${other}.part`, `x${before.slice(1)}`)
    expect((await pull()).json).toMatchObject({ status: 'updated', warnings: [] })
    expect(await work.read('own/b.bin')).toBe(`other ${content}`)
    expect(ranges().slice(-2)).toEqual([`bytes=${before.length}-`, undefined])
    expect(await readdir(work.path('own/.git/lfs/incomplete'))).toEqual([])
  })

  it.each<[string, Fault]>([
    ['whose address has expired', { ...storage, status: 403, times: 1 }],
    ['whose storage is busy', { ...storage, status: 503, times: 2 }],
    [
      'whose storage has a limit',
      { ...storage, status: 429, headers: { 'retry-after': '7' }, times: 1 },
    ],
    ['whose batch fails once', { ...batch, status: 502, times: 1 }],
    [
      'whose batch has a limit',
      { ...batch, status: 429, headers: { 'retry-after': '7' }, times: 1 },
    ],
  ])('%s', async (_name, fault) => {
    work.github.fail(fault)
    expect((await clone()).json).toMatchObject({ status: 'cloned', warnings: [] })
    expect(await work.read('own/deep/a.bin')).toBe(content)
  })

  it('from a server that knows no ranges, after a cut', { tags: ['deep'] }, async () => {
    let answers = 0
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': content.length })
      if (answers++ > 0) response.end(content)
      else response.write(content.slice(0, 10), () => response.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    work.github.fail(withHref(() => `http://127.0.0.1:${port}/object`))
    expect((await clone()).json).toMatchObject({ status: 'cloned', warnings: [] })
    expect([answers, await work.read('own/deep/a.bin')]).toEqual([2, content])
    await new Promise((resolve) => server.close(resolve))
  })
})

describe('a pull that can not get an object', () => {
  beforeEach(open)
  afterEach(close)

  it('leaves the repository as it was, and the next one goes on', { tags: ['deep'] }, async () => {
    expect((await clone()).status).toBe(0)
    await work.write('own/mine.txt', 'mine')
    await commit('b.bin', 'b')
    const missing = await commit('c.bin', 'c')
    const skip = /^\.git\/(objects|lfs|FETCH_HEAD|refs\/remotes|logs\/refs\/remotes|packed-refs)/
    const before = await snapshot(work.path('own'), skip)
    await work.github.removeLfsObject(name, missing)
    const { status, json } = await pull()
    expect([status, json.status]).toEqual([3, 'failed'])
    expect(json.error.message).toContain('c.bin: ')
    expect(await snapshot(work.path('own'), skip)).toEqual(before)
    await work.github.addLfsObject(name, 'c')
    expect((await pull()).json).toMatchObject({ status: 'updated', warnings: [] })
    expect([await work.read('own/c.bin'), await work.read('own/mine.txt')]).toEqual(['c', 'mine'])
  })

  it.skipIf(!existsSync('/proc/self'))('says where none can be kept', async () => {
    expect((await clone()).status).toBe(0)
    await work.git('own', 'config', 'lfs.storage', '/proc/self/lfs')
    await commit('b.bin', 'b')
    const { status, json } = await pull()
    expect([status, json.status]).toEqual([2, 'failed'])
    expect(json.error.message).toBe("/proc/self/lfs can't be used: it does not exist")
  })

  it('ends at --timeout while storage is silent', { tags: ['deep'] }, async () => {
    expect((await clone()).status).toBe(0)
    await commit('b.bin', 'b')
    const silent = work.github.fail({ ...storage, delay: 'forever' })
    const running = work.begin(['REPO', 'PULL', 'own', '--json', '--timeout', '5'])
    await reached(silent)
    await work.clock.pass(5000)
    expect(await running.ended).toMatchObject({ status: 7, json: { status: 'failed' } })
    silent.remove()
    expect((await pull()).json).toMatchObject({ status: 'updated' })
  })
})

describe('credentials', () => {
  let elsewhere: Server
  let asked: IncomingMessage[] = []
  const address = () => `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`
  beforeEach(async () => {
    await open()
    asked = []
    elsewhere = createServer((request, response) => {
      asked.push(request)
      response.end(content)
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  })
  afterEach(async () => {
    await new Promise((resolve) => elsewhere.close(resolve))
    await close()
  })
  const carries = () => asked.map(({ headers }) => JSON.stringify(headers)).join()

  it('go to the batch, and to no storage', async () => {
    await work.github.addRepository('uDOS/secret', { private: true })
    const { pointer } = await work.github.addLfsObject('uDOS/secret', 'hush')
    await work.github.commit('uDOS/secret', {
      files: { '.gitattributes': attributes, 'a.bin': pointer },
    })
    work.github.fail(withHref(() => `${address()}/object`))
    expect((await work.wizard('REPO', 'CLONE', 'uDOS/secret', '--json')).json).toMatchObject({
      status: 'failed',
    })
    expect(asked).toHaveLength(1)
    expect(carries()).not.toMatch(/authorization/i)
    const withToken = work.github.requests.filter(({ headers }) => headers.authorization)
    expect(withToken.map(({ origin }) => origin)).not.toContain('storage')
  })

  it('are not shown where a server echoes them', async () => {
    const message = `words with ${work.github.token}`
    work.github.fail({ ...batch, status: 422, body: { message } })
    const { out, err } = await clone()
    expect(out).toContain('words with ***')
    expect(out + err).not.toContain(work.github.token)
  })

  it('go to no server that .lfsconfig names, which is said', async () => {
    const url = `${address()}/lfs`
    await work.github.commit(name, { files: { '.lfsconfig': `[lfs]\n\turl = ${url}\n` } })
    const { status, err } = await work.wizard('REPO', 'CLONE', name, 'own')
    expect(status).toBe(6)
    expect(err).toContain(`names ${new URL(url).host} for Git LFS: wizard sends it no token`)
    expect(asked.map(({ url }) => url)).toEqual(['/lfs/objects/batch'])
    expect(carries()).not.toMatch(/authorization/i)
  })

  it.each([['file:///srv/lfs'], ['ftp://example.org/lfs'], ['/srv/lfs'], ['-u x']])(
    'and %s of .lfsconfig is not asked',
    async (url) => {
      await work.github.commit(name, { files: { '.lfsconfig': `[lfs]\n\turl = "${url}"\n` } })
      const { status, json } = await clone()
      expect([status, json.status]).toEqual([9, 'failed'])
      expect(json.error.message).toContain('not an https address')
      expect(await isThere()).toBe(false)
    },
  )

  it('a .lfsconfig that is in Git LFS itself names no server', { tags: ['deep'] }, async () => {
    const shared = `[lfs]\n\turl = ${address()}/lfs\n`
    const { pointer } = await work.github.addLfsObject(name, shared)
    const files = { '.gitattributes': '* filter=lfs -text\n', '.lfsconfig': pointer }
    await work.github.commit(name, { files })
    expect((await clone()).json).toMatchObject({ status: 'cloned', warnings: [] })
    expect([await work.read('own/.lfsconfig'), await work.read('own/deep/a.bin')]).toEqual([
      shared,
      content,
    ])
    await commit('b.bin', 'b')
    expect((await pull()).json).toMatchObject({ status: 'updated', warnings: [] })
    expect(asked).toEqual([])
  })

  it('a .lfsconfig that is none is one line', async () => {
    await work.github.commit(name, { files: { '.lfsconfig': '[lfs\n\u001b[31murl' } })
    const { status, json } = await clone()
    expect([status, json.error.message]).toEqual([
      2,
      ".lfsconfig:1: git's configuration can't be read",
    ])
  })
})
