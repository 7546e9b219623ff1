import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Hooked, noting, openHooked, secret } from './hooked.js'

let work: Hooked
let now = Date.now()

beforeEach(async () => {
  now = Date.now()
  work = await openHooked({ now: () => new Date(now) })
})
afterEach(() => work.close())

const recover = (...args: string[]) => work.wizard('WEBHOOK', 'RECOVER', ...args, '--json')

interface Recovered {
  delivery: string
  event: string
  status: string
  status_code: number
  error: { code: string; message: string } | null
}

async function hookAt(url: string, path = '/repos/uDOS/core') {
  const config = { url, content_type: 'json', secret }
  const hook = { name: 'web', config, events: ['*'] }
  const { id } = (await work.ask('POST', `${path}/hooks`, hook)) as { id: number }
  await work.github.delivered()
  return String(id)
}

/** Events that happen one after another, each delivered before the next. */
async function happen(...counts: number[]) {
  for (const count of counts) {
    work.github.happen('uDOS/core', 'star', { count })
    await work.github.delivered()
  }
}

const guids = (path = '/repos/uDOS/core', id = '') =>
  work
    .ask('GET', `${path}/hooks/${id}/deliveries?per_page=100`)
    .then((list) => (list as { guid: string }[]).map(({ guid }) => guid).reverse())

const attempts = () => work.asked('POST', /\/attempts$/)

test('redelivers once what no attempt has delivered, oldest first', async () => {
  const id = await hookAt(work.receiver.url)
  await happen(1)
  work.receiver.status = 503
  await happen(2, 3, 4)
  const [, , second = '', third = '', fourth = ''] = await guids('/repos/uDOS/core', id)
  work.receiver.status = 202
  // Somebody else has asked for one already.
  const list = (await work.ask('GET', `/repos/uDOS/core/hooks/${id}/deliveries`)) as unknown[]
  expect(list).toHaveLength(5)
  const other = work.github.world.require('uDOS/core').hooks[0]?.deliveries[0]
  await work.ask('POST', `/repos/uDOS/core/hooks/${id}/deliveries/${other?.id}/attempts`)
  await work.github.delivered()

  const planned = await recover('uDOS/core', '--dry-run')
  expect([planned.status, attempts()]).toEqual([0, []])
  const statuses = (found: Recovered[]) => found.map(({ status }) => status)
  expect(statuses(planned.json)).toEqual([
    'delivered',
    'delivered',
    'planned',
    'planned',
    'delivered',
  ])
  const { status, json } = await recover('uDOS/core')
  expect(status).toBe(0)
  expect(json.slice(2)).toEqual([
    {
      ...{ delivery: second, event: 'star', delivered_at: expect.any(String), status_code: 503 },
      ...{ status: 'redelivered', error: null },
    },
    expect.objectContaining({ delivery: third, status: 'redelivered' }),
    expect.objectContaining({ delivery: fourth, status: 'delivered', status_code: 202 }),
  ])
  await work.github.delivered()
  const came = work.receiver.received.map(({ delivery }) => delivery)
  expect(came.filter((one) => one === second)).toHaveLength(2)
  expect(statuses((await recover('uDOS/core')).json)).toEqual(Array(5).fill('delivered'))
  expect(attempts()).toHaveLength(2)
})

test('reads all pages, back to three days', { tags: ['deep'] }, async () => {
  now -= 4 * 86_400_000
  const id = await hookAt(work.receiver.url)
  work.receiver.status = 500
  await happen(1)
  now += 86_400_000 + 60_000
  for (let count = 0; count < 250; count++) work.github.happen('uDOS/core', 'star', { count })
  await work.github.delivered()
  now += 3 * 86_400_000 - 120_000
  await happen(2)
  const { json } = await recover('uDOS/core', '--hook', id)
  expect(json).toHaveLength(251)
  expect(Date.parse(json[250].delivered_at)).toBeGreaterThan(Date.parse(json[0].delivered_at))
  expect(new Set(json.map(({ status }: Recovered) => status))).toEqual(new Set(['redelivered']))
  expect(work.asked('GET', /\/deliveries\?/)).toHaveLength(3)
  expect(new Set(attempts()).size).toBe(251)
  // The new attempts of all of them are younger.
  const lately = await recover('uDOS/core', '--since', '1h', '--dry-run')
  const order = (found: Recovered[]) => found.map(({ delivery }) => delivery)
  expect(order(lately.json)).toEqual(order(json))
})

test('an event that was delivered once is, whatever became of a later attempt', async () => {
  const id = await hookAt(work.receiver.url)
  work.receiver.status = 500
  const [ping] = work.github.world.require('uDOS/core').hooks[0]?.deliveries ?? []
  await work.ask('POST', `/repos/uDOS/core/hooks/${id}/deliveries/${ping?.id}/attempts`)
  await work.github.delivered()
  expect((await recover('uDOS/core')).json).toMatchObject([
    { event: 'ping', status: 'delivered', status_code: 500 },
  ])
})

test('what the store has is not asked for', async () => {
  await hookAt(work.receiver.url)
  work.receiver.status = 500
  await happen(1, 2)
  const [, , last] = work.receiver.received
  await work.write('payload.json', `${last?.body}`)
  const event = ['--event', 'star', '--delivery', last?.delivery ?? '', '--sign']
  await work.wizard('WEBHOOK', 'RECEIVE', 'payload.json', ...event)
  const { json } = await recover('uDOS/core')
  expect(json.map(({ status }: Recovered) => status)).toEqual(['delivered', 'redelivered', 'known'])
})

