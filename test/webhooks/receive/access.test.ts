import { describe, expect, it } from 'vitest'
import { accessFor, clientAddress } from '../../../src/webhooks/receive/access.js'
import { watchGitHubRanges } from '../../../src/webhooks/receive/github-ranges.js'
import { testClock } from '../../support/clock.js'
import { send, serve } from './serving.js'

const isTrusted = (address: string) => address.startsWith('10.')

describe('clientAddress', () => {
  it.each<[string, string | null, string | undefined, string | null]>([
    ['a peer that nobody trusts', '192.0.2.1', '198.51.100.7', '192.0.2.1'],
    ['a trusted proxy', '10.0.0.1', '198.51.100.7', '198.51.100.7'],
    ['two trusted proxies', '10.0.0.1', '198.51.100.7, 10.0.0.2', '198.51.100.7'],
    ['what a client wrote itself', '10.0.0.1', '1.2.3.4, 198.51.100.7', '198.51.100.7'],
    ['a proxy that names nobody', '10.0.0.1', undefined, '10.0.0.1'],
    ['trusted ones to the end', '10.0.0.1', '10.0.0.3,10.0.0.2', '10.0.0.3'],
    ['a port', '10.0.0.1', '198.51.100.7:4711', '198.51.100.7'],
    ['IPv6 with a port', '10.0.0.1', '[2001:db8::7]:4711', '2001:db8::7'],
    ['IPv6', '10.0.0.1', '2001:db8::7', '2001:db8::7'],
    ['a name', '10.0.0.1', '198.51.100.7, unknown', null],
    ['an empty part', '10.0.0.1', '198.51.100.7,', null],
    ['a Unix socket', null, '198.51.100.7', '198.51.100.7'],
    ['a Unix socket that names nobody', null, undefined, null],
    ['a TCP connection that is already broken', '', '198.51.100.7', ''],
  ])('of %s', (_, address, forwardedFor, client) => {
    expect(clientAddress({ address, forwardedFor }, isTrusted)).toBe(client)
  })
})

const noRanges = () => {
  throw new Error('GitHub is not needed')
}

describe('allow', () => {
  it.each<[string[], string, boolean]>([
    [[], '192.0.2.1', true],
    [['192.0.2.1'], '192.0.2.1', true],
    [['192.0.2.1'], '192.0.2.2', false],
    [['192.0.2.0/24'], '192.0.2.2', true],
    [['192.0.2.0/24'], '::ffff:192.0.2.2', true],
    [['192.0.2.0/24'], '::ffff:192.0.3.2', false],
    [['2001:db8::/32', '192.0.2.1'], '2001:db8::1', true],
    [['2001:db8::/32', '192.0.2.1'], '2001:db9::1', false],
  ])('%j of %s: %s', async (allow, address, isAllowed) => {
    const access = accessFor({ allow, trustedProxies: [] }, noRanges)
    expect(await access.isAllowed(address)).toBe(isAllowed)
  })

  it('refuses what is neither an address nor a network', () => {
    const rules = { allow: ['example.org'], trustedProxies: [] }
    expect(() => accessFor(rules, noRanges)).toThrow(
      /neither an address nor a network: example.org/,
    )
  })

  it('guards the path of the hook alone, and follows a reload', async () => {
    const serving = await serve({ allow: ['192.0.2.0/24'] })
    expect((await send(serving)).status).toBe(403)
    expect((await send(serving, { method: 'GET' })).status).toBe(403)
    expect((await send(serving, { method: 'GET', path: '/healthz' })).status).toBe(200)
    expect((await send(serving, { method: 'GET', path: '/metrics' })).status).toBe(200)
    serving.settings = { ...serving.settings, allow: ['127.0.0.0/8'] }
    expect((await send(serving)).status).toBe(202)
  })

  it('believes X-Forwarded-For of a trusted proxy only', async () => {
    const serving = await serve({ allow: ['192.0.2.0/24'] })
    const headers = { 'X-Forwarded-For': '192.0.2.7' }
    expect((await send(serving, { headers })).status).toBe(403)
    serving.settings = { ...serving.settings, trustedProxies: ['127.0.0.1'] }
    expect((await send(serving, { headers })).status).toBe(202)
    const forged = { 'X-Forwarded-For': ['192.0.2.7', '198.51.100.1'] }
    expect((await send(serving, { headers: forged })).status).toBe(403)
    expect(serving.events.filter(({ type }) => type === 'delivery-refused')).toEqual([
      { type: 'delivery-refused', status: 403, address: '127.0.0.1' },
      { type: 'delivery-refused', status: 403, address: '198.51.100.1' },
    ])
  })
})

