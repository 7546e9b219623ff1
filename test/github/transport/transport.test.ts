import { gzipSync } from 'node:zlib'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterEach, describe, expect, it } from 'vitest'
import { GitHubAuthError, GitHubNetworkError, InterruptedError } from '../../../src/base/errors.js'
import type { WizardEvent } from '../../../src/events.js'
import { GitHubClient, type GitHubClientOptions } from '../../../src/github/client.js'
import { jsonOf } from '../../../src/github/transport/message.js'
import type { Fetch } from '../../../src/http/fetch.js'
import { closedAddress, proxy, serve } from '../../http/servers.js'
import { testClock } from '../../support/clock.js'

const token = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'
const clients: GitHubClient[] = []
const written: string[] = []
const clock = testClock(Date.now())

afterEach(async () => {
  await Promise.all(clients.splice(0).map((one) => one.close()))
  written.length = 0
})

function client(baseUrl: string, options: GitHubClientOptions = {}): GitHubClient {
  const made = new GitHubClient({
    baseUrl,
    token,
    clock,
    log: { write: (_log, _level, message) => written.push(message) },
    ...options,
  })
  clients.push(made)
  return made.with({
    emit: (event: WizardEvent) =>
      'message' in event && event.type !== 'activity' && written.push(event.message),
  })
}

const repository = {
  id: 1,
  name: 'core',
  full_name: 'uDOS/core',
  html_url: 'https://github.com/uDOS/core',
  default_branch: 'main',
  private: false,
}

const json = { 'content-type': 'application/json; charset=utf-8' }

