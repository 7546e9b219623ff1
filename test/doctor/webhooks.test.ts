import { chmod, truncate } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { judgeSqlite } from '../../src/doctor/webhooks.js'
import { openDatabase } from '../../src/webhooks/store/engine/sqlite-module.js'
import { type Hooked, noting, openHooked, secret } from '../webhooks/hooks/hooked.js'

let work: Hooked
beforeEach(async () => {
  work = await openHooked()
})
afterEach(() => work.close())

interface Check {
  name: string
  status: string
  detail: string
  remedy: string | null
}

const store = '.wizard/webhooks/deliveries.db'

async function doctor(...args: string[]) {
  const { status, json } = await work.run(['DOCTOR', '--json', ...args])
  const checks: Check[] = json.checks
  const found = (name: string) => checks.find((one) => one.name === `webhooks: ${name}`)
  return { status, checks, found }
}

const receive = async (body: object = { repository: { id: 1, full_name: 'uDOS/core' } }) => {
  await work.write('body.json', JSON.stringify(body))
  return work.wizard('WEBHOOK', 'RECEIVE', 'body.json', '--event', 'push', '--sign', '--run')
}

describe('DOCTOR and webhooks.yaml', () => {
  it('looks at nothing unless it says enabled', async () => {
    await work.webhooks({ secret, recover: ['uDOS/core'] })
    const { checks } = await doctor()
    expect(checks.filter(({ name }) => name.startsWith('webhooks'))).toEqual([])
  })

  it('makes no store', async () => {
    const { status, found } = await doctor('--offline')
    expect([status, found('store')?.status]).toEqual([0, 'ok'])
    expect(found('store')?.detail).toContain('not created yet')
    await expect(work.read(store)).rejects.toThrow('ENOENT')
  })

  it('warns where nothing runs', async () => {
    const { found } = await doctor('--offline')
    expect(found('handlers')).toMatchObject({ status: 'ok', detail: 'note' })
    await work.webhooks({ enabled: true, secret, handlers: { push: [] } })
    expect((await doctor('--offline')).found('handlers')).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('every delivery is ignored'),
    })
  })

  it('says who serves, and what is dead, with its remedy', { tags: ['deep'] }, async () => {
    await receive()
    const first = await doctor('--offline')
    expect(first.found('store')).toMatchObject({ status: 'ok', detail: work.path(store) })
    expect(first.found('deliveries')).toMatchObject({ status: 'ok', detail: '1 done, none dead' })
    expect(first.found('SERVE')).toMatchObject({
      status: 'warning',
      detail: 'not running',
      remedy: expect.stringContaining('wizard WEBHOOK SERVE'),
    })
    await work.webhooks({
      enabled: true,
      secret,
      handlers: { push: [{ ...noting, payload: { cmd: ['/bin/false'] }, attempts: 1 }] },
    })
    await receive({ repository: { id: 1, full_name: 'uDOS/core' }, after: '1' })
    const { status, found } = await doctor('--offline')
    expect(status).toBe(0)
    expect(found('deliveries')).toMatchObject({
      status: 'warning',
      detail: '1 dead',
      remedy: expect.stringContaining('wizard WEBHOOK LIST --status dead'),
    })
  })

  it('finds a damaged store', async () => {
    await receive()
    await truncate(work.path(store), 5000)
    const { status, found } = await doctor('--offline')
    expect(status).toBe(1)
    expect(found('store')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('is damaged'),
      remedy: expect.stringContaining('move it away'),
    })
  })

  it("finds a newer wizard's store", { tags: ['deep'] }, async () => {
    await receive()
    const database = await openDatabase(work.path(store))
    database.exec('PRAGMA user_version = 99')
    database.close()
    expect((await doctor('--offline')).found('store')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('newer wizard'),
      remedy: expect.stringContaining('use that version'),
    })
  })

  it('finds a secret that others can read', async () => {
    await chmod(work.path('config/webhooks.yaml'), 0o644)
    expect((await doctor('--offline')).found('secret')).toMatchObject({
      status: 'warning',
      remedy: `chmod 600 ${work.path('config/webhooks.yaml')}`,
    })
    await chmod(work.path('config/webhooks.yaml'), 0o600)
    expect((await doctor('--offline')).found('secret')?.status).toBe('ok')
  })

  it.each([
    ['3.51.3', 'ok'],
    ['3.53.0', 'ok'],
    ['4.0.0', 'ok'],
    ['3.51.2', 'warning'],
    ['3.50.9', 'warning'],
    ['2.99.9', 'warning'],
  ])('judges SQLite %s: %s', (version, status) => {
    expect(judgeSqlite(version).status).toBe(status)
  })
})

describe('DOCTOR and the hook on GitHub', () => {
  const config = { enabled: true, secret, recover: ['uDOS/core'], handlers: { push: [noting] } }
  const hookCheck = async () => (await doctor()).found('hook of uDOS/core')
  const setUp = () => work.wizard('WEBHOOK', 'SETUP', 'uDOS/core', '--url', work.receiver.url)

  async function pushed(status: number) {
    work.receiver.status = status
    await work.github.commit('uDOS/core', { files: { a: `${status}` } })
    await work.github.delivered()
  }

  beforeEach(() => work.webhooks(config))

  it('is missing', async () => {
    expect(await hookCheck()).toMatchObject({
      status: 'failed',
      remedy: expect.stringContaining('WEBHOOK SETUP'),
    })
  })

  it('is answered, or not', { tags: ['deep'] }, async () => {
    await setUp()
    await pushed(202)
    expect(await hookCheck()).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('answered with 202'),
    })
    await pushed(401)
    expect(await hookCheck()).toMatchObject({
      status: 'warning',
      remedy: expect.stringContaining('wizard WEBHOOK SETUP uDOS/core --url'),
    })
    await pushed(503)
    expect(await hookCheck()).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('answered with 503'),
      remedy: expect.stringContaining('wizard WEBHOOK RECOVER uDOS/core'),
    })
    await work.receiver.close()
    await pushed(0)
    expect(await hookCheck()).toMatchObject({ status: 'warning' })
  })

  it('sends too few events, or is paused', { tags: ['deep'] }, async () => {
    await setUp()
    await work.webhooks({
      ...config,
      handlers: { push: [noting], release: [{ ...noting, name: 'other' }] },
    })
    expect(await hookCheck()).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('does not send release'),
    })
    const [{ id }] = (await work.ask('GET', '/repos/uDOS/core/hooks')) as [{ id: number }]
    await work.ask('PATCH', `/repos/uDOS/core/hooks/${id}`, { active: false })
    expect(await hookCheck()).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('is not active'),
    })
  })

  it('of an organization is judged by its newest delivery', { tags: ['deep'] }, async () => {
    await work.webhooks({ ...config, recover: ['uDOS'] })
    await work.wizard('WEBHOOK', 'SETUP', 'uDOS', '--url', work.receiver.url)
    await pushed(500)
    expect((await doctor()).found('hook of uDOS')).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('answered with 500'),
    })
  })
})
