import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sign } from '../../../src/webhooks/receive/signature.js'
import type { Running } from '../../support/in-process.js'
import { type ChannelServer, openChannel } from './channel-server.js'
import { type Hooked, noting, openHooked, secret } from './hooked.js'

let work: Hooked
let channel: ChannelServer
let running: Running | null = null

beforeEach(async () => {
  work = await openHooked()
  await work.webhooks({ enabled: true, secret, handlers: { star: [noting] } })
})
afterEach(async () => {
  running?.interrupt()
  await running?.ended
  running = null
  await channel.close()
  await work.close()
})

async function forwarding(kind: 'smee' | 'gosmee') {
  channel = await openChannel(kind)
  running = work.begin(['WEBHOOK', 'FORWARD', '--channel', channel.url])
  await running.wrote(/connected to/)
  return running
}

async function post(body: string, given: Record<string, string> = {}) {
  const delivery = randomUUID()
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'star',
    'x-github-delivery': delivery,
    'x-github-hook-id': '12',
    'x-hub-signature-256': sign(Buffer.from(body), secret),
    ...given,
  }
  await fetch(channel.url, { method: 'POST', headers, body })
  return delivery
}

const payload = (more = '') => `{"repository":{"full_name":"uDOS/core"}${more}}`
const ran = async () =>
  (await work.read('ran.txt').catch(() => '')).split('\n').filter((line) => line !== '')
const untilRan = (count: number) =>
  vi.waitUntil(async () => (await ran()).length === count, { timeout: 20_000 })
const stored = async () => (await work.wizard('WEBHOOK', 'LIST', '--json')).json

/** Rightly signed, and different once they are parsed and written again. */
const fragile = [',"n":1.0', ',"big":12345678901234567890', ', "space":1', ',"e":"\\u00e9"']

test('smee: what keeps its signature is stored and run', async () => {
  const forward = await forwarding('smee')
  const first = await post(payload(',"text":"é 😀"'))
  const form = new URLSearchParams({ payload: payload(',"form":true') }).toString()
  const second = await post(form, { 'content-type': 'application/x-www-form-urlencoded' })
  await untilRan(2)
  forward.interrupt('SIGTERM')
  expect((await forward.ended).status).toBe(0)
  expect(await ran()).toEqual([`${first} star`, `${second} star`])
  expect(await stored()).toMatchObject([
    { delivery: second, hook_id: '12', repo: 'uDOS/core', status: 'done' },
    { delivery: first, status: 'done' },
  ])
  const { headers } = channel.readers[0] ?? {}
  expect(headers).toMatchObject({ accept: 'text/event-stream' })
  expect(JSON.stringify(headers)).not.toContain(work.github.token)
  expect(headers).not.toHaveProperty('authorization')
})

test('smee: a body whose signature the channel has broken is a warning, and not stored', async () => {
  const forward = await forwarding('smee')
  for (const more of fragile) {
    const broken = await post(payload(more))
    await forward.said(
      new RegExp(
        `star ${broken} was not accepted: the signature does not match: the channel changed the body`,
      ),
    )
  }
  await post(payload(), { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` })
  const unsigned = await post(payload(), { 'x-hub-signature-256': '' })
  await forward.said(new RegExp(`${unsigned} was not accepted: it has no signature`))
  expect(await stored()).toEqual([])
})

test('gosmee: the bytes are those of GitHub', { tags: ['deep'] }, async () => {
  const forward = await forwarding('gosmee')
  for (const more of fragile) await post(payload(more))
  await untilRan(4)
  const wrong = await post(payload(), { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` })
  await forward.said(new RegExp(`${wrong} was not accepted: its signature does not match a secret`))
  const bodies = await Promise.all(
    [1, 2, 3, 4].map((id) => work.wizard('WEBHOOK', 'VIEW', `${id}`, '--body')),
  )
  expect(bodies.map(({ out }) => out)).toEqual(fragile.map((more) => payload(more)))
})

