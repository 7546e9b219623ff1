import { stat } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Hooked, openHooked, secret } from './hooked.js'

let work: Hooked

beforeEach(async () => {
  work = await openHooked()
})
afterEach(() => work.close())

const setup = (...args: string[]) => work.wizard('WEBHOOK', 'SETUP', ...args, '--json')
const hook = (...args: string[]) => setup('uDOS/core', '--url', work.receiver.url, ...args)
const hooks = () => work.ask('GET', '/repos/uDOS/core/hooks') as Promise<Record<string, unknown>[]>

test('makes the hook with the secret and the events of the handlers, and waits for its ping', async () => {
  const { status, json } = await hook()
  const [made] = await hooks()
  expect({ status, json }).toEqual({
    status: 0,
    json: {
      hook_id: `${made?.id}`,
      url: work.receiver.url,
      events: ['push'],
      active: true,
      status: 'created',
      last_response: { code: 202, status: 'active', message: 'OK' },
    },
  })
  expect(made).toMatchObject({
    ...{ active: true, events: ['push'] },
    config: { content_type: 'json', insecure_ssl: '0', secret: '********' },
  })
  expect(work.github.world.require('uDOS/core').hooks[0]?.config.secret).toBe(secret)
})

test('a second time nothing has changed, and each change is one', { tags: ['deep'] }, async () => {
  const ids = [(await hook()).json.hook_id]
  const again = await hook()
  expect(again.json.status).toBe('unchanged')
  const isPinged = work.receiver.received.filter(({ event }) => event === 'ping').length
  expect(isPinged).toBeGreaterThanOrEqual(2)
  expect((await hook('--events', 'push,release')).json).toMatchObject({
    ...{ status: 'updated', events: ['push', 'release'] },
  })
  expect((await hook('--events', 'release,push')).json.status).toBe('unchanged')
  await work.ask('PATCH', `/repos/uDOS/core/hooks/${ids[0]}`, { active: false })
  expect((await hook('--events', 'release,push')).json).toMatchObject({ status: 'updated' })
  ids.push(...(await hooks()).map(({ id }) => `${id}`))
  expect(new Set(ids).size).toBe(1)
  expect((await hooks())[0]).toMatchObject({ active: true, config: { secret: '********' } })
})

test('a changed secret is set, and only its hash is kept', { tags: ['deep'] }, async () => {
  await hook()
  const path = '.wizard/webhooks/webhook-secrets.json'
  const first = await work.read(path)
  expect((await stat(work.path(path))).mode & 0o777).toBe(0o600)
  const another = 'another secret, also long'
  const handlers = { push: [{ action: 'sync_repo', payload: {} }] }
  await work.webhooks({ enabled: true, secret: [another, secret], handlers })
  expect((await hook()).json.status).toBe('updated')
  expect(work.github.world.require('uDOS/core').hooks[0]?.config.secret).toBe(another)
  expect((await hook()).json.status).toBe('unchanged')
  const second = await work.read(path)
  expect(second).not.toBe(first)
  expect(first + second).not.toContain('secret of')
  expect(first + second).not.toContain(another)
  // Whoever loses the file only sends the secret again.
  await work.write(path, '{"broken')
  expect((await hook()).json.status).toBe('updated')
})

test('a ping that fails is exit 1, and the hook stays', async () => {
  work.receiver.status = 500
  const { status, json, err } = await hook()
  expect(status).toBe(1)
  expect(json.last_response).toMatchObject({ code: 500, message: 'Invalid HTTP Response: 500' })
  expect(err).toContain('the ping failed: 500')
  await work.receiver.close()
  const refused = await hook()
  expect([refused.status, refused.json.last_response.code]).toEqual([1, 502])
  expect(await hooks()).toHaveLength(1)
})

test('a ping without an answer is waited for 30 seconds by the clock', {
  tags: ['deep'],
}, async () => {
  const { hook_id: id } = (await hook()).json
  const silent = work.github.fail({ method: 'POST', path: /pings$/, status: 204 })
  const begun = work.clock.now()
  const { status, json } = await hook()
  expect([status, json.last_response]).toEqual([1, null])
  expect(work.clock.now() - begun).toBe(30_000)
  silent.remove()
  expect((await hook()).json).toMatchObject({ hook_id: id, status: 'unchanged' })
})

test('after a lost answer there is one hook', async () => {
  const fault = work.github.fail({ method: 'POST', path: /\/hooks$/, dropAnswer: true })
  expect((await hook()).json).toMatchObject({ status: 'created', last_response: { code: 202 } })
  expect(fault.hits).toBe(1)
  expect(await hooks()).toHaveLength(1)
  expect((await hook()).json.status).toBe('unchanged')
})

test("the answer of an organization's hook is its ping's delivery", async () => {
  const { status, json } = await setup('uDOS', '--url', work.receiver.url)
  expect({ status, json }).toMatchObject({
    status: 0,
    json: { status: 'created', last_response: { code: 202, status: 'active', message: 'OK' } },
  })
  work.receiver.status = 404
  expect((await setup('uDOS', '--url', work.receiver.url)).status).toBe(1)
})

test('--remove removes it, and --dry-run does nothing', { tags: ['deep'] }, async () => {
  const planned = await hook('--dry-run')
  expect(planned.json).toMatchObject({ hook_id: null, status: 'created', last_response: null })
  expect([planned.status, await hooks()]).toEqual([0, []])
  await hook()
  expect((await hook('--events', 'release', '--dry-run')).json.status).toBe('updated')
  expect((await hook('--remove', '--dry-run')).json.status).toBe('removed')
  expect(await hooks()).toMatchObject([{ events: ['push'] }])
  const { status, json } = await hook('--remove')
  expect({ status, json }).toMatchObject({ status: 0, json: { status: 'removed', active: false } })
  expect(await hooks()).toEqual([])
  const absent = await hook('--remove')
  expect([absent.status, absent.out]).toEqual([3, ''])
})

test('what is wrong is said in one line, before anything is asked', async () => {
  const cases = [
    { args: ['uDOS/core'], says: '--url is missing' },
    { args: ['uDOS/core', '--url', 'example.org'], says: 'not the URL of a webhook' },
    { args: ['a/b/c', '--url', 'https://x.org/'], says: 'not a valid owner/repo' },
    {
      args: ['uDOS/core', '--url', 'https://x.org/', '--events', 'relase'],
      says: 'did you mean release?',
    },
  ]
  for (const { args, says } of cases) {
    const { status, err } = await setup(...args)
    expect(status).toBe(2)
    expect(JSON.stringify(JSON.parse(err))).toContain(says)
  }
  await work.webhooks({ handlers: {} })
  expect((await hook()).err).toContain('webhooks.yaml has no secret')
  await work.webhooks({ secret })
  expect((await hook()).err).toContain('no event given')
  expect(work.asked('GET', /hooks/)).toEqual([])
})

test('a missing repository is exit 3; a missing scope 4, with its name', async () => {
  expect((await setup('uDOS/none', '--url', work.receiver.url)).status).toBe(3)
  const limited = await openHooked({ scopes: 'gist' })
  for (const [target, scope] of [
    ['uDOS/core', 'admin:repo_hook'],
    ['uDOS', 'admin:org_hook'],
  ] as const) {
    const run = await limited.wizard(
      'WEBHOOK',
      'SETUP',
      target,
      '--url',
      'https://x.org/',
      '--json',
    )
    const { error } = JSON.parse(run.err)
    expect([run.status, error.code]).toEqual([4, 'GITHUB_AUTH'])
    expect(error.hint).toContain(scope)
  }
  await limited.close()
})
