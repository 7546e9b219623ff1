import { createHash } from 'node:crypto'
import { truncateSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { reportError } from '../../../src/base/error-report.js'
import { GitHubNetworkError, InterruptedError, PathError } from '../../../src/base/errors.js'
import { GitHubClient, type GitHubClientOptions } from '../../../src/github/client.js'
import { downloadFile } from '../../../src/github/transfer/download.js'
import type { OnProgress } from '../../../src/github/transfer/files.js'
import { uploadFile } from '../../../src/github/transfer/upload.js'
import { bodyOf, serve } from '../../http/servers.js'
import { testClock } from '../../support/clock.js'

let folder: string
const clients: GitHubClient[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'))
})
afterEach(async () => {
  await Promise.all(clients.splice(0).map((one) => one.close()))
  await rm(folder, { recursive: true })
})

function client(baseUrl: string, options: GitHubClientOptions = {}): GitHubClient {
  const clock = testClock(Date.now())
  const made = new GitHubClient({ baseUrl, token: 'secret-token', clock, timeout: 5, ...options })
  clients.push(made)
  return made
}

const bytes = Buffer.from(Array.from({ length: 300_000 }, (_none, index) => (index * 7) % 251))
const sha256 = createHash('sha256').update(bytes).digest('hex')
const target = () => join(folder, 'asset.bin')