describe('the transport', () => {
  it('reads a compressed answer', async () => {
    const address = await serve((_message, answer) => {
      answer.writeHead(200, { ...json, 'content-encoding': 'gzip' })
      answer.end(gzipSync(JSON.stringify(repository)))
    })
    expect((await client(address).getRepo('uDOS', 'core')).name).toBe('core')
  })

  it.each([
    ['with a length', { 'content-length': '500' }],
    ['in chunks', {}],
  ])('takes no answer that was cut for the whole, %s', async (_how, headers) => {
    let asked = 0
    const address = await serve((_message, answer) => {
      asked++
      answer.writeHead(200, { ...json, ...headers })
      answer.write('[{"id":1,')
      setImmediate(() => answer.destroy())
    })
    const sent = client(address, { retryAttempts: 1 }).listRepositories('uDOS')
    await expect(sent).rejects.toThrow(GitHubNetworkError)
    expect(asked).toBe(2)
  })

  it.each([
    ['headers', false],
    ['the rest of a body', true],
  ])('gives up where %s do not come', { tags: ['deep'] }, async (_what, begun) => {
    const address = await serve((_message, answer) => {
      if (begun) answer.writeHead(200, json).write('{')
    })
    const sent = client(address, { timeout: 0.15, retryAttempts: 0 }).getRepo('uDOS', 'core')
    await expect(sent).rejects.toMatchObject({
      code: 'GITHUB_NETWORK',
      message: expect.stringMatching(/no answer for too long|stopped half-way/),
    })
  })

  it.each([
    ['a page of HTML', { 'content-type': 'text/html' }, '<html>login</html>'],
    ['broken JSON', json, '[{'],
    ['something else', json, '[{"nope":1}]'],
    ['a page that is no list', json, '{"nope":1}'],
  ])('takes %s for no answer of the API', async (_what, headers, body) => {
    const address = await serve((_message, answer) => answer.writeHead(200, headers).end(body))
    for (const sent of [
      () => client(address).listRepositories('uDOS'),
      () => client(address).getRepo('uDOS', 'core'),
    ]) {
      await expect(sent()).rejects.toMatchObject({
        code: 'GITHUB_NETWORK',
        message: expect.stringContaining('as the GitHub API does'),
      })
    }
  })

  it.each([
    ['a list for an object', [repository], 'it is not an object'],
    ['a text for a number', { ...repository, id: 'one' }, 'id is not a number'],
    ['less than all', { ...repository, full_name: undefined }, 'full_name is missing'],
  ])('says in its own words that it got %s', async (_what, body, words) => {
    const address = await serve((_message, answer) =>
      answer.writeHead(200, json).end(JSON.stringify(body)),
    )
    const error = await client(address)
      .getRepo('uDOS', 'core')
      .catch((thrown: unknown) => thrown)
    expect(String(error)).toMatch(new RegExp(`as the GitHub API does: ${words}$`))
  })

  it('reads JSON behind a byte order mark', async () => {
    const body = `\ufeff${JSON.stringify(repository)}`
    const address = await serve((_message, answer) => answer.writeHead(200, json).end(body))
    expect(await client(address).getRepo('uDOS', 'core')).toMatchObject({ id: 1 })
    const path = await client(address).send({ method: 'GET', url: new URL(address), headers: {} })
    expect(jsonOf(path)).toMatchObject({ id: 1 })
  })

  it.each([['['], ['{"a":']])(
    'takes %s nested a hundred thousand times for no answer',
    async (open) => {
      let asked = 0
      const address = await serve((_message, answer) => {
        asked++
        answer.writeHead(200, json).end(open.repeat(100_000))
      })
      const own = client(address)
      for (const sent of [
        () => own.getRepo('uDOS', 'core'),
        () => own.graphql('query { viewer { login } }'),
        () => own.send({ method: 'GET', url: new URL(address), headers: {} }),
      ]) {
        await expect(sent()).rejects.toMatchObject({
          code: 'GITHUB_NETWORK',
          message: expect.stringContaining('nested too deeply'),
        })
      }
      expect(asked).toBe(3)
    },
  )

  it('takes brackets within a text for no nesting', async () => {
    const body = { ...repository, description: `${'['.repeat(10_000)}\\"{` }
    const address = await serve((_message, answer) =>
      answer.writeHead(200, json).end(JSON.stringify(body)),
    )
    expect(await client(address).getRepo('uDOS', 'core')).toMatchObject({ id: 1 })
  })

  it.each(['/../repos', '/orgs/%2e%2e/repos', '/orgs/./repos'])(
    'follows no page to %s, which is no fault of the caller',
    async (path) => {
      const address = await serve((message, answer) => {
        const link = `<http://${message.headers.host}${path}?page=2>; rel="next"`
        answer.writeHead(200, { ...json, link }).end(JSON.stringify([repository]))
      })
      await expect(client(address).listRepositories('uDOS')).rejects.toMatchObject({
        code: 'GITHUB_NETWORK',
        message: expect.stringContaining('next page'),
      })
    },
  )

  it('reads the answer behind early hints', async () => {
    const address = await serve((_message, answer) => {
      answer.writeEarlyHints({ link: '</style.css>; rel=preload' })
      answer.writeHead(200, json).end(JSON.stringify(repository))
    })
    expect(await client(address).getRepo('uDOS', 'core')).toMatchObject({ id: 1 })
  })

  it('ends at once where a redirect leads nowhere', async () => {
    let asked = 0
    const address = await serve((message, answer) => {
      asked++
      const location = message.url?.includes('round') ? '/repos/round/x' : 'http://[bad'
      answer.writeHead(302, { location }).end()
    })
    await expect(client(address).getRepo('uDOS', 'core')).rejects.toThrow('an invalid address')
    expect(asked).toBe(1)
    await expect(client(address).getRepo('round', 'x')).rejects.toThrow('in a loop')
    expect(asked).toBe(7)
  })

  it('follows no page to another host', async () => {
    const seen: (string | undefined)[] = []
    const stranger = await serve((message, answer) => {
      seen.push(message.url)
      answer.writeHead(200, json).end('[]')
    })
    const address = await serve((_message, answer) => {
      const link = `<${stranger}/more>; rel="next"`
      answer.writeHead(200, { ...json, link }).end(JSON.stringify([repository]))
    })
    await expect(client(address).listRepositories('uDOS')).rejects.toThrow('another host')
    expect(seen).toEqual([])
  })

  it('says in its own words that a page has no address', async () => {
    const address = await serve((_message, answer) => {
      answer.writeHead(200, { ...json, link: '<http://[bad>; rel="next"' }).end('[]')
    })
    await expect(client(address).listRepositories('uDOS')).rejects.toMatchObject({
      code: 'GITHUB_NETWORK',
      message: expect.stringContaining('an invalid address'),
    })
  })

  it('takes a 304 that it did not ask for as no answer of the API', async () => {
    const address = await serve((_message, answer) => {
      answer.writeHead(304, json).end()
    })
    await expect(client(address).getRepo('uDOS', 'core')).rejects.toMatchObject({
      code: 'GITHUB_NETWORK',
      message: expect.stringContaining('304'),
    })
  })

  it.each([
    ['an error', new Error('enough')],
    ['a frozen AbortError', Object.freeze(new DOMException('enough', 'AbortError'))],
    ['a text', 'enough'],
  ])('throws the reason of its signal as it is: %s', async (_what, reason) => {
    const stop = new AbortController()
    const address = await serve(() => stop.abort(reason))
    const sent = client(address).with({ signal: stop.signal }).getRepo('uDOS', 'core')
    expect(await sent.catch((error: unknown) => error)).toBe(reason)
    expect(reason).not.toHaveProperty('status')
  })

  it('ends a listing that has no end', { tags: ['deep'] }, async () => {
    let page = 0
    const address = await serve((message, answer) => {
      const link = `<http://${message.headers.host}/orgs/uDOS/repos?page=${++page}>; rel="next"`
      answer.writeHead(200, { ...json, link }).end('[]')
    })
    await expect(client(address).listRepositories('uDOS')).rejects.toThrow('no end')
  })

  it('ends with the reason of its signal, in the middle of a wait too', async () => {
    const stop = new AbortController()
    const address = await serve((_message, answer) => {
      answer.writeHead(503, { 'retry-after': '30' }).end()
      stop.abort(new InterruptedError('SIGTERM'))
    })
    const sent = client(address).with({ signal: stop.signal }).getRepo('uDOS', 'core')
    await expect(sent).rejects.toThrow(InterruptedError)
  })

  it('tells of its waits', async () => {
    const answers = [503, 429, 200]
    const address = await serve((_message, answer) => {
      answer.writeHead(answers.shift() ?? 500, json).end(JSON.stringify(repository))
    })
    await client(address, { random: () => 1 }).getRepo('uDOS', 'core')
    expect(written).toContainEqual(expect.stringMatching(/retrying in 1 s$/))
    expect(written).toContainEqual(expect.stringMatching(/the rate limit resets in 60 s$/))
  })

  it('tells of a wait once, however many requests wait', async () => {
    let asked = 0
    const address = await serve((_message, answer) => {
      const headers = ++asked > 2 ? json : { ...json, 'retry-after': '60' }
      answer.writeHead(asked > 2 ? 200 : 429, headers).end(JSON.stringify(repository))
    })
    let time = 0
    let waiting = 0
    let open = () => {}
    const both = new Promise<void>((resolve) => {
      open = resolve
    })
    const clock = {
      ...testClock(),
      now: () => time++,
      async sleep() {
        if (++waiting === 2) open()
        await both
        time = 61_000
      },
    }
    const own = client(address, { clock })
    await Promise.all([own.getRepo('uDOS', 'a'), own.getRepo('uDOS', 'b')])
    expect(written.filter((line) => line.includes('the rate limit resets'))).toHaveLength(1)
  })

  it('takes the token to no other host, and believes no answer of it', async () => {
    const seen: (string | undefined)[] = []
    const stranger = await serve((message, answer) => {
      seen.push(message.headers.authorization)
      answer.writeHead(200, json).end(JSON.stringify(repository))
    })
    const address = await serve((message, answer) => {
      seen.push(message.headers.authorization)
      answer.writeHead(301, { location: `${stranger}/repos/uDOS/core` }).end()
    })
    await expect(client(address).getRepo('uDOS', 'core')).rejects.toThrow(
      `redirects to another host: ${new URL(stranger).host}`,
    )
    expect(seen).toEqual([`Bearer ${token}`, undefined])
  })

  it('refuses a bad token before any request', async () => {
    let asked = 0
    const address = await serve((_message, answer) => {
      asked++
      answer.end()
    })
    const sent = client(address, { token: 'ghp_with\r\nx-evil: 1' }).getRepo('uDOS', 'core')
    await expect(sent).rejects.toThrow(GitHubAuthError)
    expect(asked).toBe(0)
  })

  it('goes through the proxy that is configured', async () => {
    const through = await proxy()
    const address = await serve((_message, answer) =>
      answer.writeHead(200, json).end(JSON.stringify(repository)),
    )
    const settings = { proxy: through.address.replace('//', '//me:pass-word@') }
    expect((await client(address, settings).getRepo('uDOS', 'core')).id).toBe(1)
    expect(through.asked).toEqual([`GET ${address}/repos/uDOS/core`])
  })

  it('writes the token nowhere: not in logs, events or errors', async () => {
    const secrets = [token, Buffer.from(`x-access-token:${token}`).toString('base64')]
    const gone = await closedAddress()
    const echo = await serve((message, answer) => {
      const status = Number(message.url?.split('/').at(-1)) || 200
      const body = { message: `you sent ${message.headers.authorization} and ${secrets[1]}` }
      answer.writeHead(status, { ...json, 'x-github-request-id': token }).end(JSON.stringify(body))
    })
    const errors = await Promise.all(
      [
        ...[400, 401, 403, 404, 409, 410, 422, 451, 500].map((status) => [echo, String(status)]),
        [gone, 'core'],
      ].map(([address = '', repo = '']) =>
        client(address, { retryAttempts: 0 })
          .getRepo('uDOS', repo)
          .catch((error: unknown) => error),
      ),
    )
    expect(errors.every((error) => error instanceof Error)).toBe(true)
    expect(written.length).toBeGreaterThan(errors.length)
    const told = JSON.stringify([written, errors.map((error) => everythingIn(error))])
    for (const secret of secrets) expect(told).not.toContain(secret)
  })
})

/** Everything that careless code could print of an error, including its causes. */
function everythingIn(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const own = Object.fromEntries(
    Object.getOwnPropertyNames(error).map((name) => [name, error[name as keyof Error]]),
  )
  return { ...own, cause: everythingIn(error.cause) }
}

describe('with a fetch of its own', () => {
  const mocked = setupServer()
  afterEach(() => mocked.close())

  it('is seen by msw', async () => {
    mocked.use(
      http.get('https://api.github.com/repos/uDOS/core', () => HttpResponse.json(repository)),
    )
    mocked.listen({ onUnhandledRequest: 'error' })
    const own = client('https://api.github.com', { fetch: globalThis.fetch as unknown as Fetch })
    expect(await own.repoExists('uDOS', 'core')).toBe(true)
  })
})