/** GitHub's addresses over some days; a test sets the next answer. */
function setUp(first: string[] | Error) {
  const clock = testClock()
  const warnings: string[] = []
  const meta = { answer: first, asked: 0 }
  const ranges = watchGitHubRanges({
    clock,
    warn: (message) => warnings.push(message),
    async ask() {
      meta.asked++
      if (meta.answer instanceof Error) throw meta.answer
      return meta.answer
    },
  })
  return { clock, warnings, meta, ranges }
}

const minute = 60_000
const day = 24 * 60 * minute

describe("GitHub's addresses", () => {
  it('are asked at once, and then daily', async () => {
    const { clock, meta, ranges } = setUp(['192.30.252.0/22', '2a0a:a440::/29'])
    expect(await ranges.has('192.30.252.41')).toBe(true)
    expect(await ranges.has('2a0a:a440::1')).toBe(true)
    expect(await ranges.has('192.0.2.1')).toBe(false)
    meta.answer = ['192.0.2.0/24']
    await clock.pass(day - 1)
    expect(await ranges.has('192.0.2.1')).toBe(false)
    await clock.pass(1)
    expect(await ranges.has('192.0.2.1')).toBe(true)
    expect(meta.asked).toBe(2)
    ranges.stop()
    expect(clock.limits()).toEqual([])
  })

  it('stay as they were where GitHub does not answer, with a warning', async () => {
    const { clock, warnings, meta, ranges } = setUp(['192.30.252.0/22'])
    await ranges.has('192.0.2.1')
    meta.answer = new Error('GitHub is down')
    await clock.pass(day)
    expect(await ranges.has('192.30.252.41')).toBe(true)
    expect(warnings).toEqual([
      "GitHub's addresses can't be read: GitHub is down; the last list stays",
    ])
    meta.answer = ['192.0.2.0/24']
    await clock.pass(60 * minute)
    expect(await ranges.has('192.0.2.1')).toBe(true)
  })

  it.each<[string, string[] | Error]>([
    ['that GitHub never named', new Error('GitHub is down')],
    ['of an empty list', []],
  ])('%s decide nothing: 503, until they are known', async (_, first) => {
    const { clock, warnings, meta, ranges } = setUp(first)
    expect(await ranges.has('192.30.252.41')).toBeNull()
    expect(warnings).toHaveLength(1)
    meta.answer = ['192.30.252.0/22']
    await clock.pass(minute)
    expect(await ranges.has('192.30.252.41')).toBe(true)
  })

  it('admit GitHub, beside other addresses', async () => {
    const known = await serve({ allow: ['github'] }, { githubRanges: async () => ['127.0.0.0/8'] })
    expect((await send(known)).status).toBe(202)
    const others = await serve(
      { allow: ['github'] },
      { githubRanges: async () => ['192.0.2.0/24'] },
    )
    expect((await send(others)).status).toBe(403)
    others.settings = { ...others.settings, allow: ['github', '127.0.0.1'] }
    expect((await send(others)).status).toBe(202)
    const down = async () => {
      throw new Error('GitHub is down')
    }
    const unknown = await serve({ allow: ['github'] }, { githubRanges: down })
    expect((await send(unknown)).status).toBe(503)
    expect(unknown.events).toContainEqual({
      type: 'warning',
      message:
        "GitHub's addresses can't be read: GitHub is down; deliveries that only they admit are refused with 503",
    })
  })
})