test('a changed secret counts as soon as webhooks.yaml has it', async () => {
  const forward = await forwarding('gosmee')
  const next = 'another secret of sixteen letters'
  const signed = (key: string, more: string) =>
    post(payload(more), { 'x-hub-signature-256': sign(Buffer.from(payload(more)), key) })
  await work.webhooks({ enabled: true, secret: next, handlers: { star: [noting] } })
  await vi.waitFor(async () => {
    await work.clock.pass(1000)
    const { out } = await work.wizard('LOG', 'SHOW', 'webhooks')
    expect(out).toContain('webhooks.yaml was reloaded')
  })
  const taken = await signed(next, ',"by":"the new one"')
  const refused = await signed(secret, ',"by":"the old one"')
  await forward.said(new RegExp(`${refused} was not accepted: its signature does not match`))
  await untilRan(1)
  expect(await ran()).toEqual([`${taken} star`])
})

test('the same delivery twice runs once', { tags: ['deep'] }, async () => {
  await forwarding('smee')
  const delivery = await post(payload())
  await post(payload(), { 'x-github-delivery': delivery })
  await post(payload(',"other":1'))
  await untilRan(2)
  const list = await stored()
  expect(list).toHaveLength(2)
  expect(list[1]).toMatchObject({ delivery, times_received: 2 })
})

test('a lost connection is opened again, from the last event on, each time later', {
  tags: ['deep'],
}, async () => {
  const forward = await forwarding('smee')
  channel.write(': a comment\nretry: 1\n\n')
  await post(payload())
  await untilRan(1)
  work.clock.slept.length = 0
  channel.status = 503
  channel.cut()
  await vi.waitUntil(() => channel.readers.length >= 8, { timeout: 20_000 })
  const pauses = work.clock.slept.filter((one) => one >= 1000).slice(0, 7)
  expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  channel.status = 200
  const before = channel.readers.length
  await vi.waitUntil(() => channel.readers.length > before, { timeout: 20_000 })
  expect(channel.readers.at(-1)?.headers['last-event-id']).toBe('0')
  await vi.waitUntil(async () => {
    await post(payload(`,"again":${Math.random()}`))
    return (await ran()).length > 1
  }, 20_000)
  await forward.said(/closed|answered 503/)
})

test('silence of 90 seconds is a lost connection; a heartbeat is none', {
  tags: ['deep'],
}, async () => {
  await forwarding('smee')
  for (let seconds = 0; seconds < 240; seconds += 60) {
    const heard = vi.waitUntil(() => work.clock.limits().includes(90_000))
    await heard
    await work.clock.pass(60_000)
    channel.write('event: ping\ndata: {}\n\n')
    // The beat has to arrive before the next minute.
    await post(payload(`,"beat":${seconds}`))
    await untilRan(seconds / 60 + 1)
  }
  expect(channel.readers).toHaveLength(1)
  await work.clock.pass(91_000)
  await vi.waitUntil(() => channel.readers.length === 2, { timeout: 20_000 })
})

test('what is not a channel, or not encrypted, is exit 2', async () => {
  channel = await openChannel('smee')
  const forward = (...args: string[]) => work.wizard('WEBHOOK', 'FORWARD', ...args)
  for (const status of [204, 302, 403, 404]) {
    channel.status = status
    const { status: exit, err } = await forward('--channel', channel.url)
    expect([exit, err]).toEqual([2, expect.stringContaining('is not a channel')])
  }
  const cases = [
    { args: [], says: '--channel is missing' },
    { args: ['--channel', 'http://smee.io/abc'], says: 'is not encrypted' },
    { args: ['--channel', 'smee.io/abc'], says: 'is not the address of a channel' },
    { args: ['--channel', 'https://me:pw@smee.io/abc'], says: 'is not the address of a channel' },
  ]
  for (const { args, says } of cases) {
    const { status, err } = await forward(...args)
    expect([status, err]).toEqual([2, expect.stringContaining(says)])
  }
})
