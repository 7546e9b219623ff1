import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { sign } from '../../../src/webhooks/receive/signature.js'
import { secret } from './memory-store.js'
import { headersOf, type Sent, send, serve } from './serving.js'

const require = createRequire(import.meta.url)
const push = '{"ref":"refs/heads/main"}'

describe('a delivery', () => {
  it('is stored as it came, with the headers of use, and answered with its number', async () => {
    const serving = await serve()
    const answer = await send(serving, { body: push, headers: { 'X-Hub-Signature': 'sha1=x' } })
    expect(answer).toMatchObject({ status: 202, json: { id: 1, status: 'accepted' } })
    expect(serving.store.kept).toEqual([
      {
        delivery: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
        hookId: '292430182',
        event: 'push',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'GitHub-Hookshot/044aadd',
          'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
          'x-github-event': 'push',
          'x-github-hook-id': '292430182',
        },
        body: Buffer.from(push),
        sha256: '090ba1b9ca860d37bb4ca7492549a8a347caac3490f763399e6498622c9b47f9',
        source: 'http',
      },
    ])
  })

  it('that is known says so', async () => {
    const serving = await serve()
    await send(serving)
    const again = await send(serving)
    const repeat = await send(serving, { headers: { 'X-GitHub-Delivery': 'another' } })
    expect(again).toMatchObject({ status: 202, json: { id: 1, status: 'duplicate' } })
    expect(repeat).toMatchObject({ status: 202, json: { id: 2, status: 'repeat' } })
  })

  it('ping is answered with 200, and stored', async () => {
    const serving = await serve()
    const answer = await send(serving, { headers: { 'X-GitHub-Event': 'ping' } })
    expect(answer).toMatchObject({ status: 200, json: { id: 1, status: 'accepted' } })
    expect(serving.store.kept).toMatchObject([{ event: 'ping' }])
  })

  it('tells nothing about the server', async () => {
    const { headers } = await send(await serve())
    expect(Object.keys(headers).sort()).toEqual([
      'connection',
      'content-length',
      'content-type',
      'date',
    ])
  })
})

