import { describe, expect, it } from 'vitest'
import { GitHubRateLimitError } from '../../../src/base/errors.js'
import { apiLimits } from '../../../src/github/transport/api-limits.js'
import { waitForRateLimits } from '../../../src/http/policy/rate-limit.js'
import { noon } from '../../support/clock.js'
import { answer, fakeWaits, get, post, scripted } from '../support.js'

const layer = (waits = fakeWaits(), authenticated = true) =>
  waitForRateLimits(apiLimits(waits, new Map(), async () => authenticated))

const date = new Date(noon).toUTCString()
const resetIn = (seconds: number) => ({
  date,
  'x-ratelimit-remaining': '0',
  'x-ratelimit-reset': String(noon / 1000 + seconds),
})

describe('waitForRateLimits', () => {
  it.each([
    ['429 with Retry-After', answer(429, { 'retry-after': '5' }), 5000],
    ['403 with Retry-After', answer(403, { 'retry-after': '5' }), 5000],
    ['403 with no calls left', answer(403, resetIn(90)), 91_000],
    ['429 with no calls left', answer(429, resetIn(90)), 91_000],
    [
      '403 that calls itself a secondary limit',
      answer(403, {}, { message: 'You have exceeded a secondary rate limit' }),
      60_000,
    ],
    ['429 that says nothing', answer(429), 60_000],
  ])('waits after a %s, and asks again', async (_what, refusal, milliseconds) => {
    const waits = fakeWaits()
    const next = scripted(refusal, answer())
    expect((await layer(waits)(next)(get())).status).toBe(200)
    expect(waits.clock.slept).toEqual([milliseconds])
    expect(waits.told).toEqual([
      { reason: 'rate limit', host: 'api.test', until: noon + milliseconds },
    ])
  })

  it.each([
    ['retry-after', answer(429, { 'retry-after': '99999999999999999999' })],
    [
      'x-ratelimit-reset',
      answer(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '99999999999999999' }),
    ],
  ])('takes no date that there is not from %s', async (_header, refusal) => {
    const sent = layer(fakeWaits())(scripted(refusal))(get())
    await expect(sent).rejects.toMatchObject({
      code: 'GITHUB_RATE_LIMIT',
      message: expect.stringContaining('it resets at 2027-01-15T12:00:00.000Z'),
    })
  })

  it('repeats a POST too: a refused one was not carried out', async () => {
    const next = scripted(answer(403, { 'retry-after': '1' }), answer(201))
    expect((await layer()(next)(post())).status).toBe(201)
  })

  it("lets storage's refusal pass, and holds nothing back for it", async () => {
    const waits = fakeWaits()
    const send = layer(waits)(scripted({ ...answer(429), foreign: true }, answer()))
    expect((await send(get())).status).toBe(429)
    expect((await send(get())).status).toBe(200)
    expect(waits.clock.slept).toEqual([])
  })

  it('lets an ordinary 403 pass', async () => {
    const forbidden = answer(403, { 'x-ratelimit-remaining': '4999' }, { message: 'Forbidden' })
    expect((await layer()(scripted(forbidden))(get())).status).toBe(403)
  })

  it('knows the limit of GraphQL, which is told within a 200', async () => {
    const waits = fakeWaits()
    const limited = answer(200, resetIn(30), { errors: [{ type: 'RATE_LIMITED', message: 'no' }] })
    const next = scripted(limited, answer(200, {}, { data: {} }))
    const response = await layer(waits)(next)(post('/graphql'))
    expect(String(response.body)).toContain('data')
    expect(waits.clock.slept).toEqual([31_000])
    const quoted = answer(200, {}, { data: { text: 'RATE_LIMITED' } })
    expect((await layer()(scripted(quoted))(post('/graphql'))).status).toBe(200)
  })

  it('doubles its pauses where the server says no time, or too short a one', async () => {
    const silent = fakeWaits()
    const next = scripted(answer(429), answer(429), answer(429), answer())
    await layer(silent)(next)(get())
    expect(silent.clock.slept).toEqual([60_000, 120_000, 240_000])

    const hasty = fakeWaits()
    const zero = answer(429, { 'retry-after': '0' })
    await layer(hasty)(scripted(zero, zero, zero, answer()))(get())
    expect(hasty.clock.slept).toEqual([1000, 2000, 4000])
  })

  it("counts from the server's clock where this one is wrong", async () => {
    const waits = fakeWaits()
    const later = noon + 3_600_000
    const headers = {
      date: new Date(later).toUTCString(),
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(later / 1000 + 10),
    }
    await layer(waits)(scripted(answer(403, headers), answer()))(get())
    expect(waits.clock.slept).toEqual([11_000])
  })

  it('ends where the wait would pass the deadline, telling until when', async () => {
    const next = scripted(answer(403, { ...resetIn(90), 'x-github-request-id': 'AB:12' }))
    const error = await layer(fakeWaits(noon + 60_000))(next)(get()).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(GitHubRateLimitError)
    expect(error).toMatchObject({
      message:
        'api.test: the rate limit for calls is reached; it resets at 2026-01-14T12:01:31.000Z, in 91 s',
      status: 403,
      requestId: 'AB:12',
      remedy: expect.arrayContaining([{ flag: 'timeout' }]),
    })
  })

  it('ends after ten minutes without a deadline, and hints at a token where there is none', async () => {
    const next = scripted(answer(403, resetIn(3600)))
    const sent = layer(fakeWaits(), false)(next)(get())
    await expect(sent).rejects.toMatchObject({ hint: expect.stringContaining('GITHUB_TOKEN') })
  })

  it('holds other requests back while a limit is on, instead of letting them be refused', async () => {
    const waits = fakeWaits()
    const next = scripted(answer(200, resetIn(20)), answer(), answer())
    const send = layer(waits)(next)
    await send(get('/a'))
    await send(post('/graphql'))
    expect(waits.clock.slept).toEqual([])
    await send(get('/b'))
    expect(waits.clock.slept).toEqual([21_000])
  })

  it('holds everything back after a secondary limit', async () => {
    const waits = fakeWaits(noon + 30_000)
    const next = scripted(answer(429, { 'retry-after': '60' }))
    const send = layer(waits)(next)
    await expect(send(get('/a'))).rejects.toThrow('secondary rate limit')
    await expect(send(post('/graphql'))).rejects.toThrow('secondary rate limit')
    expect(next.asked).toHaveLength(1)
  })
})
