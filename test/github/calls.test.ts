import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { GitHubRateLimitError, InterruptedError } from '../../src/base/errors.js'
import type { WizardEvent } from '../../src/events.js'
import { GitHubClient, type GitHubClientOptions } from '../../src/github/client.js'
import { serve } from '../http/servers.js'
import { testClock } from '../support/clock.js'

const json = { 'content-type': 'application/json' }
const repository = { id: 1, name: 'core', full_name: 'uDOS/core', html_url: 'x', private: false }
const clients: GitHubClient[] = []
afterEach(() => Promise.all(clients.splice(0).map((one) => one.close())))

function client(baseUrl: string, options: GitHubClientOptions = {}): GitHubClient {
  const clock = testClock(Date.now())
  const made = new GitHubClient({ baseUrl, token: 'a-token', clock, ...options })
  clients.push(made)
  return made
}

/** A call of a client that records its events. */
function call(of: GitHubClient) {
  const stop = new AbortController()
  const heard: string[] = []
  const emit = (event: WizardEvent) =>
    'message' in event && event.type !== 'activity' && heard.push(event.message)
  return { client: of.with({ signal: stop.signal, emit }), stop, heard }
}

const get = (own: GitHubClient, repo: string) => own.getRepo('uDOS', repo)

describe('two calls of one client', () => {
  it('are stopped apart, and hear their own requests', async () => {
    const held: ServerResponse[] = []
    const address = await serve((_message, answer) => void held.push(answer))
    const own = client(address)
    const [a, b] = [call(own), call(own)]
    const [first, second] = [get(a.client, 'a'), get(b.client, 'b')]
    const stopped = expect(first).rejects.toThrow(InterruptedError)
    await vi.waitUntil(() => held.length === 2, 10_000)
    a.stop.abort(new InterruptedError())
    await stopped
    for (const answer of held) answer.writeHead(200, json).end(JSON.stringify(repository))
    expect((await second).id).toBe(1)
    expect(a.heard).toEqual([expect.stringMatching(/^GET \/repos\/uDOS\/a - /)])
    expect(b.heard).toEqual([expect.stringMatching(/^GET \/repos\/uDOS\/b 200 /)])
    expect([a.client.requests, b.client.requests, own.requests]).toEqual([1, 1, 0])
  })

  it('have a deadline each, and one rate limit', async () => {
    const clock = testClock(Date.now())
    let asked = 0
    const address = await serve((_message, answer) => {
      if (++asked > 1) answer.writeHead(200, json).end(JSON.stringify(repository))
      else answer.writeHead(429, { 'retry-after': '60' }).end()
    })
    const own = client(address, { clock })
    const soon = own.with({ deadline: clock.now() + 30_000 })
    await expect(get(soon, 'a')).rejects.toThrow(GitHubRateLimitError)
    await expect(get(soon, 'b')).rejects.toThrow(GitHubRateLimitError)
    expect(asked).toBe(1)
    expect((await get(own.with({ deadline: clock.now() + 90_000 }), 'c')).id).toBe(1)
    expect(clock.slept).toEqual([60_000])
  })

  it('share the answers that are remembered', async () => {
    const seen: unknown[] = []
    const address = await serve((message, answer) => {
      seen.push(message.headers['if-none-match'])
      if (message.headers['if-none-match'] === '"1"') answer.writeHead(304).end()
      else answer.writeHead(200, { ...json, etag: '"1"' }).end(JSON.stringify(repository))
    })
    const own = client(address)
    await get(own.with({}), 'core')
    expect((await get(own.with({}), 'core')).id).toBe(1)
    expect(seen).toEqual([undefined, '"1"'])
  })

  it('keep what a call of a call does not change', async () => {
    const address = await serve((_message, answer) =>
      answer.writeHead(200, json).end(JSON.stringify(repository)),
    )
    const { client: outer, heard, stop } = call(client(address))
    await get(outer.with({ deadline: null }), 'core')
    expect(heard).toHaveLength(1)
    stop.abort(new InterruptedError())
    await expect(get(outer.with({ emit: () => {} }), 'core')).rejects.toThrow(InterruptedError)
  })
})

describe('a token that is fetched', () => {
  it('serves a call though the one that asked for it first was stopped', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'calls-'))
    const privateKey = join(folder, 'key.pem')
    const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    await writeFile(privateKey, key.export({ type: 'pkcs1', format: 'pem' }))
    const held: ServerResponse[] = []
    const seen: string[] = []
    const address = await serve((message, answer) => {
      seen.push(`${message.method} ${message.url}`)
      if (message.method === 'POST') held.push(answer)
      else answer.writeHead(200, json).end(JSON.stringify(repository))
    })
    const own = client(address, { app: { id: 1, privateKey, installation: 7 } })
    const [a, b] = [call(own), call(own)]
    const stopped = expect(get(a.client, 'a')).rejects.toThrow(InterruptedError)
    const second = get(b.client, 'b')
    await vi.waitUntil(() => held.length > 0, 10_000)
    a.stop.abort(new InterruptedError())
    await stopped
    const expires = new Date(Date.now() + 3_600_000).toISOString()
    const token = { token: 'ghs_token1', expires_at: expires, permissions: {} }
    for (const answer of held) answer.writeHead(201, json).end(JSON.stringify(token))
    expect((await second).id).toBe(1)
    const fetched = 'POST /app/installations/7/access_tokens'
    expect(seen).toEqual([fetched, 'GET /repos/uDOS/b'])
    expect(a.heard).toEqual([])
    expect(b.heard).toEqual([
      expect.stringContaining(`${fetched} 201`),
      expect.stringContaining('GET /repos/uDOS/b 200'),
    ])
    await rm(folder, { recursive: true })
  })

  it('is asked for again after a failure', { tags: ['deep'] }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'calls-'))
    const privateKey = join(folder, 'key.pem')
    const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const address = await serve((message, answer) => {
      const expires = new Date(Date.now() + 3_600_000).toISOString()
      const token = { token: 'ghs_token1', expires_at: expires, permissions: {} }
      const body = message.method === 'POST' ? token : repository
      answer.writeHead(message.method === 'POST' ? 201 : 200, json).end(JSON.stringify(body))
    })
    const own = client(address, { app: { id: 1, privateKey, installation: 7 } })
    await expect(get(own, 'core')).rejects.toThrow("can't read")
    await writeFile(privateKey, key.export({ type: 'pkcs1', format: 'pem' }))
    expect((await get(own, 'core')).id).toBe(1)
    await rm(folder, { recursive: true })
  })
})
