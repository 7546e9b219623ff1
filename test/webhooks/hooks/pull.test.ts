import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { reached } from '../../support/workspace.js'
import { type Hooked, noting, openHooked, secret } from './hooked.js'

let work: Hooked

beforeEach(async () => {
  work = await openHooked()
  const push = [{ ...noting, name: 'pushed' }]
  await work.webhooks({ enabled: true, secret, handlers: { star: [noting], push } })
})
afterEach(() => work.close())

const pullOnce = (...args: string[]) => work.wizard('WEBHOOK', 'PULL', ...args, '--once', '--json')
const list = async (): Promise<Listed[]> =>
  (await work.wizard('WEBHOOK', 'LIST', '--limit', '1000', '--json')).json
const ran = async () =>
  (await work.read('ran.txt').catch(() => '')).split('\n').filter((line) => line !== '')

interface Listed {
  id: number
  delivery: string
  event: string
  status: string
  times_received: number
}

/** A hook without a receiver: PULL is for machines that GitHub can't reach. */
async function hookAt(url = 'http://127.0.0.1:9/webhook', path = '/repos/uDOS/core') {
  const config = { url, content_type: 'json', secret }
  const hook = { name: 'web', config, events: ['*'] }
  const { id } = (await work.ask('POST', `${path}/hooks`, hook)) as { id: number }
  await work.github.delivered()
  return String(id)
}

async function happen(...counts: number[]) {
  for (const count of counts) work.github.happen('uDOS/core', 'star', { count })
  await work.github.delivered()
}

const requests = () => work.asked('GET', /\/deliveries/)

test('--once takes what is new, oldest first, and waits for the handlers', {
  tags: ['deep'],
}, async () => {
  const id = await hookAt()
  await happen(1, 2, 3)
  const { status, json } = await pullOnce('uDOS/core')
  expect(status).toBe(0)
  expect(json).toMatchObject([
    { id: 1, event: 'ping', status: 'ignored', hook_id: id },
    ...[2, 3, 4].map((one) => ({ id: one, event: 'star', status: 'done', repo: 'uDOS/core' })),
  ])
  const bodies = await Promise.all(
    [2, 3, 4].map((one) => work.wizard('WEBHOOK', 'VIEW', `${one}`, '--body')),
  )
  expect(bodies.map(({ out }) => JSON.parse(out).count)).toEqual([1, 2, 3])
  expect(await ran()).toHaveLength(3)
  const view = (await work.wizard('WEBHOOK', 'VIEW', '2', '--json')).json
  expect(view.headers).toMatchObject({
    ...{ 'content-type': 'application/json', 'x-github-event': 'star' },
  })
  expect(JSON.stringify(view.headers)).not.toContain('sha256=')
  expect((await pullOnce('uDOS/core')).json).toEqual([])
})

test('the body has the numbers as GitHub wrote them', { tags: ['deep'] }, async () => {
  await hookAt()
  const payload = '{"big":3804004623172239366,"one":1.0,"text":"é 😀"}'
  const body = `{"request":{"headers":{},"payload":${payload}}}`
  work.github.fail({ path: /\/deliveries\/\d+$/, status: 200, body })
  await pullOnce('uDOS/core')
  expect((await work.wizard('WEBHOOK', 'VIEW', '1', '--body')).out).toBe(payload)
})

test('a handler that fails for good is exit 1', async () => {
  const failing = { ...noting, payload: { cmd: ['/bin/false'] }, attempts: 1 }
  await work.webhooks({ enabled: true, secret, handlers: { star: [failing] } })
  await hookAt()
  await happen(1)
  const { status, json, err } = await pullOnce('uDOS/core')
  expect([status, json[1].status]).toEqual([1, 'dead'])
  expect(err).toContain('delivery 2 is dead')
})