/** Storage that truncates its first answers, and supports ranges. */
function storage({ cuts = 0, etag = '"v1"', ranges = true } = {}) {
  const seen: IncomingMessage['headers'][] = []
  const listener = (message: IncomingMessage, answer: ServerResponse) => {
    seen.push(message.headers)
    const from = Number(/^bytes=(\d+)-$/.exec(message.headers.range ?? '')?.[1] ?? 0)
    const partly = ranges && from > 0 && message.headers['if-range'] === etag
    const body = partly ? bytes.subarray(from) : bytes
    answer.writeHead(partly ? 206 : 200, {
      'content-length': body.length,
      etag,
      ...(partly && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    })
    if (seen.length > cuts) return void answer.end(body)
    answer.write(body.subarray(0, 100_000), () => answer.destroy())
  }
  return { seen, listener }
}

async function redirectTo(address: string): Promise<{ api: string; seen: (string | undefined)[] }> {
  const seen: (string | undefined)[] = []
  const api = await serve((message, answer) => {
    seen.push(message.headers.authorization)
    answer.writeHead(302, { location: `${address}/blob?sig=1` }).end()
  })
  return { api, seen }
}

describe('downloadFile', () => {
  it('takes a file from storage, which does not see the token', async () => {
    const { seen, listener } = storage()
    const { api, seen: asked } = await redirectTo(await serve(listener))
    const told: OnProgress[] = []
    const done = await downloadFile(client(api), new URL('/asset', api), target(), {
      digest: `sha256:${sha256}`,
      onProgress: (progress) => told.push(progress),
    })
    expect(done).toEqual({ path: target(), size: bytes.length, sha256 })
    expect((await readFile(target())).equals(bytes)).toBe(true)
    expect(asked).toEqual(['Bearer secret-token'])
    expect(seen[0]?.authorization).toBeUndefined()
    expect(told.at(-1)).toEqual({ done: bytes.length, total: bytes.length })
    expect(await readdir(folder)).toEqual(['asset.bin'])
  })

  it('goes on where it stopped', async () => {
    const { seen, listener } = storage({ cuts: 2 })
    const { api } = await redirectTo(await serve(listener))
    expect((await downloadFile(client(api), new URL('/asset', api), target())).sha256).toBe(sha256)
    // The kernel decides how much arrives before a cut.
    const starts = seen.map(({ range }) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0))
    expect(starts).toHaveLength(3)
    expect(starts[1]).toBeGreaterThan(0)
    expect(starts[2]).toBeGreaterThan(starts[1] ?? 0)
  })

  it.each([
    ['the server knows no ranges', { ranges: false }],
    ['its tag is weak', { etag: 'W/"v1"' }],
  ])('begins again where %s', async (_why, options) => {
    const { listener } = storage({ cuts: 1, ...options })
    const { api } = await redirectTo(await serve(listener))
    expect((await downloadFile(client(api), new URL('/asset', api), target())).sha256).toBe(sha256)
    expect((await readFile(target())).equals(bytes)).toBe(true)
  })

  it.each([403, 404, 410])(
    'asks for another address once where storage answers %i, and then blames storage',
    async (status) => {
      let refusals = 1
      const { listener } = storage()
      const place = await serve((message, answer) => {
        if (refusals-- > 0) answer.writeHead(status).end('<Error/>')
        else listener(message, answer)
      })
      const { api, seen: asked } = await redirectTo(place)
      const own = client(api)
      const download = () => downloadFile(own, new URL('/repos/o/r/asset', api), target())
      expect((await download()).sha256).toBe(sha256)
      expect(asked).toHaveLength(2)
      refusals = 9
      const error = await download().catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(GitHubNetworkError)
      expect(error).toMatchObject({ code: 'GITHUB_NETWORK', status })
      const { host } = new URL(place)
      expect((error as Error).message).toContain(
        `${host}, where ${new URL(api).host} keeps o/r asset`,
      )
      expect(JSON.stringify(reportError(error))).not.toMatch(/token/i)
      expect(asked).toHaveLength(4)
    },
  )

  it('leaves what was there, and nothing else, where it fails', async () => {
    await writeFile(target(), 'as it was')
    const { listener } = storage({ cuts: 99 })
    const { api } = await redirectTo(await serve(listener))
    const cut = downloadFile(client(api, { retryAttempts: 0 }), new URL('/asset', api), target())
    await expect(cut).rejects.toThrow(GitHubNetworkError)

    const whole = await redirectTo(await serve(storage().listener))
    const digest = `sha256:${'0'.repeat(64)}`
    const other = downloadFile(client(whole.api), new URL('/asset', whole.api), target(), {
      digest,
    })
    await expect(other).rejects.toThrow('do not match their checksum')
    expect(await readFile(target(), 'utf8')).toBe('as it was')
    expect(await readdir(folder)).toEqual(['asset.bin'])
  })

  it('takes no end for the whole of a file, where the server tells no length', async () => {
    const address = await serve((_message, answer) => {
      answer.writeHead(200, { connection: 'close' })
      answer.useChunkedEncodingByDefault = false
      answer.end(bytes.subarray(0, 1000))
    })
    const cut = downloadFile(client(address), new URL('/asset', address), target(), {
      size: bytes.length,
    })
    await expect(cut).rejects.toThrow(/cut short/)
    expect(await readdir(folder)).toEqual([])
  })

  it('gives up on storage that falls silent', { tags: ['deep'] }, async () => {
    const address = await serve((_message, answer) => {
      answer.writeHead(200, { 'content-length': '10' }).write('12345')
    })
    const silent = client(address, { timeout: 0.15, retryAttempts: 0 })
    await expect(downloadFile(silent, new URL('/asset', address), target())).rejects.toThrow(
      'its answer stopped half-way',
    )
  })

  it("tells GitHub's refusal in its words", async () => {
    const address = await serve((_message, answer) => {
      answer.writeHead(410, { 'content-type': 'application/json' })
      answer.end('{"message":"Artifact has expired"}')
    })
    await expect(
      downloadFile(client(address), new URL('/asset', address), target()),
    ).rejects.toMatchObject({
      code: 'GITHUB_NOT_FOUND',
      message: expect.stringContaining('Artifact has expired'),
    })
  })

  it('tells a folder that is not there as a matter of paths, not of the network', async () => {
    const address = await serve(storage().listener)
    const nowhere = join(folder, 'none', 'a')
    await expect(
      downloadFile(client(address), new URL('/asset', address), nowhere),
    ).rejects.toThrow(PathError)
  })

  it('writes through no link', async () => {
    const outside = join(folder, 'outside')
    await writeFile(outside, 'untouched')
    await symlink(outside, target())
    const address = await serve(storage().listener)
    await downloadFile(client(address), new URL('/asset', address), target())
    expect(await readFile(outside, 'utf8')).toBe('untouched')
  })

  it('ends with its signal and removes what it has', async () => {
    const stop = new AbortController()
    const address = await serve((_message, answer) => {
      answer.writeHead(200, { 'content-length': '10' }).write('12345')
    })
    const stopped = downloadFile(
      client(address).with({ signal: stop.signal }),
      new URL('/asset', address),
      target(),
      {
        onProgress: () => stop.abort(new InterruptedError()),
      },
    )
    await expect(stopped).rejects.toThrow(InterruptedError)
    expect(await readdir(folder)).toEqual([])
  })
})

