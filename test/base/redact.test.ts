import { describe, expect, it } from 'vitest'
import { createRedactor, maskCredentials } from '../../src/base/redact.js'

const secret = 'hunter2/with+odd"chars'

describe('createRedactor', () => {
  it.each([
    ['as it is', secret],
    ['percent-encoded', encodeURIComponent(secret)],
    ['in JSON', JSON.stringify({ token: secret })],
    ['as git sends it', Buffer.from(`x-access-token:${secret}`).toString('base64')],
    ['base64', Buffer.from(secret).toString('base64')],
  ])('hides a known secret %s', (_form, written) => {
    const told = createRedactor([secret])(`before ${written} after`)
    expect(told).toContain('***')
    expect(told).toMatch(/^before .* after$/)
    for (const form of [secret, encodeURIComponent(secret), 'hunter2']) {
      expect(told).not.toContain(form)
    }
  })

  it.each([
    ['ghp_16C7e42F292c6912E7710c838347Ae178B4a', '***'],
    ['token gho_16C7e42F292c6912E7710c838347Ae178B4a!', 'token ***!'],
    ['github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz', '***'],
    ['https://user:pass@proxy.example:3128/', 'https://***@proxy.example:3128/'],
    ['https://ghs_short@github.com/o/r.git', 'https://***@github.com/o/r.git'],
    ['Authorization: Bearer abc.def.ghi', 'Authorization: Bearer ***'],
    ['"authorization":"token abcdefgh"', '"authorization":"token ***"'],
    ['proxy-authorization: Basic dXNlcjpwYXNz', 'proxy-authorization: Basic ***'],
    ['sent basic dXNlcjpwYXNzd29yZA== twice', 'sent basic *** twice'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----', '***'],
  ])('hides what looks like a credential: %s', (text, told) => {
    expect([createRedactor()(text), maskCredentials(text)]).toEqual([told, told])
  })

  // A token of an App's installation has been a JWT of about 520 characters since 2026.
  const part = (length: number) => Buffer.alloc(length, 'aZ0-_').toString('latin1')
  const long = `ghs_123456_${part(40)}.${part(360)}.${part(86)}`
  const basic = (user: string) => Buffer.from(`${user}:${long}`).toString('base64')

  it.each([
    ['by itself', long, '***'],
    [
      'in an address',
      `https://x-access-token:${long}@github.com/o/r`,
      'https://***@github.com/o/r',
    ],
    ['in a query', `GET /x?token=${long}&a=b`, 'GET /x?token=***&a=b'],
    ['in JSON', JSON.stringify({ token: long }), '{"token":"***"}'],
    ['as Bearer', `authorization: Bearer ${long}`, 'authorization: Bearer ***'],
    ['as token', `authorization: token ${long}`, 'authorization: token ***'],
    ['as Basic', `authorization: Basic ${basic('x-access-token')}`, 'authorization: Basic ***'],
    ['at the end of a sentence', `it was ${long}, and`, 'it was ***, and'],
  ])('hides a long installation token %s, known or not', (_where, text, told) => {
    expect([createRedactor()(text), maskCredentials(text)]).toEqual([told, told])
    expect(createRedactor([long])(text)).toBe(told)
  })

  it.each(['x-access-token', 'me', 'you', 'them', ''])(
    'hides a known long installation token in base64 behind the user "%s"',
    (user) => {
      const told = createRedactor([long])(`x ${basic(user)} y`)
      expect(told).toMatch(/^x .{0,24}\*\*\*.{0,4} y$/)
      expect(createRedactor()(`x Basic ${basic(user)} y`)).toBe('x Basic *** y')
    },
  )

  it('leaves ordinary text alone', () => {
    const text =
      'ssh://git@github.com/o git@github.com:o/r.git, 4f1c2b at https://github.com/o/r?a=b#c, a basic idea'
    expect(createRedactor(['ab'])(text)).toBe(text)
  })

  it('hides a secret whole that holds another', () => {
    expect(createRedactor(['secret', 'secret-and-more'])('x secret-and-more y')).toBe('x *** y')
  })

  it('learns of secrets later', () => {
    const redactor = createRedactor()
    redactor.add('renewed-value')
    expect(redactor('renewed-value')).toBe('***')
  })

  it('forgets tokens that their source renewed long ago, and no other secret', () => {
    const redactor = createRedactor(['permanent'])
    const [app, other] = [{}, {}]
    redactor.add('of-another', other)
    for (let hour = 0; hour < 1000; hour++) {
      redactor.add(`token-${hour}-end`, app)
      redactor.add('token-in-use', app)
    }
    const hides = (text: string) => redactor(text) === '***'
    expect(['permanent', 'of-another', 'token-in-use'].filter(hides)).toHaveLength(3)
    const hours = Array.from({ length: 1000 }, (_none, hour) => hour)
    expect(hours.filter((hour) => hides(`token-${hour}-end`))).toEqual(hours.slice(-7))
  })
})
