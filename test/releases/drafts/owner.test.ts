import { describe, expect, it } from 'vitest'
import { identify } from '../../../src/process/identity.js'
import { longestMark, type Maker, withMark } from '../../../src/releases/drafts/mark.js'
import {
  type DraftOwner,
  formatOwner,
  newOwner,
  parseOwner,
  tenureOf,
} from '../../../src/releases/drafts/owner.js'
import { testClock } from '../../support/clock.js'
import { subjectOf } from '../support.js'

const clock = testClock()
const self = await identify(process.pid)
const mine = newOwner({ self, clock })

describe('an owner', () => {
  it.each<[string, Partial<DraftOwner>]>([
    ['this process', {}],
    ['a system that names no boot', { boot: '', started: '' }],
    ['macOS, where a start is a date', { started: 'Wed Jan 14 12:00:00 2026' }],
    ['a host of odd letters', { host: 'é -->' }],
  ])('is read as it was written: %s', (_name, more) => {
    const owner = { ...mine, ...more }
    expect(formatOwner(owner)).toMatch(/^\S+( \S+){5}$/)
    expect(formatOwner(owner)).not.toContain('>')
    expect(parseOwner(formatOwner(owner))).toEqual(owner)
  })

  it.each([
    'one',
    'a b c d e f',
    'a b 1 d e yesterday',
    'a b x d e 2026-01-14T12:00:00Z',
    'a b 1 d - 2026-01-14T12:00:00Z',
    '%',
  ])('is none: %j', (line) => {
    expect(parseOwner(line)).toBeNull()
  })

  it('leaves room in the longest mark', () => {
    const maker: Maker = { verb: 'publish', subject: subjectOf({ name: 'c'.repeat(50) }) }
    const host = 'h'.repeat(255)
    const boot = 'b'.repeat(36)
    const body = withMark('', maker, `v${'é'.repeat(40)}`, { ...mine, host, boot })
    expect(body.length).toBeLessThanOrEqual(longestMark)
  })
})

describe('tenureOf', () => {
  const tenMinutes = 10 * 60_000
  const other = { ...mine, host: 'host-b', boot: 'other' }
  it.each<[string, DraftOwner | null, number, string]>([
    ['nobody', null, 0, 'free'],
    ['this process', mine, 0, 'live'],
    ['this process, in a run that could not let go', mine, tenMinutes + 1, 'expired'],
    ['an ended process of this machine', { ...mine, started: '1' }, 0, 'free'],
    ['an ended process, silent', { ...mine, started: '1' }, tenMinutes + 1, 'free'],
    ['another machine', other, tenMinutes, 'live'],
    ['another machine, silent', other, tenMinutes + 1, 'expired'],
    ['another machine, whose clock is ahead', { ...other, at: other.at + 1e6 }, 0, 'live'],
    ['a machine of the same name', { ...mine, boot: 'other', started: '1' }, 0, 'live'],
    ['one that can not be known here', { ...mine, started: '' }, tenMinutes + 1, 'expired'],
  ])('of %s', async (_name, owner, age, expected) => {
    const later = testClock(clock.now() + age)
    expect(await tenureOf({ self, clock: later }, owner)).toBe(expected)
  })
})
