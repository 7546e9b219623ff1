import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { createDispatcher } from '../../src/http/dispatcher.js'
import { fetch } from '../../src/http/fetch.js'
import { bodyOf, serve } from './servers.js'

const dispatcher = createDispatcher({ proxy: null, env: {}, stallTimeout: 5_000 })
afterAll(() => dispatcher.destroy())

const send = (address: string, method = 'GET', body?: string) =>
  fetch(address, { method, headers: {}, body, redirect: 'manual', signal: null, dispatcher })

async function read(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of body ?? []) parts.push(part)
  return Buffer.concat(parts).toString()
}

describe('fetch', () => {
  it('sends a body, and follows no redirect', async () => {
    const address = await serve(async (message, answer) => {
      const body = await bodyOf(message)
      answer.writeHead(302, { location: '/elsewhere', 'x-two': ['a', 'b'] })
      answer.end(`${message.method} ${body}`)
    })
    const { status, headers, body } = await send(address, 'POST', 'hello')
    expect(status).toBe(302)
    expect(new Map(headers).get('location')).toBe('/elsewhere')
    expect(new Map(headers).get('x-two')).toBe('a, b')
    expect(await read(body)).toBe('POST hello')
  })

  it('asks for a compressed answer, and reads it', async () => {
    const address = await serve((message, answer) => {
      answer.writeHead(200, { 'content-encoding': String(message.headers['accept-encoding']) })
      answer.end(gzipSync('hello'.repeat(1000)))
    })
    expect(await read((await send(address)).body)).toBe('hello'.repeat(1000))
  })

  it.each(['GZIP', 'x-gzip'])('reads what is called %s', async (coding) => {
    const address = await serve((_message, answer) => {
      answer.writeHead(200, { 'content-encoding': coding }).end(gzipSync('hello'))
    })
    expect(await read((await send(address)).body)).toBe('hello')
  })

  it.each([
    ['HEAD', 200],
    ['GET', 304],
    ['DELETE', 204],
  ])('takes no body of a %s, answered by %i, for a broken one', async (method, status) => {
    const address = await serve((_message, answer) => {
      answer.writeHead(status, { 'content-encoding': 'gzip' }).end()
    })
    const answer = await send(address, method)
    expect(answer.status).toBe(status)
    expect(await read(answer.body)).toBe('')
  })

  it('tells of a compressed body that is not whole', async () => {
    const address = await serve((_message, answer) => {
      answer.writeHead(200, { 'content-encoding': 'gzip' })
      answer.end(gzipSync('hello'.repeat(1000)).subarray(0, 25))
    })
    const { body } = await send(address)
    await expect(read(body)).rejects.toThrow('unexpected end of file')
  })
})
