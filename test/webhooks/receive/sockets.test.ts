import { once } from 'node:events'
import { Agent } from 'node:http'
import { describe, expect, it } from 'vitest'
import { headersOf, headOf, rawConnection, type Serving, send, serve } from './serving.js'

const push = '{"ref":"refs/heads/main"}'

/** A whole request, as it goes over the wire. */
const wire = (body = push, headers: Record<string, string> = {}) =>
  headOf({ ...headersOf(body), 'Content-Length': String(body.length), ...headers }) + body

const statusesIn = (answers: string) =>
  [...answers.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))

/** Sends bytes, and reads until the receiver closes. */
async function exchange(serving: Serving, bytes: string | Buffer): Promise<string> {
  const { socket, closed } = rawConnection(serving)
  socket.write(bytes)
  return closed
}

const closing = { Connection: 'close' }

describe('a connection', () => {
  it.each<[string, string | Buffer, number]>([
    ['with the start of TLS', Buffer.from('16030100f8010000f40303', 'hex'), 400],
    ['with garbage', 'hello\r\n\r\n', 400],
    ['without a host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    [
      'with two lengths',
      headOf({ ...headersOf(push), 'Content-Length': '1\r\nContent-Length: 2' }),
      400,
    ],
    [
      'with a length and chunks',
      headOf({ ...headersOf(push), 'Content-Length': '5', 'Transfer-Encoding': 'chunked' }),
      400,
    ],
    [
      'with chunks that are none',
      `${headOf({ ...headersOf(push), 'Transfer-Encoding': 'chunked' })}zz\r\n`,
      400,
    ],
    ['with headers of 20 KB', headOf({ 'X-Filling': 'x'.repeat(20_000) }), 431],
    ['with NUL in a header', headOf({ 'X-Filling': 'a\0b' }), 400],
  ])('%s is refused and closed', async (_, bytes, status) => {
    const serving = await serve()
    const answer = await exchange(serving, bytes)
    expect(statusesIn(answer)).toEqual([status])
    expect(answer).toMatch(/\r\nConnection: close\r\n/)
    expect(serving.metrics.text([])).toContain(`refused_total{code="${status}"} 1\n`)
    expect((await send(serving)).status).toBe(202)
  })

  it('of HTTP/1.0 is answered and closed', async () => {
    const serving = await serve()
    const bytes = wire(push).replace('HTTP/1.1', 'HTTP/1.0')
    expect(statusesIn(await exchange(serving, bytes))).toEqual([202])
  })

  it('with several requests at once gets their answers in order', async () => {
    const serving = await serve()
    const second = wire('{}', { 'X-GitHub-Delivery': 'b' })
    const third = wire('{"wrong":1}', { 'X-Hub-Signature-256': `sha256=${'0'.repeat(64)}` })
    const fourth = wire('{"last":1}', { 'X-GitHub-Delivery': 'd', ...closing })
    const answer = await exchange(serving, wire() + second + third + fourth)
    expect(statusesIn(answer)).toEqual([202, 202, 401, 202])
  })

  it('gets the answer of a good request before that of garbage behind it', async () => {
    const serving = await serve()
    const answer = await exchange(serving, `${wire()}garbage\r\n\r\n`)
    expect(statusesIn(answer)).toEqual([202])
  })

  it('whose body is longer than it says is refused with what is left', async () => {
    const serving = await serve()
    const answer = await exchange(serving, `${wire('{}')}and more\r\n\r\n`)
    expect(statusesIn(answer)).toEqual([202])
    expect(serving.store.kept).toHaveLength(1)
  })

  it('that breaks in the middle of a body stores nothing', async () => {
    const serving = await serve()
    const { socket } = rawConnection(serving)
    socket.write(headOf({ ...headersOf(push), 'Content-Length': String(push.length) }))
    socket.write(push.slice(0, 5), () => socket.resetAndDestroy())
    await once(socket, 'close')
    expect((await send(serving, { body: '{}' })).status).toBe(202)
    expect(serving.store.kept).toHaveLength(1)
  })

  it('that breaks while its delivery is being committed leaves it stored', async () => {
    const serving = await serve()
    const { socket } = rawConnection(serving)
    serving.store.commit = () => {
      socket.resetAndDestroy()
      return new Promise((resolve) => socket.once('close', () => setImmediate(resolve)))
    }
    socket.write(wire())
    await once(socket, 'close')
    serving.store.commit = () => {}
    expect((await send(serving, { body: push })).json).toEqual({ id: 1, status: 'duplicate' })
  })

  it('that is half closed after its request does no harm', async () => {
    const serving = await serve()
    const { socket, closed } = rawConnection(serving)
    socket.end(wire())
    await closed
    expect(
      (await send(serving, { body: '{}', headers: { 'X-GitHub-Delivery': 'b' } })).status,
    ).toBe(202)
  })

  it('that asks for leave to send gets it, or its refusal', async () => {
    const serving = await serve()
    const leave = { Expect: '100-continue', 'Content-Length': String(push.length), ...closing }
    const good = rawConnection(serving)
    good.socket.write(headOf({ ...headersOf(push), ...leave }))
    good.socket.once('data', () => good.socket.write(push))
    expect(statusesIn(await good.closed)).toEqual([100, 202])
    const bad = await exchange(
      serving,
      headOf({ ...headersOf(push), ...leave, 'Content-Type': 'a/b' }),
    )
    expect(statusesIn(bad)).toEqual([415])
  })

  it('that was refused gets no second answer for what follows', async () => {
    const serving = await serve()
    const { socket, closed } = rawConnection(serving)
    const flow = { 'Transfer-Encoding': 'chunked', 'Content-Type': 'text/plain' }
    socket.write(headOf({ ...headersOf(push), ...flow }))
    await once(socket, 'data')
    socket.write('garbage\r\n')
    expect(statusesIn(await closed)).toEqual([415])
  })

  it('is kept, and closed after 1,000 requests', { tags: ['deep'] }, async () => {
    const serving = await serve()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const path = '/healthz'
    const ask = async () => (await send(serving, { method: 'GET', path, agent })).headers.connection
    for (let asked = 1; asked < 1000; asked++) expect(await ask()).toBe('keep-alive')
    expect(await ask()).toBe('close')
    agent.destroy()
  })
})

