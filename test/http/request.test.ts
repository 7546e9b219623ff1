import { getEventListeners } from 'node:events'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { GitHubNetworkError, InterruptedError } from '../../src/base/errors.js'
import {
  createDispatcher,
  type Dispatcher,
  type DispatcherOptions,
} from '../../src/http/dispatcher.js'
import { isNeverSent, isTransient } from '../../src/http/failure.js'
import { request } from '../../src/http/request.js'
import { certificate, key } from './self-signed.js'
import { bodyOf, closedAddress, listen, proxy, serve, track } from './servers.js'

const dispatchers: Dispatcher[] = []
afterEach(async () => {
  await Promise.all(dispatchers.splice(0).map((one) => one.destroy()))
})

function dispatcher(options: Partial<DispatcherOptions> = {}) {
  const made = createDispatcher({ proxy: null, env: {}, stallTimeout: 5_000, ...options })
  dispatchers.push(made)
  return made
}

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('it should have failed'),
    (error: unknown) => error as Error,
  )

describe('request', () => {
  it('sends a method, headers and a body, and gives the answer to read', async () => {
    const address = await serve(async (message, answer) => {
      const body = await bodyOf(message)
      answer.writeHead(201, { 'x-was': `${message.method} ${message.headers.accept}` }).end(body)
    })
    const answer = await request(dispatcher(), `${address}/x`, {
      method: 'POST',
      headers: { accept: 'text/plain' },
      body: 'hello',
    })
    expect(answer.status).toBe(201)
    expect(answer.headers['x-was']).toBe('POST text/plain')
    expect(await answer.body.text()).toBe('hello')
  })

  it.each([301, 302, 307, 308])('follows a %i with its method and body', async (status) => {
    const address = await serve(async (message, answer) => {
      if (message.url === '/old') return void answer.writeHead(status, { location: '/new' }).end()
      answer.end(`${message.method} ${message.url} ${await bodyOf(message)}`)
    })
    const answer = await request(dispatcher(), `${address}/old`, { method: 'POST', body: 'b' })
    expect(await answer.body.text()).toBe('POST /new b')
    expect(answer.url.pathname).toBe('/new')
  })

  it('turns a 303 into a GET', async () => {
    const address = await serve(async (message, answer) => {
      if (message.url === '/old') return void answer.writeHead(303, { location: '/new' }).end()
      answer.end(`${message.method} ${message.url} ${await bodyOf(message)}`)
    })
    const answer = await request(dispatcher(), `${address}/old`, { method: 'POST', body: 'b' })
    expect(await answer.body.text()).toBe('GET /new ')
  })

  it('takes no credential along to another origin', async () => {
    const seen: (string | undefined)[] = []
    const storage = await serve((message, answer) => {
      seen.push(message.headers.authorization, message.headers.cookie)
      answer.end('bytes')
    })
    const address = await serve((message, answer) => {
      seen.push(message.headers.authorization, message.headers.cookie)
      answer.writeHead(302, { location: `${storage}/blob` }).end()
    })
    const answer = await request(dispatcher(), address, {
      headers: { cookie: 'c=1' },
      authorization: async (url) => (url.origin === address ? 'Bearer t' : undefined),
    })
    expect(await answer.body.text()).toBe('bytes')
    expect(seen).toEqual(['Bearer t', 'c=1', undefined, undefined])

    await request(dispatcher(), address, { headers: { Authorization: 'Bearer t' } })
    expect(seen.slice(4)).toEqual(['Bearer t', undefined, undefined, undefined])
  })

  it('refuses to leave https, and redirects without end or to nowhere', async () => {
    const endless = await serve((_message, answer) =>
      answer.writeHead(302, { location: '/' }).end(),
    )
    expect(await failureOf(request(dispatcher(), endless))).toMatchObject({
      code: 'GITHUB_NETWORK',
      message: expect.stringContaining('redirects in a loop'),
    })
    const ftp = await serve((_message, answer) =>
      answer.writeHead(302, { location: 'ftp://x.test/' }).end(),
    )
    expect((await failureOf(request(dispatcher(), ftp))).message).toContain('not https')
    const nowhere = await serve((_message, answer) =>
      answer.writeHead(302, { location: 'http://[' }).end(),
    )
    expect((await failureOf(request(dispatcher(), nowhere))).message).toContain(
      'an invalid address',
    )
  })

  it('cannot send a stream twice', async () => {
    const address = await serve((message, answer) => {
      message.resume().on('end', () => answer.writeHead(307, { location: '/b' }).end())
    })
    const sent = request(dispatcher(), address, { method: 'POST', body: Readable.from(['a']) })
    expect((await failureOf(sent)).message).toContain('redirects an upload')
  })

  it.each([
    ['GET', undefined, 2],
    ['POST', true, 2],
    ['POST', undefined, 1],
  ] as const)(
    'after a kept-alive socket closed: %s, repeatable %s',
    async (method, repeatable, times) => {
      let asked = 0
      const address = await serve((message, answer) => {
        asked++
        if (asked === 1) return void message.socket.destroy()
        answer.end('ok')
      })
      const sent = request(dispatcher(), address, { method, repeatable })
      if (times === 1) expect(await failureOf(sent)).toBeInstanceOf(GitHubNetworkError)
      else expect(await (await sent).body.text()).toBe('ok')
      expect(asked).toBe(times)
    },
  )

  it('tells a refused connection, and knows that nothing was sent', async () => {
    const address = await closedAddress()
    const error = await failureOf(request(dispatcher(), address))
    expect(error).toMatchObject({ code: 'GITHUB_NETWORK' })
    expect(error.message).toBe(`${new URL(address).host}: connection refused`)
    expect(isNeverSent(error)).toBe(true)
  })

  it('tells an unknown name', async () => {
    const error = await failureOf(request(dispatcher(), 'http://no-such-host.invalid/'))
    expect(error.message).toMatch(/^no-such-host.invalid: cannot resolve its name/)
    expect(isNeverSent(error)).toBe(true)
  })

  it('gives up on a server that accepts and stays silent', { tags: ['deep'] }, async () => {
    const silent = await listen(track(createTcpServer(() => {})))
    const error = await failureOf(request(dispatcher({ stallTimeout: 150 }), silent))
    expect(error.message).toContain('no answer for too long')
    expect(isNeverSent(error)).toBe(false)
  })

  it('gives up on a server that sends early hints without end', async () => {
    const endless = createTcpServer(async (socket) => {
      socket.on('error', () => {})
      while (!socket.destroyed) {
        socket.write('HTTP/1.1 103 Early Hints\r\n\r\n')
        await setImmediate()
      }
    })
    const sent = request(dispatcher({ stallTimeout: 100 }), await listen(track(endless)))
    expect((await failureOf(sent)).message).toContain('no answer for too long')
  })

  it('gives up on a body that stops in its middle', { tags: ['deep'] }, async () => {
    const address = await serve((_message, answer) => {
      answer.writeHead(200, { 'content-length': '100' }).write('half')
    })
    const answer = await request(dispatcher({ stallTimeout: 150 }), address)
    await expect(answer.body.text()).rejects.toThrow(/Body Timeout/)
  })

  it('gives up on a server that stops reading what is sent', { tags: ['deep'] }, async () => {
    const deaf = await listen(track(createTcpServer((socket) => socket.pause())))
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(1 << 20)
      })(),
    )
    const sent = request(dispatcher({ stallTimeout: 200 }), deaf, { method: 'POST', body: endless })
    expect((await failureOf(sent)).message).toContain('no answer for too long')
  })

  it('ends with the reason of its signal', async () => {
    const address = await serve(() => controller.abort(new InterruptedError('SIGTERM')))
    const controller = new AbortController()
    const error = await failureOf(request(dispatcher(), address, { signal: controller.signal }))
    expect(error).toBeInstanceOf(InterruptedError)
  })

  it('tells a certificate that is not trusted, and what to do', async () => {
    const server = createTlsServer({ cert: certificate, key }, (_message, answer) => answer.end())
    const address = (await listen(track(server))).replace('http:', 'https:')
    const error = await failureOf(request(dispatcher(), address))
    expect(error.message).toContain('self-signed')
    expect(error).toMatchObject({ hint: expect.stringContaining('NODE_EXTRA_CA_CERTS') })
  })

  it('leaves no listener at the signal, whether an answer comes or not', async () => {
    const { signal } = new AbortController()
    const own = dispatcher()
    const address = await serve((_message, answer) => answer.end('hello'))
    const answers = await Promise.all([1, 2, 3].map(() => request(own, address, { signal })))
    for (const { body } of answers) expect(await body.text()).toBe('hello')
    await failureOf(request(own, await closedAddress(), { signal }))
    await expect.poll(() => getEventListeners(signal, 'abort')).toEqual([])
  })

  it('lets node warn of no leak, however many requests share a signal', async () => {
    const warnings: Error[] = []
    const note = (warning: Error) => void warnings.push(warning)
    process.on('warning', note)
    onTestFinished(() => void process.off('warning', note))
    const { signal } = new AbortController()
    const own = dispatcher()
    const address = await serve((_message, answer) => answer.end('hello'))
    const many = Array.from({ length: 30 }, () => request(own, address, { signal }))
    for (const { body } of await Promise.all(many)) expect(await body.text()).toBe('hello')
    await setImmediate()
    expect(warnings).toEqual([])
  })
})