describe('uploadFile', () => {
  const upload = (own: GitHubClient, path: string, onProgress?: (progress: OnProgress) => void) =>
    uploadFile(own, new URL(`${own.baseUrl.origin}/assets`), path, {
      contentType: 'application/x-tcz',
      onProgress,
    })

  it('sends the bytes with their length, under a name', async () => {
    let seen: IncomingMessage | undefined
    let body: Buffer = Buffer.alloc(0)
    const address = await serve(async (message, answer) => {
      seen = message
      body = await bodyOf(message)
      answer.writeHead(201, { 'content-type': 'application/json' }).end('{"id":7}')
    })
    const path = join(folder, 'a b+c.tcz')
    await writeFile(path, bytes)
    const told: OnProgress[] = []
    const done = await upload(client(address), path, (progress) => told.push(progress))
    expect(done).toEqual({ answer: { id: 7 }, sha256 })
    expect(body.equals(bytes)).toBe(true)
    expect(seen?.url).toBe('/assets?name=a+b%2Bc.tcz')
    expect(seen?.headers).toMatchObject({
      'content-length': String(bytes.length),
      'content-type': 'application/x-tcz',
      authorization: 'Bearer secret-token',
    })
    expect(told.at(-1)).toEqual({ done: bytes.length, total: bytes.length })
  })

  it('sends an empty file', async () => {
    const address = await serve(async (message, answer) => {
      answer.writeHead(201, {}).end(JSON.stringify({ size: (await bodyOf(message)).length }))
    })
    await writeFile(target(), '')
    expect((await upload(client(address), target())).answer).toEqual({ size: 0 })
  })

  it('sends it again after a rate limit, and not after a lost answer', async () => {
    const answers: ((answer: ServerResponse) => void)[] = [
      (answer) => answer.writeHead(429, { 'retry-after': '1' }).end(),
      (answer) => answer.writeHead(201).end('{}'),
      (answer) => answer.destroy(),
    ]
    const sizes: number[] = []
    const address = await serve(async (message, answer) => {
      sizes.push((await bodyOf(message)).length)
      answers.shift()?.(answer)
    })
    await writeFile(target(), bytes)
    await upload(client(address), target())
    await expect(upload(client(address), target())).rejects.toThrow(GitHubNetworkError)
    expect(sizes).toEqual([bytes.length, bytes.length, bytes.length])
  })

  it('tells a file that is not there, is none, or changes', async () => {
    const address = await serve(async (message, answer) => {
      await bodyOf(message).catch(() => undefined)
      answer.end('{}')
    })
    const own = client(address)
    await expect(upload(own, join(folder, 'none'))).rejects.toThrow(
      "can't be read: it does not exist",
    )
    await expect(upload(own, folder)).rejects.toThrow('not a file')
    await writeFile(target(), Buffer.alloc(8_000_000))
    const shorter = upload(own, target(), () => truncateSync(target(), 5))
    await expect(shorter).rejects.toThrow(PathError)
    await expect(upload(own, target())).resolves.toBeDefined()
  })

  it('takes the token along no redirect to another host', async () => {
    const stranger = await serve((_message, answer) => answer.end('{}'))
    const address = await serve((message, answer) => {
      message.resume().on('end', () => answer.writeHead(307, { location: stranger }).end())
    })
    await writeFile(target(), bytes)
    await expect(upload(client(address), target())).rejects.toThrow('redirects a POST')
  })
})

describe('memory', { tags: ['deep'] }, () => {
  it('does not grow with the file', async () => {
    // Node 24 keeps some 60 MB of dead buffers, whatever the size.
    const size = 256 * 1024 * 1024
    const chunk = Buffer.alloc(1024 * 1024, 1)
    let received = 0
    const address = await serve(async (message, answer) => {
      if (message.method === 'POST') {
        for await (const part of message) received += (part as Buffer).length
        return void answer.end('{}')
      }
      answer.writeHead(200, { 'content-length': size })
      for (let sent = 0; sent < size; sent += chunk.length) {
        if (!answer.write(chunk)) await new Promise((resolve) => answer.once('drain', resolve))
      }
      answer.end()
    })
    const own = client(address)
    let most = 0
    const before = process.memoryUsage().arrayBuffers
    const watch = () => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }
    await downloadFile(own, new URL('/asset', address), target(), { onProgress: watch })
    await uploadFile(own, new URL(`${address}/assets`), target(), {
      contentType: 'application/octet-stream',
      onProgress: watch,
    })
    expect(received).toBe(size)
    expect(most).toBeLessThan(size / 2)
  })
})
