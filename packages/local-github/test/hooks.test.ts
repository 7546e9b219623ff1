import { createHmac } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { gitText, type LocalGitHub, startLocalGitHub } from '../src/index.js'
import { openReceiver, type Received } from './receiver.js'

const secret = 'a secret of sixteen letters'

let github: LocalGitHub
let receiver: Awaited<ReturnType<typeof openReceiver>>

beforeEach(async () => {
  github = await startLocalGitHub()
  await github.addRepository('uDOS/core')
  receiver = await openReceiver()
})
afterEach(async () => {
  await github.close()
  await receiver.close()
})

async function call(method: string, path: string, body?: unknown, server = github) {
  const answer = await fetch(server.apiUrl + path, {
    method,
    headers: { authorization: `Bearer ${server.token}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text, body: text && JSON.parse(text) }
}

const hooks = '/repos/uDOS/core/hooks'

async function addHook(path = hooks, given: Record<string, unknown> = {}) {
  const config = { url: receiver.url, content_type: 'json', secret }
  const { status, body } = await call('POST', path, { config, events: ['*'], ...given })
  expect(status).toBe(201)
  await github.delivered()
  return body
}

const events = () => receiver.received.map(({ headers }) => headers['x-github-event'])

/** What the hook's receiver has got, in the order in which it was sent: sockets may overtake each other. */
async function sentTo(id: number) {
  const { body } = await call('GET', `${hooks}/${id}/deliveries?per_page=100`)
  const guids = body.map(({ guid }: { guid: string }) => guid).reverse()
  const place = (one: Received) => guids.indexOf(`${one.headers['x-github-delivery']}`)
  return receiver.received.toSorted((one, other) => place(one) - place(other))
}

describe('a hook', () => {
  test('is pinged when it is made, and never shows its secret', async () => {
    const hook = await addHook()
    expect(hook).toMatchObject({
      type: 'Repository',
      active: true,
      config: { content_type: 'json', insecure_ssl: '0', secret: '********', url: receiver.url },
      last_response: { code: null, status: 'unused', message: null },
    })
    const [{ headers, body } = { headers: {}, body: Buffer.alloc(0) }] = receiver.received
    const mac = (kind: string) => `${kind}=${createHmac(kind, secret).update(body).digest('hex')}`
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^GitHub-Hookshot\//),
      'x-github-event': 'ping',
      'x-github-delivery': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-github-hook-id': `${hook.id}`,
      'x-github-hook-installation-target-type': 'repository',
      'x-hub-signature': mac('sha1'),
      'x-hub-signature-256': mac('sha256'),
    })
    expect(JSON.parse(body.toString())).toMatchObject({ hook_id: hook.id, hook: { events: ['*'] } })
    const { body: now } = await call('GET', `${hooks}/${hook.id}`)
    expect(now.last_response).toEqual({ code: 202, status: 'active', message: 'OK' })
  })

  test('a second one of the same address and event is refused', async () => {
    await addHook(hooks, { events: ['push'] })
    const config = { url: receiver.url }
    const again = await call('POST', hooks, { config, events: ['push', 'release'] })
    expect([again.status, again.body.errors[0].message]).toEqual([
      422,
      'Hook already exists on this repository',
    ])
    expect((await call('POST', hooks, { config, events: ['release'] })).status).toBe(201)
    expect((await call('POST', hooks, { config: {} })).status).toBe(422)
  })

  test('loses its secret with a config that has none, and keeps it in /config', async () => {
    const { id } = await addHook()
    await call('PATCH', `${hooks}/${id}/config`, { content_type: 'form' })
    expect((await call('GET', `${hooks}/${id}/config`)).body).toMatchObject({
      ...{ content_type: 'form', secret: '********' },
    })
    await call('POST', `${hooks}/${id}/pings`)
    await github.delivered()
    expect(receiver.received.at(-1)?.body.toString()).toMatch(/^payload=%7B%22zen/)
    const { body } = await call('PATCH', `${hooks}/${id}`, {
      config: { url: receiver.url },
      add_events: ['push'],
      active: false,
    })
    expect(body).toMatchObject({ active: false, events: ['*', 'push'] })
    expect(body.config).not.toHaveProperty('secret')
    expect((await call('DELETE', `${hooks}/${id}`)).status).toBe(204)
    expect((await call('GET', `${hooks}/${id}`)).status).toBe(404)
    expect((await call('GET', hooks)).body).toEqual([])
  })

  test('answers 404 without the scope, which it names', async () => {
    const limited = await startLocalGitHub({ scopes: 'read:org, gist' })
    await limited.addRepository('uDOS/core')
    for (const [path, scope] of [
      [hooks, 'admin:repo_hook'],
      ['/orgs/uDOS/hooks', 'admin:org_hook'],
    ] as const) {
      const { status, headers } = await call('GET', path, undefined, limited)
      expect(status).toBe(404)
      expect(headers.get('x-oauth-scopes')).toBe('read:org, gist')
      expect(headers.get('x-accepted-oauth-scopes')).toContain(scope)
    }
    await limited.close()
  })
})

describe('events', () => {
  test('one push reaches the hooks of its repository and its organization under one id', {
    tags: ['deep'],
  }, async () => {
    await addHook()
    const { type } = await addHook('/orgs/uDOS/hooks', { events: ['push'] })
    expect(type).toBe('Organization')
    receiver.received.length = 0
    const before = await github.oid('uDOS/core')
    const after = await github.commit('uDOS/core', { files: { 'a/b.txt': 'x' }, message: 'Add b' })
    await github.delivered()
    expect(events()).toEqual(['push', 'push'])
    const [one, other] = receiver.received
    expect(one?.headers['x-github-delivery']).toBe(other?.headers['x-github-delivery'])
    expect(one?.headers['x-github-hook-id']).not.toBe(other?.headers['x-github-hook-id'])
    expect(JSON.parse(`${one?.body}`)).toMatchObject({
      ...{ ref: 'refs/heads/main', before, after, created: false, deleted: false },
      repository: { full_name: 'uDOS/core' },
      organization: { login: 'uDOS' },
      commits: [{ id: after, message: 'Add b', added: ['a/b.txt'], removed: [], modified: [] }],
      head_commit: { id: after },
    })
  })

  test('what git pushes, and tags, branches and releases that come and go', {
    tags: ['deep'],
  }, async () => {
    const { id } = await addHook()
    const folder = await mkdtemp(join(tmpdir(), 'hooks-'))
    const remote = github.gitUrl.replace('//', `//x:${github.token}@`)
    await gitText(['clone', '-q', `${remote}/uDOS/core.git`, folder])
    await writeFile(join(folder, 'new.txt'), 'new')
    const git = (...args: string[]) =>
      gitText(['-C', folder, '-c', 'user.name=m', '-c', 'user.email=m@example.com', ...args])
    await git('add', '.')
    await git('commit', '-qm', 'New')
    await git('push', '-q', 'origin', 'HEAD:main', 'HEAD:refs/heads/more')
    await rm(folder, { recursive: true })
    await github.delivered()
    const pushed = (await sentTo(id)).map(({ headers }) => headers['x-github-event'])
    expect(pushed).toEqual(['ping', 'push', 'create', 'push'])
    receiver.received.length = 0
    const release = { tag_name: 'v1', draft: true }
    const { body } = await call('POST', '/repos/uDOS/core/releases', release)
    await call('PATCH', `/repos/uDOS/core/releases/${body.id}`, { draft: false })
    await github.deleteBranch('uDOS/core', 'more')
    github.happen('uDOS/core', 'pull_request', { action: 'opened', number: 1 })
    await github.delivered()
    const seen = (await sentTo(id)).map(({ headers, body }) => {
      const { action, ref, deleted } = JSON.parse(`${body}`)
      return [headers['x-github-event'], action ?? ref, ...(deleted ? ['deleted'] : [])].join(' ')
    })
    expect(seen).toEqual([
      'release created',
      'create v1',
      'push refs/tags/v1',
      'release published',
      'release released',
      'delete more',
      'push refs/heads/more deleted',
      'pull_request opened',
    ])
  })

  test('only those that a hook wants, and none while it is inactive', {
    tags: ['deep'],
  }, async () => {
    const { id } = await addHook(hooks, { events: ['release'] })
    await github.commit('uDOS/core')
    await call('PATCH', `${hooks}/${id}`, { active: false, events: ['push'] })
    await github.commit('uDOS/core')
    await github.delivered()
    expect(events()).toEqual(['ping'])
  })
})

