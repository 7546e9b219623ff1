import { once } from 'node:events'
import { existsSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { loadConfig } from '../../src/config/load.js'
import { openStoreOf } from '../../src/webhooks/open.js'
import { serve } from '../../src/webhooks/serve.js'
import { WebhookHandler } from '../../src/webhooks/webhook-handler.js'
import { headersOf, send } from './receive/serving.js'
import { secret } from './support/configuration.js'
import { type OpenedWebhooks, webhookSession } from './support/session.js'

let root: string
let opened: OpenedWebhooks
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'wizard-serve-'))
  opened = await webhookSession(root, { handlers: {} })
})
afterEach(() => rm(root, { recursive: true, force: true }))

const socket = () => join(root, 'hook.sock')
const request = () => ({ place: { type: 'unix' as const, path: socket() } })
const lockFile = () => join(root, '.wizard/webhooks/deliveries.db.lock')

async function machinesServing() {
  const { session, clock } = opened
  const store = await openStoreOf(session.webhooks.store, clock)
  const { serving } = await store.counts()
  await store.close()
  return serving
}

const listens = () =>
  new Promise((resolve) => {
    const client = connect(socket())
    client.once('connect', () => resolve(true)).once('error', () => resolve(false))
    client.once('connect', () => client.destroy())
  })

it('closes what it has opened if it fails on the way', async () => {
  const broken = new Error('the log is broken')
  const { write } = opened.session.log
  opened.session.log.write = (log, level, line) => {
    if (/accepts deliveries/.test(line)) throw broken
    write(log, level, line)
  }
  await expect(serve(opened.session, request())).rejects.toBe(broken)
  expect(await listens()).toBe(false)
  expect(opened.clock.limits()).toEqual([])
  expect(existsSync(lockFile())).toBe(false)
  expect(await machinesServing()).toEqual([])
})

it('leaves no lock where its place is taken', async () => {
  const other = createServer().listen(socket())
  await once(other, 'listening')
  await expect(serve(opened.session, request())).rejects.toThrow(/is already in use/)
  other.close()
  expect(opened.clock.limits()).toEqual([])
  expect(existsSync(lockFile())).toBe(false)
})

it('goes on after a listener that throws, whose error is in the log', async () => {
  opened.configure({ handlers: { push: [{ action: 'exec', payload: { cmd: ['/bin/true'] } }] } })
  const { session, lines } = opened
  const config = await loadConfig({
    ...{ cwd: root, env: {}, home: root, flags: { config: join(root, 'config') } },
  })
  const handler = new WebhookHandler(session.client, {
    ...{ config, log: session.log, runCommand: session.runCommand },
  })
  const stop = new AbortController()
  const types = new Set<string>()
  const call = {
    signal: stop.signal,
    emit({ type }: { type: string }) {
      types.add(type)
      throw new Error(`broken at ${type}`)
    },
  }
  const ended = handler.serve(request(), call)
  await vi.waitFor(async () => expect(await listens()).toBe(true))
  const deliver = (delivery: string, key = secret) => {
    const body = JSON.stringify({ repository: { full_name: 'uDOS/core' }, delivery })
    const headers = { ...headersOf(body, key), 'X-GitHub-Delivery': delivery }
    return send({ port: 0 }, { socketPath: socket(), body, headers })
  }
  expect((await deliver('first')).status).toBe(202)
  expect((await deliver('wrong', `${secret}x`)).status).toBe(401)
  expect((await deliver('second')).status).toBe(202)
  await vi.waitFor(async () => {
    const found = await handler.list()
    expect(found.map(({ status }) => status)).toEqual(['done', 'done'])
  })
  stop.abort()
  expect(await ended).toEqual({ isDrained: true })
  expect([...types].sort()).toEqual([
    ...['deliveries-received', 'delivery-refused', 'handler-ended', 'handler-started'],
    'webhooks-listening',
  ])
  for (const type of types) {
    expect(lines).toContainEqual(expect.stringMatching(`failed at ${type}: .*broken at ${type}`))
  }
})

it.each([
  [{}, ['webhooks.yaml has no handlers: every delivery is ignored']],
  [{ push: [] }, ['webhooks.yaml has no handlers: every delivery is ignored']],
  [
    { 'push:main': [], star: [{ action: 'sync_repo' }] },
    ['webhooks.handlers.push:main is empty: nothing runs for it'],
  ],
  [{ star: [{ action: 'sync_repo' }] }, []],
])('warns of events for which nothing runs: %j', async (handlers, expected) => {
  opened.configure({ handlers })
  opened.session.webhooks = await opened.session.reload()
  const { emit } = opened.session
  opened.session.emit = (event) => {
    emit(event)
    if (event.type === 'webhooks-listening') opened.stop()
  }
  await serve(opened.session, request())
  expect(opened.warnings()).toEqual(expected)
})

it('leaves no timer, no lock and no machine in the store when it ends', async () => {
  const { emit } = opened.session
  opened.session.emit = (event) => {
    emit(event)
    if (event.type === 'webhooks-listening') opened.stop()
  }
  expect(await serve(opened.session, request())).toEqual({ isDrained: true })
  expect(opened.clock.limits()).toEqual([])
  expect(existsSync(lockFile())).toBe(false)
  expect(await machinesServing()).toEqual([])
  expect(opened.lines.at(-1)).toBe('✅ SERVE has ended')
})
