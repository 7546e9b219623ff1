import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { GitHubNetworkError } from '../../src/base/errors.js'
import { createDispatcher, type Dispatcher } from '../../src/http/dispatcher.js'
import { isNeverSent, networkError } from '../../src/http/failure.js'
import { request } from '../../src/http/request.js'
import { listen, track } from './servers.js'

const dispatchers: Dispatcher[] = []
afterEach(async () => {
  await Promise.all(dispatchers.splice(0).map((one) => one.destroy()))
})

/** The error of a request to a server that answers with these bytes and closes. */
async function failureOfAnswer(bytes: string): Promise<Error> {
  const server = createServer((socket) => {
    // The client may close before all of a wrong answer is sent.
    socket.on('error', () => {})
    socket.once('data', () => socket.end(bytes))
  })
  const address = await listen(track(server))
  const dispatcher = createDispatcher({ proxy: null, env: {}, stallTimeout: 5_000 })
  dispatchers.push(dispatcher)
  try {
    const { body, url } = await request(dispatcher, address, { method: 'POST', repeatable: false })
    await body.text().catch((error: unknown) => {
      throw networkError(error, url)
    })
  } catch (error) {
    return error as Error
  }
  return expect.fail('it should have failed')
}

const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'

describe('an answer that HTTP does not allow', () => {
  it.each([
    ['of another protocol', '220 mail.example ESMTP\r\n', 'its answer is not HTTP'],
    ['with a bad header', 'HTTP/1.1 200 OK\r\nb\u0001d: x\r\n\r\n', 'its answer is not HTTP'],
    ['with a bad status', 'HTTP/1.1 2x0 OK\r\n\r\n', 'its answer is not HTTP'],
    [
      'with two lengths',
      'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      'not HTTP|cut short',
    ],
    ['with a bad length', 'HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n', 'its answer is not HTTP'],
    ['with a bad chunk', `${chunked}zz\r\n`, 'its answer is not HTTP'],
    ['without its last chunk', `${chunked}2\r\nok\r\n`, 'cut short|closed'],
    ['shorter than it says', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok', 'cut short|closed'],
    ['that is empty', '', 'connection closed'],
    ['with endless headers', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(99_999)}\r\n\r\n`, 'too long'],
  ])('%s is in words', async (_, bytes, words) => {
    const error = await failureOfAnswer(bytes)
    expect(error).toBeInstanceOf(GitHubNetworkError)
    expect(error.message).toMatch(new RegExp(`^127.0.0.1:\\d+: .*(?:${words})`))
    expect(error.message).not.toMatch(librarys)
  })
})

/** Codes of undici and llhttp, and the parser's sentences. */
const librarys = /UND_ERR_[A-Z]+(?!\w*\))|HPE_|HTTP\/1\.1|protocol/

type ErrorClass = new (message: string, status: number, options: object) => Error
const classes: Record<string, ErrorClass> = createRequire(import.meta.url)(
  'undici/lib/core/errors.js',
)

describe('an error of undici', () => {
  it.each(Object.entries(classes))('%s keeps its sentence to itself', (_, Class) => {
    const given = new Class('a sentence of undici', 500, {})
    const error = networkError(given, new URL('https://api.example.test/x'))
    expect(error).toMatchObject({ cause: given, code: 'GITHUB_NETWORK' })
    const { message } = error as Error
    expect(message).toMatch(/^api\.example\.test: .+/)
    expect(message).not.toMatch(/sentence|undefined|HPE_/)
  })
})

describe('an error of node', () => {
  const failing = (code: string) => Object.assign(new Error(`connect ${code} words`), { code })

  it.each([
    ['EPROTO', 'TLS failed'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'TLS failed'],
    ['CERT_REVOKED', 'its certificate was revoked'],
    ['EAI_FAIL', 'the lookup of its name failed'],
    ['EPERM', 'does not allow'],
    ['EFUTURE', 'the connection failed (EFUTURE)'],
  ])('%s is in words', (code, words) => {
    const error = networkError(failing(code), new URL('https://api.example.test/x')) as Error
    expect(error.message).toContain(words)
    expect(error.message).not.toContain('connect ')
  })

  it('says of no error that may come after the request that nothing was sent', () => {
    const of = (code: string) =>
      isNeverSent(networkError(failing(code), new URL('https://api.example.test/')))
    expect(['EPERM', 'EACCES', 'EPROTO', 'ECONNRESET', 'EFUTURE'].map(of)).not.toContain(true)
    expect(['ENOTFOUND', 'EAI_FAIL', 'EADDRNOTAVAIL', 'CERT_REVOKED'].map(of)).not.toContain(false)
  })
})
