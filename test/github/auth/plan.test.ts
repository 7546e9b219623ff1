import { expect, it } from 'vitest'
import { ratePlan } from '../../../src/github/auth/status.js'

const status = (source: string | null, login: string | null, limit: number) => ({
  source,
  login,
  rate_limits: [{ name: 'core', limit, remaining: 1, resets_at: '2031-02-03T04:05:06.000Z' }],
})

it.each([
  [null, null, 60, /this address.*without a token/],
  ['GITHUB_TOKEN', null, 1_000, /a job's token.*the repository/],
  ['GITHUB_TOKEN', 'monalisa', 5_000, /all tokens of the user/],
  ['the app', null, 5_000, /installation of at most 20 repositories and 20 users/],
  ['the app', null, 7_550, /5,000 and 51 × 50/],
  ['the app', null, 12_500, /5,000 and 150 × 50.*up to 12,500/],
  ['GITHUB_TOKEN', null, 15_000, /Enterprise Cloud/],
  ['GITHUB_TOKEN', 'monalisa', 15_000, /Enterprise Cloud/],
])('of %s, login %s: a limit of %i', (source, login, limit, words) => {
  expect(ratePlan(status(source, login, limit))).toMatch(words)
})

it.each([
  [null, null, 120],
  ['GITHUB_TOKEN', 'monalisa', 8_000],
  ['the app', null, 40_000],
])('of %s, login %s: nothing is known of a limit of %i', (source, login, limit) => {
  expect(ratePlan(status(source, login, limit))).toBeNull()
})

it('a server without limits has no plan', () => {
  expect(ratePlan({ source: 'x', login: 'y', rate_limits: [] })).toBeNull()
})
