import { createVerify, generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError, GitHubAuthError } from '../../../src/base/errors.js'
import { createRedactor } from '../../../src/base/redact.js'
import { GitHubClient } from '../../../src/github/client.js'
import { serve } from '../../http/servers.js'
import { type TestClock, testClock } from '../../support/clock.js'

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = pair.privateKey.export({ type: 'pkcs1', format: 'pem' })
let folder: string
let key: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'app-'))
  key = join(folder, 'key.pem')
  await writeFile(key, pem)
})
afterAll(() => rm(folder, { recursive: true }))

const clients: GitHubClient[] = []
let clock: TestClock
beforeEach(() => {
  clock = testClock(Date.now())
})
afterEach(() => Promise.all(clients.splice(0).map((one) => one.close())))

const repository = {
  id: 1,
  name: 'core',
  full_name: 'uDOS/core',
  html_url: 'https://github.com/uDOS/core',
  default_branch: 'main',
  private: true,
}

/**
 * Issues installation tokens `ghs_number1`, `ghs_number2` …, each valid for an hour, and rejects
 * those in `revoked`.
 */
async function server(accounts: string[] = ['other', 'uDOS']) {
  const asked: string[] = []
  const revoked = new Set<string>()
  let given = 0
  const address = await serve((message, answer) => {
    const { authorization = '' } = message.headers
    asked.push(`${message.method} ${message.url} ${isJwt(authorization) ? 'JWT' : authorization}`)
    const reply = (status: number, body: unknown) =>
      answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (message.url?.startsWith('/app/installations?')) {
      return reply(
        200,
        accounts.map((login, index) => ({ id: index + 10, account: { login } })),
      )
    }
    if (message.method === 'POST') {
      const expires = new Date(clock.now() + 3_600_000).toISOString()
      return reply(201, { token: `ghs_number${++given}`, expires_at: expires, permissions: {} })
    }
    if (revoked.has(authorization)) return reply(401, { message: 'Bad credentials' })
    return reply(200, repository)
  })
  return { address, asked, revoked }
}

function isJwt(authorization: string): boolean {
  const [, head = '', body = '', signature = ''] =
    /^bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(authorization) ?? []
  const verify = createVerify('RSA-SHA256').update(`${head}.${body}`)
  return signature !== '' && verify.verify(pair.publicKey, Buffer.from(signature, 'base64url'))
}

function client(
  baseUrl: string,
  app: { privateKey?: string; installation?: number } = {},
  owner = 'udos',
) {
  const redactor = createRedactor()
  const settings = { id: 123, privateKey: key, ...app }
  const made = new GitHubClient({
    baseUrl,
    app: settings,
    owner,
    clock,
    redactor,
    token: 'not-used',
  })
  clients.push(made)
  return made
}

const get = (own: GitHubClient) => own.getRepo('uDOS', 'core')

describe('a GitHub App', () => {
  it("fetches the token of the owner's installation once", async () => {
    const { address, asked } = await server()
    const own = client(address)
    await Promise.all([get(own), get(own)])
    await get(own)
    expect(asked.slice(0, 2)).toEqual([
      'GET /app/installations?per_page=100 JWT',
      'POST /app/installations/11/access_tokens JWT',
    ])
    expect(asked.slice(2)).toEqual(Array(3).fill('GET /repos/uDOS/core Bearer ghs_number1'))
    expect(await own.credentialSource()).toBe('GitHub App 123')
    expect(own.redact('x ghs_number1 y')).toBe('x *** y')
  })

  it('renews it before it expires, and after a 401', async () => {
    const { address, asked, revoked } = await server()
    const own = client(address, { installation: 7 })
    await get(own)
    await clock.sleep(3_590_000)
    await get(own)
    revoked.add('Bearer ghs_number2')
    await get(own)
    expect(asked).toEqual([
      'POST /app/installations/7/access_tokens JWT',
      'GET /repos/uDOS/core Bearer ghs_number1',
      'POST /app/installations/7/access_tokens JWT',
      'GET /repos/uDOS/core Bearer ghs_number2',
      'GET /repos/uDOS/core Bearer ghs_number2',
      'POST /app/installations/7/access_tokens JWT',
      'GET /repos/uDOS/core Bearer ghs_number3',
    ])
  })

  it.each([
    [['only'], 'nobody', undefined],
    [[], 'nobody', 'has no installation'],
    [['a', 'b'], 'nobody', 'several accounts: a, b'],
  ])('installed on %j, of which %s is none', async (accounts, owner, error) => {
    const { address } = await server(accounts)
    const sent = get(client(address, {}, owner))
    if (error === undefined) return void (await sent)
    await expect(sent).rejects.toThrow(GitHubAuthError)
    await expect(sent).rejects.toThrow(error)
  })

  it('tells a key that is not there, or is none', async () => {
    const { address, asked } = await server()
    const missing = get(client(address, { privateKey: join(folder, 'none') }))
    await expect(missing).rejects.toThrow(ConfigError)
    const none = join(folder, 'none.pem')
    await writeFile(none, 'not a key')
    await expect(get(client(address, { privateKey: none }))).rejects.toThrow('is not a private key')
    expect(asked).toEqual([])
  })
})
