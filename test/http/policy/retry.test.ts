import { describe, expect, it } from 'vitest'
import { InterruptedError } from '../../../src/base/errors.js'
import type { ApiRequest, ApiResponse } from '../../../src/github/transport/message.js'
import { PermanentNetworkError } from '../../../src/http/failure.js'
import { backoff, retry } from '../../../src/http/policy/retry.js'
import { answer, fakeWaits, get, lost, post, scripted } from '../../github/support.js'
import { noon } from '../../support/clock.js'

const always = () => 1
const layer = (waits = fakeWaits(), attempts = 3) =>
  retry<ApiRequest, ApiResponse>({ waits, pause: backoff(attempts, always) })

describe('retry', () => {
  it.each([500, 502, 503, 504])(
    'asks again after a %i, waiting longer each time',
    async (status) => {
      const waits = fakeWaits()
      const next = scripted(answer(status), answer(status), answer(status), answer(200))
      expect((await layer(waits)(next)(get())).status).toBe(200)
      expect(waits.clock.slept).toEqual([500, 1000, 2000])
      expect(waits.told).toContainEqual({ reason: 'retry', host: 'api.test', until: noon + 500 })
    },
  )

  it('gives the last answer when the tries are used up', async () => {
    const next = scripted(answer(502), answer(502), answer(502), answer(502))
    expect((await layer()(next)(get())).status).toBe(502)
    expect(next.asked).toHaveLength(4)
  })

  it.each(['ECONNRESET', 'UND_ERR_BODY_TIMEOUT', 'ECONNREFUSED', 'EAI_AGAIN'])(
    'asks again after %s',
    async (code) => {
      const next = scripted(lost(code), answer())
      expect((await layer()(next)(get())).status).toBe(200)
    },
  )

  it('does not ask again where the command has ended', async () => {
    const waits = fakeWaits()
    const next = scripted(lost('UND_ERR_DESTROYED'), answer())
    await expect(layer(waits)(next)(get())).rejects.toThrow('UND_ERR_DESTROYED')
    expect(waits.clock.slept).toEqual([])
  })

  it('tells how often it tried', async () => {
    const next = scripted(lost('ECONNRESET'), lost('ECONNRESET'))
    await expect(layer(fakeWaits(), 1)(next)(get())).rejects.toThrow(
      'api.test: ECONNRESET (2 attempts)',
    )
  })

  it.each([
    ['a lost answer', lost('ECONNRESET')],
    ['silence', lost('UND_ERR_HEADERS_TIMEOUT')],
    ['a 502', answer(502)],
    ['a 500', answer(500)],
    ['a 503 that does not say when', answer(503)],
  ])('never repeats a POST after %s: it may have been carried out', async (_what, first) => {
    const next = scripted(first, answer())
    await layer()(next)(post()).catch(() => undefined)
    expect(next.asked).toHaveLength(1)
  })

  it('repeats no POST that is sent once after a 503 that says when, and one that was not sent', async () => {
    const once = { once: true }
    const next = scripted(answer(503, { 'retry-after': '2' }), answer(201))
    expect((await layer()(next)(post('/x', once))).status).toBe(503)
    const later = scripted(lost('ECONNREFUSED'), answer(201))
    expect((await layer()(later)(post('/x', once))).status).toBe(201)
  })

  it.each([
    ['no connection', lost('ECONNREFUSED')],
    ['no name', lost('ENOTFOUND')],
    ['no connection in time', lost('UND_ERR_CONNECT_TIMEOUT')],
    ['a 503 that says when', answer(503, { 'retry-after': '2' })],
  ])('repeats a POST after %s: it was not carried out', async (_what, first) => {
    const next = scripted(first, answer(201))
    expect((await layer()(next)(post())).status).toBe(201)
  })

  it('repeats a POST that says it does no harm, as a GraphQL query', async () => {
    const next = scripted(answer(502), answer())
    expect((await layer()(next)(post('/graphql', { repeatable: true }))).status).toBe(200)
  })

  it.each([
    ['seconds', { 'retry-after': '7' }, 7000],
    [
      "a date, by the server's own clock",
      { 'retry-after': 'Wed, 14 Jan 2026 15:00:09 GMT', date: 'Wed, 14 Jan 2026 15:00:00 GMT' },
      9000,
    ],
  ])('waits as long as Retry-After says, in %s', async (_form, headers, milliseconds) => {
    const waits = fakeWaits()
    await layer(waits)(scripted(answer(503, headers), answer()))(get())
    expect(waits.clock.slept).toEqual([milliseconds])
  })

  it('gives up at once where the wait would pass the deadline, or ten minutes without one', async () => {
    const late = answer(503, { 'retry-after': '60' })
    expect((await layer(fakeWaits(noon + 59_000))(scripted(late))(get())).status).toBe(503)
    const later = answer(503, { 'retry-after': '601' })
    expect((await layer()(scripted(later))(get())).status).toBe(503)
  })

  it.each([
    ['a refusal', answer(404)],
    ['a certificate that is not trusted', lost('SELF_SIGNED_CERT_IN_CHAIN')],
    ['a redirect that leads nowhere', new PermanentNetworkError('redirects in a loop')],
    ['a signal', new InterruptedError()],
  ])('does not repeat %s', async (_what, first) => {
    const next = scripted(first)
    await layer()(next)(get()).catch(() => undefined)
    expect(next.asked).toHaveLength(1)
  })
})