describe('deliveries', () => {
  const deliveries = async (id: number, query = '') =>
    call('GET', `${hooks}/${id}/deliveries${query}`)

  test('tell what was sent and answered, and are sent again under the same id', {
    tags: ['deep'],
  }, async () => {
    const { id } = await addHook()
    receiver.state.status = 500
    await github.commit('uDOS/core')
    await github.delivered()
    const { body, text } = await deliveries(id)
    expect(body).toMatchObject([
      ...[{ event: 'push', status: 'Invalid HTTP Response: 500', status_code: 500 }],
      ...[{ event: 'ping', status: 'OK', status_code: 202, redelivery: false }],
    ])
    // JSON.parse would round it.
    const [, delivery = ''] = /"id":(\d{19}),/.exec(text) ?? []
    const { body: whole } = await call('GET', `${hooks}/${id}/deliveries/${delivery}`)
    expect(whole).toMatchObject({
      guid: body[0].guid,
      request: {
        headers: { 'X-GitHub-Delivery': body[0].guid },
        payload: { ref: 'refs/heads/main' },
      },
      response: { headers: { 'x-own': 'yes' }, payload: 'thanks' },
    })
    receiver.state.status = 202
    expect((await call('POST', `${hooks}/${id}/deliveries/${delivery}/attempts`)).status).toBe(202)
    await github.delivered()
    const { body: after } = await deliveries(id)
    expect(after).toHaveLength(3)
    expect(after[0]).toMatchObject({ guid: body[0].guid, redelivery: true, status_code: 202 })
    const [, first, again] = receiver.received
    expect(again?.body).toEqual(first?.body)
    expect((await call('POST', `${hooks}/${id}/deliveries/5/attempts`)).status).toBe(404)
  })

  test('have pages by a cursor, newest first', async () => {
    const { id } = await addHook()
    for (let count = 1; count <= 12; count++) github.happen('uDOS/core', 'star', { count })
    await github.delivered()
    const guids: string[] = []
    let query: string | undefined = '?per_page=5'
    const sizes: number[] = []
    while (query !== undefined) {
      const { body, headers } = await deliveries(id, query)
      sizes.push(body.length)
      guids.push(...body.map((one: { guid: string }) => one.guid))
      query = /deliveries(\?[^>]*cursor=v1_\d+[^>]*)>; rel="next"/.exec(
        headers.get('link') ?? '',
      )?.[1]
    }
    expect(sizes).toEqual([5, 5, 3])
    const counts = (await sentTo(id)).map(({ body }) => JSON.parse(`${body}`).count)
    expect(counts).toEqual([undefined, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    expect(new Set(guids).size).toBe(13)
    expect((await deliveries(id, '?cursor=nonsense')).status).toBe(400)
    expect((await deliveries(id, '?status=failure')).body).toEqual([])
  })

  test('an address that nobody serves is 502, and silence 504', { tags: ['deep'] }, async () => {
    await github.close()
    github = await startLocalGitHub({ hookTimeout: 300 })
    await github.addRepository('uDOS/core')
    const { id } = await addHook()
    receiver.state.status = 0
    await call('POST', `${hooks}/${id}/tests`)
    await github.delivered()
    await receiver.close()
    await call('POST', `${hooks}/${id}/pings`)
    await github.delivered()
    expect((await deliveries(id)).body).toMatchObject([
      { event: 'ping', status: 'failed to connect to host', status_code: 502 },
      { event: 'push', status: 'timed out', status_code: 504 },
      { event: 'ping' },
    ])
  })
})