describe('through a proxy', () => {
  it('asks it for plain http, with the credential of its address', async () => {
    const through = await proxy()
    const address = await serve((message, answer) =>
      answer.end(`${message.url} ${message.headers['proxy-authorization']}`),
    )
    const env = { http_proxy: through.address.replace('//', '//me:p%40ss@') }
    const answer = await request(dispatcher({ env }), `${address}/x?y`)
    expect(await answer.body.text()).toContain('/x?y')
    expect(through.asked).toEqual([`GET ${address}/x?y`])
    expect(through.credentials).toEqual([`Basic ${Buffer.from('me:p@ss').toString('base64')}`])
  })

  it('tunnels https, sending a user without a password too', async () => {
    const through = await proxy()
    const server = createTlsServer({ cert: certificate, key }, (_message, answer) => answer.end())
    const address = (await listen(track(server))).replace('http:', 'https:')
    const settings = { proxy: through.address.replace('//', '//token@') }
    const error = await failureOf(request(dispatcher(settings), address))
    expect(error.message).toContain('self-signed')
    expect(through.asked).toEqual([`CONNECT ${new URL(address).host}`])
    expect(through.credentials).toEqual([`Basic ${Buffer.from('token:').toString('base64')}`])
  })

  it('fails where it closes instead of answering CONNECT, after one try', async () => {
    let connections = 0
    const closing = createTcpServer((socket) => {
      connections++
      socket.once('data', () => socket.end())
    })
    const settings = { proxy: await listen(track(closing)) }
    const error = await failureOf(request(dispatcher(settings), 'https://api.example.test/'))
    expect(error).toBeInstanceOf(GitHubNetworkError)
    expect(connections).toBeLessThan(4)
  })

  it('is left at once where it does not answer CONNECT, and the signal says so', async () => {
    const stop = new AbortController()
    const silent = createTcpServer((socket) => {
      socket.once('data', () => stop.abort(new InterruptedError('SIGINT')))
    })
    const settings = { proxy: await listen(track(silent)) }
    const sent = request(dispatcher(settings), 'https://api.example.test/', { signal: stop.signal })
    expect(await failureOf(sent)).toBe(stop.signal.reason)
  })

  it('goes past it where NO_PROXY says so', async () => {
    const through = await proxy()
    const address = await serve((_message, answer) => answer.end('direct'))
    const env = { HTTP_PROXY: through.address, NO_PROXY: '127.0.0.0/8' }
    const answer = await request(dispatcher({ env }), address)
    expect(await answer.body.text()).toBe('direct')
    expect(through.asked).toEqual([])
  })

  it.each([
    [407, 'USER:PASSWORD'],
    [403, 'NO_PROXY'],
  ])('tells that it answered %i, and knows that nothing was sent', async (status, hint) => {
    const through = await proxy(status)
    const settings = { proxy: through.address }
    const error = await failureOf(request(dispatcher(settings), 'https://api.example.test/'))
    expect(error.message).toBe(`api.example.test: the proxy answered ${status}`)
    expect(error).toMatchObject({ status, hint: expect.stringContaining(hint) })
    expect(isNeverSent(error)).toBe(true)
    expect(isTransient(error)).toBe(false)
  })

  it('names the proxy where it is the one that refuses', async () => {
    const gone = await closedAddress()
    const settings = { proxy: gone }
    const error = await failureOf(request(dispatcher(settings), 'https://api.example.test/'))
    expect(error.message).toBe(`api.example.test: connection refused by ${new URL(gone).host}`)
  })

  it('gives up on one that accepts and stays silent', { tags: ['deep'] }, async () => {
    const silent = await listen(track(createTcpServer(() => {})))
    for (const url of ['https://api.example.test/', 'http://api.example.test/']) {
      const sent = request(dispatcher({ proxy: silent, stallTimeout: 150 }), url)
      expect((await failureOf(sent)).message).toContain('no answer for too long')
    }
  })
})
