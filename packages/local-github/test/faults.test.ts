import { afterEach, beforeEach, expect, test } from 'vitest'
import { gitText, type LocalGitHub, startLocalGitHub } from '../src/index.js'

let github: LocalGitHub
let address: string

beforeEach(async () => {
  github = await startLocalGitHub()
  await github.addRepository('uDOS/typo')
  address = `${github.apiUrl}/repos/uDOS/typo`
})

afterEach(() => github.close())

test('a status, as often as asked, then well', async () => {
  const fault = github.fail({
    path: /^\/repos\/uDOS\/typo$/,
    times: 2,
    status: 429,
    headers: { 'retry-after': '7' },
    body: { message: 'You have exceeded a secondary rate limit.' },
  })
  const first = await fetch(address)
  expect([first.status, first.headers.get('retry-after')]).toEqual([429, '7'])
  expect(await first.json()).toEqual({ message: 'You have exceeded a secondary rate limit.' })
  expect((await fetch(`${github.apiUrl}/users/uDOS`)).status).toBe(200)
  expect((await fetch(address)).status).toBe(429)
  expect((await fetch(address)).status).toBe(200)
  expect(fault.hits).toBe(2)
})

test('the first that matches is taken, and one removed is gone', async () => {
  const first = github.fail({ origin: 'api', method: 'get', status: 502 })
  github.fail({ status: 503 })
  expect((await fetch(address)).status).toBe(502)
  first.remove()
  expect((await fetch(address)).status).toBe(503)
})

test('silence until it is removed', async () => {
  const fault = github.fail({ path: /typo/, delay: 'forever' })
  const answer = fetch(address)
  await expect.poll(() => fault.hits).toBe(1)
  fault.remove()
  expect((await answer).status).toBe(200)
})

test('close ends a silent connection', async () => {
  const fault = github.fail({ path: /typo/, delay: 'forever' })
  const answer = expect(fetch(address)).rejects.toThrow('fetch failed')
  await expect.poll(() => fault.hits).toBe(1)
  await github.close()
  await answer
})

test('a delay, then the answer', async () => {
  github.fail({ delay: 30, times: 1 })
  const before = performance.now()
  expect((await fetch(address)).status).toBe(200)
  expect(performance.now() - before).toBeGreaterThan(25)
})

test('a body that is cut', async () => {
  github.fail({ cutAfter: 100, times: 1 })
  const answer = await fetch(address)
  expect(answer.status).toBe(200)
  const received: Uint8Array[] = []
  const reading = (async () => {
    for await (const chunk of answer.body ?? []) received.push(chunk)
  })()
  await expect(reading).rejects.toThrow('terminated')
  expect(Buffer.concat(received)).toHaveLength(100)
})

test('one byte that is another', async () => {
  const good = Buffer.from(await (await fetch(address)).arrayBuffer())
  github.fail({ corruptAt: 200, times: 1 })
  const bad = Buffer.from(await (await fetch(address)).arrayBuffer())
  expect(bad).toHaveLength(good.length)
  const different = [...bad.keys()].filter((index) => bad[index] !== good[index])
  expect(different).toEqual([200])
})

test('another body, made of the one that it would have been', async () => {
  github.fail({ rewrite: (body) => ({ ...JSON.parse(body.toString()), id: 7 }), times: 1 })
  expect(await (await fetch(address)).json()).toMatchObject({ id: 7, name: 'typo' })
  github.fail({ rewrite: (body) => body.subarray(0, 40), cutAfter: 30 })
  const cut = await fetch(address)
  expect(cut.headers.get('content-length')).toBe('40')
  await expect(cut.text()).rejects.toThrow('terminated')
})

test('an answer that is lost, after the work is done', async () => {
  github.fail({ method: 'POST', dropAnswer: true, times: 1 })
  const before = github.world.tokens.size
  const jwt = ['{}', '{}'].map((part) => Buffer.from(part).toString('base64url'))
  const authorization = `Bearer ${[...jwt, 'x'.repeat(342)].join('.')}`
  const url = `${github.apiUrl}/app/installations/1/access_tokens`
  await expect(fetch(url, { method: 'POST', headers: { authorization } })).rejects.toThrow()
  expect(github.world.tokens.size).toBe(before + 1)
})

test('only what asks for something in its body', async () => {
  const fault = github.fail({ origin: 'git', asking: /command=fetch/, status: 502 })
  await expect(gitText(['ls-remote', `${github.gitUrl}/uDOS/typo`])).resolves.toContain('HEAD')
  const cloned = gitText(['clone', `${github.gitUrl}/uDOS/typo`, `${github.world.folder}/clone`])
  await expect(cloned).rejects.toThrow('502')
  expect(fault.hits).toBe(1)
})

test('a pack that is cut', async () => {
  github.fail({ asking: /command=fetch/, cutAfter: 200, times: 1 })
  const args = ['clone', `${github.gitUrl}/uDOS/typo`, `${github.world.folder}/clone`]
  await expect(gitText(args)).rejects.toThrow(/early EOF|unexpected disconnect|transfer closed/)
})

test('one client of several', async () => {
  const fault = github.fail({ client: /host-b/, status: 503 })
  const as = (agent: string) => fetch(address, { headers: { 'user-agent': agent } })
  expect((await as('host-a')).status).toBe(200)
  expect((await as('wizard on host-b')).status).toBe(503)
  expect(fault.hits).toBe(1)
})