const bodies: [string, Buffer, string?][] = [
  ['with emoji', Buffer.from('{"message":"fixed 🎉 naïve"}')],
  ['with a byte order mark', Buffer.from('\ufeff{"a":1}')],
  ['with invalid UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x80, 0x7d])],
  ['with __proto__', Buffer.from('{"__proto__":{"polluted":true}}')],
  ['with NUL', Buffer.from('{"a":"\0"}')],
  ['with odd white space', Buffer.from('\r\n\t {"a" :\v1}\n\n')],
  ['as a form', Buffer.from('payload=%7B%22a%22%3A1%7D'), 'application/x-www-form-urlencoded'],
  ['that is not JSON', Buffer.from('not json')],
  ['that is empty', Buffer.alloc(0)],
  ['with a charset', Buffer.from('{}'), 'Application/JSON ; charset=utf-8'],
]

describe('a body', () => {
  it.each(bodies)('%s is kept byte by byte', async (_, body, type = 'application/json') => {
    const serving = await serve()
    const answer = await send(serving, { body, headers: { 'Content-Type': type } })
    expect(answer.status).toBe(202)
    const [kept] = serving.store.kept
    expect(Buffer.compare(kept?.body ?? Buffer.from('?'), body)).toBe(0)
    expect(kept?.headers['content-type']).toBe(type)
  })

  it('in chunks is kept whole', async () => {
    const serving = await serve()
    const body = Buffer.alloc(300_000, 'x')
    const headers = { 'Content-Length': undefined, 'Transfer-Encoding': 'chunked' }
    expect((await send(serving, { body, headers })).status).toBe(202)
    expect(serving.store.kept[0]?.body.length).toBe(300_000)
  })
})

it("takes all of Octokit's examples", { tags: ['deep'] }, async () => {
  const serving = await serve()
  const examples: { name: string; examples: unknown[] }[] = require('@octokit/webhooks-examples')
  let count = 0
  for (const { name, examples: payloads } of examples) {
    for (const payload of payloads) {
      count++
      const headers = { 'X-GitHub-Event': name, 'X-GitHub-Delivery': `example-${count}` }
      const answer = await send(serving, { body: JSON.stringify(payload), headers })
      expect([name, answer.status]).toEqual([name, name === 'ping' ? 200 : 202])
    }
  }
  expect(count).toBeGreaterThan(300)
  expect(serving.metrics.text([])).not.toContain('event="other"')
})

const wrong = sign(Buffer.from(push), 'another secret of some length')
const right = sign(Buffer.from(push), secret)
const signatures: [string, string | string[] | undefined, number][] = [
  ['right', right, 202],
  ['missing', undefined, 401],
  ['of another secret', wrong, 401],
  ['of another body', sign(Buffer.from('{}'), secret), 401],
  ['twice', [right, right], 401],
  ['right after a wrong one', [wrong, right], 401],
  ['too short', right.slice(0, -1), 401],
  ['too long', `${right}0`, 401],
  ['upper case', right.toUpperCase(), 401],
  ['with upper case digits', `sha256=${right.slice(7).toUpperCase()}`, 401],
  ['not hex', `sha256=${'g'.repeat(64)}`, 401],
  ['without its name', right.slice(7), 401],
  ['empty', '', 401],
  ['of another algorithm', right.replace('sha256', 'sha512'), 401],
]

describe('a signature', () => {
  it.each(signatures)('%s: %#', async (_, signature, status) => {
    const serving = await serve()
    const headers = { 'X-Hub-Signature-256': signature }
    expect((await send(serving, { body: push, headers })).status).toBe(status)
    expect(serving.store.kept).toHaveLength(status === 202 ? 1 : 0)
  })

  it('by SHA-1 is not enough', async () => {
    const serving = await serve()
    const headers = {
      'X-Hub-Signature-256': undefined,
      'X-Hub-Signature': 'sha1=d03207e4b030cf234e3447bac4d93add4c6643d8',
    }
    expect((await send(serving, { headers })).status).toBe(401)
  })

  it('of any of the secrets counts, as long as it is one of them', async () => {
    const serving = await serve({ secrets: ['the new secret of the hook', secret] })
    const signedBy = (key: string, delivery: string): Sent => ({
      body: push,
      headers: { ...headersOf(push, key), 'X-GitHub-Delivery': delivery },
    })
    expect((await send(serving, signedBy(secret, 'a'))).status).toBe(202)
    expect((await send(serving, signedBy('the new secret of the hook', 'b'))).status).toBe(202)
    serving.settings = { ...serving.settings, secrets: ['the new secret of the hook'] }
    expect((await send(serving, signedBy(secret, 'c'))).status).toBe(401)
  })
})

const refusals: [string, Sent, number][] = [
  ['no delivery id', { headers: { 'X-GitHub-Delivery': undefined } }, 400],
  ['two delivery ids', { headers: { 'X-GitHub-Delivery': ['a', 'b'] } }, 400],
  ['a strange delivery id', { headers: { 'X-GitHub-Delivery': 'a/../b' } }, 400],
  ['a long delivery id', { headers: { 'X-GitHub-Delivery': 'a'.repeat(101) } }, 400],
  ['no event', { headers: { 'X-GitHub-Event': undefined } }, 400],
  ['a strange event', { headers: { 'X-GitHub-Event': 'push;x' } }, 400],
  ['a long event', { headers: { 'X-GitHub-Event': 'a'.repeat(61) } }, 400],
  ['another path', { path: '/webhook/' }, 404],
  ['the root', { path: '/' }, 404],
  ['text', { headers: { 'Content-Type': 'text/plain' } }, 415],
  ['no type', { headers: { 'Content-Type': undefined } }, 415],
  ['a type that begins alike', { headers: { 'Content-Type': 'application/jsonx' } }, 415],
  ['a compressed body', { headers: { 'Content-Encoding': 'gzip' } }, 415],
]

describe('the receiver refuses', () => {
  it.each(refusals)('%s', async (_, sent, status) => {
    const serving = await serve()
    const answer = await send(serving, sent)
    expect(answer.status).toBe(status)
    expect(Object.keys(answer.json as object)).toEqual(['error'])
    expect(serving.store.kept).toEqual([])
  })

  it.each([
    ['GET', '/webhook', 'POST'],
    ['PUT', '/webhook', 'POST'],
    ['OPTIONS', '/webhook', 'POST'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['DELETE', '/metrics', 'GET, HEAD'],
  ])('%s %s', async (method, path, allowed) => {
    const answer = await send(await serve(), { method, path })
    expect(answer).toMatchObject({ status: 405, headers: { allow: allowed } })
  })

  it('nothing for a query or an unknown hook id', async () => {
    const serving = await serve()
    const headers = { 'X-GitHub-Hook-ID': 'not a number' }
    expect((await send(serving, { path: '/webhook?a=1', headers })).status).toBe(202)
    expect(serving.store.kept[0]?.hookId).toBeNull()
  })

  it('and counts it, by status', async () => {
    const serving = await serve()
    await send(serving, { path: '/' })
    await send(serving, { headers: { 'X-Hub-Signature-256': wrong } })
    await send(serving, { headers: { 'X-Hub-Signature-256': wrong } })
    const { text } = await send(serving, { method: 'GET', path: '/metrics' })
    expect(text).toContain('wizard_webhook_refused_total{code="404"} 1\n')
    expect(text).toContain('wizard_webhook_refused_total{code="401"} 2\n')
    expect(serving.events).toEqual([
      { type: 'delivery-refused', status: 401, address: '127.0.0.1' },
      { type: 'delivery-refused', status: 401, address: '127.0.0.1' },
    ])
  })
})

describe('GET /healthz', () => {
  it('is 200 with a store that is up', async () => {
    const answer = await send(await serve(), { method: 'GET', path: '/healthz' })
    expect(answer).toMatchObject({ status: 200, json: { status: 'ok' } })
  })

  it('is 503 from a failed commit until one succeeds', async () => {
    let isFull = true
    const commit = () => {
      if (isFull) throw new Error('no space is left on the disk')
    }
    const serving = await serve({}, { probeStore: async () => commit() })
    const health = async () => (await send(serving, { method: 'GET', path: '/healthz' })).status
    serving.store.commit = commit
    expect(await health()).toBe(200)
    expect((await send(serving)).status).toBe(503)
    expect(await health()).toBe(503)
    isFull = false
    expect(await health()).toBe(200)
    expect(serving.state.isStoreUp).toBe(true)
  })

  it('is 503 while it drains, and HEAD has no body', async () => {
    const serving = await serve()
    serving.state.isDraining = true
    const answer = await send(serving, { method: 'HEAD', path: '/healthz' })
    expect(answer).toMatchObject({ status: 503, headers: { connection: 'close' }, text: '' })
  })
})

describe('GET /metrics', () => {
  it('is 404 where the settings turn it off, from the next request on', async () => {
    const serving = await serve()
    const scrape = () => send(serving, { method: 'GET', path: '/metrics' })
    expect(await scrape()).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    })
    serving.settings = { ...serving.settings, metrics: false }
    expect((await scrape()).status).toBe(404)
  })
})
