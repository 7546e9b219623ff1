import { describe, expect, it } from 'vitest'
import { cacheByEtag } from '../../../src/github/transport/cache.js'
import { answer, get, post, scripted } from '../support.js'

const tagged = (etag: string, body: unknown = { etag }) => answer(200, { etag }, body)

describe('cacheByEtag', () => {
  it('asks again with the ETag, and takes a 304 for the stored answer', async () => {
    const next = scripted(tagged('"1"'), answer(304, { 'x-ratelimit-remaining': '7' }, ''))
    const send = cacheByEtag()(next)
    await send(get())
    const second = await send(get())
    expect(next.asked[1]?.headers['if-none-match']).toBe('"1"')
    expect(second.status).toBe(200)
    expect(String(second.body)).toBe('{"etag":"\\"1\\""}')
    expect(second.headers['x-ratelimit-remaining']).toBe('7')
  })

  it('takes a new answer, and its ETag from then on', async () => {
    const next = scripted(tagged('"1"'), tagged('"2"', 'new'), answer(304, {}, ''))
    const send = cacheByEtag()(next)
    await send(get())
    expect(String((await send(get())).body)).toBe('new')
    expect(String((await send(get())).body)).toBe('new')
    expect(next.asked[2]?.headers['if-none-match']).toBe('"2"')
  })

  it.each([
    ['another credential', get('/x', { headers: { authorization: 'Bearer b' } })],
    ['another form', get('/x', { headers: { accept: 'raw' } })],
    ['another address', get('/y')],
    ['a POST', post('/x')],
  ])('gives nothing stored to %s', async (_what, request) => {
    const next = scripted(tagged('"1"'), answer())
    const send = cacheByEtag()(next)
    await send(get())
    await send(request)
    expect(next.asked[1]?.headers['if-none-match']).toBeUndefined()
  })

  it('leaves a conditional request of the caller alone', async () => {
    const next = scripted(tagged('"1"'), answer(304, {}, ''))
    const send = cacheByEtag()(next)
    await send(get())
    const own = get('/x', { headers: { 'if-none-match': '"0"' } })
    expect((await send(own)).status).toBe(304)
  })

  it('holds no more bytes than it may, and gives up what was not used for longest', async () => {
    const big = 'x'.repeat(10_000)
    const answers = [1, 2, 3].map((tag) => tagged(`"${tag}"`, big))
    const next = scripted(answers[0]!, answers[1]!, answer(304), answers[2]!, answer(), answer())
    const send = cacheByEtag(30_000)(next)
    await send(get('/1'))
    await send(get('/2'))
    await send(get('/1'))
    await send(get('/3'))
    await send(get('/2'))
    await send(get('/1'))
    expect(next.asked.map(({ headers }) => headers['if-none-match'])).toEqual([
      undefined,
      undefined,
      '"1"',
      undefined,
      undefined,
      '"1"',
    ])
  })
})