test('one that GitHub no longer has is asked for once; a redelivery of it is taken', {
  tags: ['deep'],
}, async () => {
  const id = await hookAt()
  await happen(1)
  const [hook] = work.github.world.require('uDOS/core').hooks
  const star = hook?.deliveries.find(({ event }) => event === 'star')
  if (hook === undefined || star === undefined) throw new Error('there is no star')
  work.github.fail({ path: new RegExp(`/deliveries/${star.id}$`), status: 404 })
  const pulling = work.begin(['WEBHOOK', 'PULL', 'uDOS/core', '--hook', id])
  await pulling.said(new RegExp(`star ${star.guid} was not accepted: GitHub no longer has it`))
  const polls = () => work.asked('GET', /\/deliveries\?/).length
  const before = polls()
  await vi.waitUntil(() => polls() > before + 3, { timeout: 20_000 })
  expect(work.asked('GET', new RegExp(`/deliveries/${star.id}$`))).toHaveLength(1)
  work.github.world.hooks.redeliver(hook, star)
  await vi.waitUntil(async () => (await ran()).length === 1, { timeout: 20_000 })
  pulling.interrupt()
  const { err } = await pulling.ended
  expect(err.match(/was not accepted/g)).toHaveLength(1)
  expect(await list()).toMatchObject([{ delivery: star.guid, status: 'done' }, { event: 'ping' }])
})