test('what GitHub refuses is in the result and exit 1, and nothing is asked for twice', async () => {
  await hookAt(work.receiver.url)
  work.receiver.status = 500
  await happen(1, 2, 3, 4)
  const bad = { method: 'POST', path: /\/attempts$/ }
  work.github.fail({ ...bad, status: 502, times: 1 })
  work.github.fail({ ...bad, status: 404, times: 1, body: { message: 'Not Found' } })
  // A gateway may answer so after the work.
  work.github.fail({ ...bad, status: 503, headers: { 'retry-after': '1' }, times: 1 })
  const { status, json, err } = await recover('uDOS/core')
  expect(status).toBe(1)
  expect(json.map(({ status, error }: Recovered) => [status, error?.code])).toEqual([
    ['delivered', undefined],
    ['failed', 'GITHUB_NETWORK'],
    ['failed', 'GITHUB_NOT_FOUND'],
    ['failed', 'GITHUB_NETWORK'],
    ['redelivered', undefined],
  ])
  expect(err).toContain('3 of 5 were not redelivered')
  expect(attempts()).toHaveLength(4)
})

test('a network that is lost thrice is not asked any more', async () => {
  await hookAt(work.receiver.url)
  work.receiver.status = 500
  await happen(1, 2, 3, 4, 5)
  const lost = work.github.fail({ method: 'POST', path: /\/attempts$/, dropAnswer: true })
  const { json } = await recover('uDOS/core')
  expect(json.map(({ status }: Recovered) => status)).toEqual([
    'delivered',
    ...Array(5).fill('failed'),
  ])
  expect(lost.hits).toBe(3)
})

test('a rate limit that is too long ends the requests', async () => {
  await hookAt(work.receiver.url)
  work.receiver.status = 500
  await happen(1, 2, 3)
  const headers = { 'retry-after': '7200' }
  const body = { message: 'You have exceeded a secondary rate limit.' }
  work.github.fail({ method: 'POST', path: /\/attempts$/, status: 403, headers, body, skip: 1 })
  const { status, json } = await recover('uDOS/core')
  expect(status).toBe(1)
  expect(json.map(({ status, error }: Recovered) => [status, error?.code])).toEqual([
    ['delivered', undefined],
    ['redelivered', undefined],
    ['failed', 'GITHUB_RATE_LIMIT'],
    ['failed', 'GITHUB_RATE_LIMIT'],
  ])
  expect(attempts()).toHaveLength(2)
})

test('which hook is meant: the only one, that of the path, or the named one', async () => {
  expect(await recover('uDOS/core')).toMatchObject({ status: 3 })
  const id = await hookAt(work.receiver.url)
  expect((await recover('uDOS/core')).json).toHaveLength(1)
  await hookAt(work.receiver.url.replace('/webhook', '/other'))
  await happen(1)
  expect((await recover('uDOS/core')).json).toHaveLength(2)
  const third = await hookAt(work.receiver.url.replace('/webhook', '/ci/webhook'))
  const { status, err } = await recover('uDOS/core')
  expect(status).toBe(2)
  expect(JSON.parse(err).error.message).toContain(`${id} (${work.receiver.url})`)
  expect((await recover('uDOS/core', '--hook', third)).json).toHaveLength(1)
  expect((await recover('uDOS/core', '--hook', '5')).status).toBe(3)
  expect((await recover('uDOS/core', '--hook', 'x')).status).toBe(2)
  expect((await recover('uDOS/core', '--since', '4d')).status).toBe(2)
  const ofOrganization = await hookAt(`${work.receiver.url}?org`, '/orgs/uDOS')
  expect((await recover('uDOS')).json).toHaveLength(1)
  expect(await guids('/orgs/uDOS', ofOrganization)).toHaveLength(1)
})

test('SERVE recovers at its start what it has missed while it was down', {
  tags: ['deep'],
}, async () => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/webhook`
  const recovering = { enabled: true, secret, port, handlers: { star: [noting] } }
  await work.webhooks({ ...recovering, recover: ['uDOS/core', 'uDOS/none'] })
  const id = await hookAt(url)
  await happen(1, 2)
  const [ping, ...stars] = await guids('/repos/uDOS/core', id)
  const serving = work.begin(['WEBHOOK', 'SERVE'])
  await serving.wrote(/listening on/)
  await vi.waitUntil(async () => {
    const ran = (await work.read('ran.txt').catch(() => '')).split('\n').filter(Boolean)
    return ran.length === 2
  }, 20_000)
  await serving.said(/RECOVER uDOS\/none/)
  await happen(3)
  serving.interrupt('SIGTERM')
  expect((await serving.ended).status).toBe(0)
  const listed = await work.wizard('WEBHOOK', 'LIST', '--json')
  const deliveries = listed.json.map(({ delivery }: { delivery: string }) => delivery)
  expect(deliveries).toEqual(expect.arrayContaining([ping, ...stars]))
  expect(attempts()).toHaveLength(3)
  expect((await recover('uDOS/core')).json.map(({ status }: Recovered) => status)).toEqual(
    Array(4).fill('delivered'),
  )
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