const mebibyte = 1024 ** 2
const most = 25 * mebibyte

describe('a large body', () => {
  it.each<[string, Record<string, string | undefined>]>([
    ['that says its length', {}],
    ['in chunks', { 'Content-Length': undefined, 'Transfer-Encoding': 'chunked' }],
  ])('%s is taken up to 25 MiB', async (_, headers) => {
    const serving = await serve()
    const body = Buffer.alloc(most, 'x')
    expect((await send(serving, { body, headers })).status).toBe(202)
    expect(Buffer.compare(serving.store.kept[0]?.body ?? Buffer.alloc(0), body)).toBe(0)
  })

  it('of one byte more is refused by its length, before it is sent', async () => {
    const serving = await serve()
    const length = { 'Content-Length': String(most + 1) }
    const answer = await exchange(serving, headOf({ ...headersOf(''), ...length }))
    expect(statusesIn(answer)).toEqual([413])
  })

  it('of one byte more is refused in chunks, and not read on', async () => {
    const serving = await serve({ maxBody: mebibyte })
    const { socket, closed } = rawConnection(serving)
    const flow = { ...headersOf(''), 'Transfer-Encoding': 'chunked' }
    const chunk = `${(64 * 1024).toString(16)}\r\n${'x'.repeat(64 * 1024)}\r\n`
    socket.write(headOf(flow))
    // Sends without end, as fast as it is read.
    const pump = () => {
      while (socket.writable && socket.write(chunk));
    }
    socket.on('drain', pump)
    pump()
    await once(socket, 'data')
    const start = performance.now()
    const answer = await closed
    expect(statusesIn(answer)).toEqual([413])
    expect(answer).toContain('Connection: close\r\n')
    // It could not be read if it were followed by a reset.
    expect(performance.now() - start).toBeGreaterThan(250)
    expect(socket.bytesWritten).toBeLessThan(16 * mebibyte)
    expect(serving.store.kept).toEqual([])
  })

  it('that is refused gives its memory back', async () => {
    const serving = await serve({ maxBody: 2 * mebibyte }, { memory: 4 * mebibyte })
    const body = Buffer.alloc(3 * mebibyte, 'x')
    const headers = { 'Content-Length': undefined, 'Transfer-Encoding': 'chunked' }
    for (let sent = 0; sent < 4; sent++) {
      expect((await send(serving, { body, headers })).status).toBe(413)
    }
    expect((await send(serving, { body: body.subarray(mebibyte), headers })).status).toBe(202)
  })

  it('obeys a new max_body from the next request on', async () => {
    const serving = await serve()
    serving.settings = { ...serving.settings, maxBody: 10 }
    expect((await send(serving)).status).toBe(413)
  })

  it('that comes with too many others is 503, while small ones are taken', {
    tags: ['deep'],
  }, async () => {
    const serving = await serve({}, { memory: 16 * mebibyte })
    let open = () => {}
    const held = new Promise<void>((resolve) => {
      open = resolve
    })
    serving.store.commit = () => held
    const body = Buffer.alloc(5 * mebibyte, 'x')
    const large = Array.from({ length: 4 }, (_, index) =>
      send(serving, { body, headers: { 'X-GitHub-Delivery': `large-${index}` } }),
    )
    expect((await settledOf(large, 2)).map(({ status }) => status)).toEqual([503, 503])
    const small = send(serving, { headers: { 'X-GitHub-Delivery': 'small' } })
    open()
    expect((await small).status).toBe(202)
    const statuses = (await Promise.all(large)).map(({ status }) => status)
    expect(statuses.sort()).toEqual([202, 202, 503, 503])
    const again = await send(serving, { body, headers: { 'X-GitHub-Delivery': 'after' } })
    expect(again.status).toBe(202)
  })

  it('of single bytes is not read on', { tags: ['deep'] }, async () => {
    const serving = await serve()
    const head = headOf({ ...headersOf(''), 'Transfer-Encoding': 'chunked' })
    const answer = await exchange(serving, head + '1\r\nx\r\n'.repeat(100_000))
    expect(statusesIn(answer)).toEqual([400])
  })
})

/** The first that settle. */
async function settledOf<T>(promises: Promise<T>[], count: number): Promise<T[]> {
  const settled: T[] = []
  return new Promise((resolve, reject) => {
    for (const promise of promises) {
      promise.then((value) => {
        settled.push(value)
        if (settled.length === count) resolve([...settled])
      }, reject)
    }
  })
}