test('250 deliveries are three pages, and the next poll asks once', {
  tags: ['deep'],
}, async () => {
  const id = await hookAt()
  await work.webhooks({ enabled: true, secret, handlers: { push: [noting] } })
  const counts = Array.from({ length: 249 }, (_, index) => index + 1)
  await happen(...counts)
  const pulling = work.begin(['WEBHOOK', 'PULL', 'uDOS/core', '--hook', id])
  const listings = () => work.github.requests.filter(({ path }) => /\/deliveries\?/.test(path))
  await vi.waitUntil(async () => (await list()).length === 250, { timeout: 60_000 })
  await vi.waitUntil(() => listings().length > 5, { timeout: 60_000 })
  for (const { headers, path } of listings().slice(3)) {
    expect(headers['if-none-match']).toMatch(/^W\//)
    expect(path).not.toContain('cursor')
  }
  // More than a page at once: a poll looks back until it meets what it knows.
  const down = work.github.fail({ path: /\/deliveries/, status: 502 })
  await happen(...counts.slice(0, 150))
  down.remove()
  await vi.waitUntil(async () => (await list()).length === 400, { timeout: 60_000 })
  pulling.interrupt('SIGTERM')
  expect((await pulling.ended).status).toBe(0)
  expect(work.asked('GET', /\/deliveries\/\d+$/)).toHaveLength(400)
  const events = (await list()).reverse().map(({ delivery }) => delivery)
  const sent = work.github.world.require('uDOS/core').hooks[0]?.deliveries ?? []
  expect(events).toEqual(sent.map(({ guid }) => guid).reverse())
})

test('a network cut is a warning, and nothing is missed', { tags: ['deep'] }, async () => {
  const id = await hookAt()
  await happen(1)
  const pulling = work.begin(['WEBHOOK', 'PULL', 'uDOS/core', '--hook', id, '--interval', '1'])
  await vi.waitUntil(async () => (await ran()).length === 1, { timeout: 20_000 })
  const cut = work.github.fail({ path: /\/deliveries/, cutAfter: 3 })
  await happen(2)
  await reached(cut, 4)
  await happen(3)
  cut.remove()
  // The lists arrive, and of the deliveries in them only the first.
  const half = work.github.fail({ path: /\/deliveries\/\d+$/, skip: 1, times: 3, dropAnswer: true })
  await happen(4)
  await reached(half, 1)
  await vi.waitUntil(async () => (await ran()).length === 4, { timeout: 20_000 })
  await pulling.said(/PULL uDOS\/core: /)
  pulling.interrupt('SIGINT')
  expect((await pulling.ended).status).toBe(0)
  const found = await list()
  expect(found.map(({ event, status }) => [event, status])).toEqual([
    ...Array(4).fill(['star', 'done']),
    ['ping', 'ignored'],
  ])
  expect(new Set(await ran()).size).toBe(4)
})

test('--once without a network is exit 6, and takes nothing', async () => {
  const id = await hookAt()
  work.github.fail({ path: /\/deliveries/, dropAnswer: true })
  expect((await pullOnce('uDOS/core', '--hook', id)).status).toBe(6)
  expect(await list()).toEqual([])
})

test("a push to the repository's and the organization's hook runs once", {
  tags: ['deep'],
}, async () => {
  await hookAt()
  await hookAt('http://127.0.0.1:9/webhook', '/orgs/uDOS')
  await work.github.commit('uDOS/core')
  await work.github.delivered()
  expect((await pullOnce('uDOS/core')).json).toHaveLength(2)
  expect((await pullOnce('uDOS')).json).toMatchObject([{ event: 'ping' }])
  expect(await ran()).toHaveLength(1)
})

test('beside SERVE, which runs the handlers and receives the same again', {
  tags: ['deep'],
}, async () => {
  const port = await freePort()
  await work.webhooks({ enabled: true, secret, port, handlers: { star: [noting] } })
  await hookAt()
  await happen(1)
  const serving = work.begin(['WEBHOOK', 'SERVE'])
  await serving.wrote(/listening on/)
  const { json } = await pullOnce('uDOS/core')
  expect(json.map(({ status }: Listed) => status)).toEqual(['ignored', 'done'])
  // GitHub's own bytes are others than the API's JSON of them.
  await hookAt(`http://127.0.0.1:${port}/webhook`)
  const [hook] = work.github.world.require('uDOS/core').hooks
  const star = hook?.deliveries.find(({ event }) => event === 'star')
  if (hook === undefined || star === undefined) throw new Error('there is no star')
  hook.config = { ...hook.config, url: `http://127.0.0.1:${port}/webhook` }
  work.github.world.hooks.redeliver(hook, star)
  await happen(2)
  expect(hook.deliveries[0]?.statusCode).toBe(202)
  await vi.waitUntil(async () => (await ran()).length === 2, { timeout: 20_000 })
  expect((await pullOnce('uDOS/core', '--hook', `${hook.id}`)).json).toEqual([])
  serving.interrupt('SIGTERM')
  expect((await serving.ended).status).toBe(0)
  expect((await list()).find(({ delivery }) => delivery === star.guid)).toMatchObject({
    ...{ times_received: 2, status: 'done' },
  })
})

test('a gap below what SERVE has received is filled', { tags: ['deep'] }, async () => {
  await hookAt()
  await happen(1, 2, 3)
  const [hook] = work.github.world.require('uDOS/core').hooks
  const newest = hook?.deliveries[0]
  await work.write('payload.json', JSON.stringify(newest?.request.payload))
  const event = ['--event', 'star', '--delivery', newest?.guid ?? '', '--sign']
  expect((await work.wizard('WEBHOOK', 'RECEIVE', 'payload.json', ...event)).status).toBe(0)
  expect((await pullOnce('uDOS/core')).json).toHaveLength(3)
  // What RECEIVE has left runs too, also where there is nothing new.
  expect(await ran()).toHaveLength(3)
  for (const count of [4, 5, 6]) {
    await work.write('another.json', `{"repository":{"full_name":"uDOS/core"},"count":${count}}`)
    await work.wizard('WEBHOOK', 'RECEIVE', 'another.json', '--event', 'star', '--sign')
  }
  expect((await pullOnce('uDOS/core')).json).toEqual([])
  expect(await ran()).toHaveLength(6)
})

test('what is wrong is exit 2, 3 or 4', async () => {
  expect((await pullOnce('uDOS/core')).status).toBe(3)
  expect((await pullOnce('uDOS/core', '--interval', '5')).status).toBe(2)
  const zero = ['WEBHOOK', 'PULL', 'uDOS/core', '--interval', '0']
  expect((await work.wizard(...zero)).status).toBe(2)
  const limited = await openHooked({ scopes: '' })
  const { status, err } = await limited.wizard('WEBHOOK', 'PULL', 'uDOS/core', '--hook', '7')
  expect(status).toBe(4)
  expect(err).toContain('admin:repo_hook')
  await limited.close()
  expect(requests()).toEqual([])
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
