import { type FaultHandle, type LocalGitHub, startLocalGitHub } from 'local-github'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { GitHubAuthError } from '../../../src/base/errors.js'
import { GitHubClient } from '../../../src/github/client.js'
import { assertTagAllowed } from '../../../src/releases/pipeline/remote.js'

let github: LocalGitHub
let client: GitHubClient
beforeAll(async () => {
  github = await startLocalGitHub()
  client = new GitHubClient({ baseUrl: github.apiUrl, token: github.token, retryAttempts: 0 })
})
const faults: FaultHandle[] = []
afterEach(() => {
  for (const fault of faults.splice(0)) fault.remove()
})
afterAll(async () => {
  await client.close()
  await github.close()
})

const check = (tag = 'v1.0.0') =>
  assertTagAllowed({ github: client }, { owner: 'uDOS', repo: 'engine' }, tag)

/** GitHub's answer about a repository's rulesets, with one in detail. */
function rules(rule: object, summary: object = {}) {
  const one = { id: 7, target: 'tag', enforcement: 'active', ...summary }
  const found = { name: 'no tags', ...rule }
  faults.push(
    github.fail({ path: /\/rulesets\?/, status: 200, body: [one] }),
    github.fail({ path: /\/rulesets\/7/, status: 200, body: found }),
  )
}

const creation = { rules: [{ type: 'deletion' }, { type: 'creation' }] }
const on = (include: string[], exclude?: string[]) => ({
  conditions: { ref_name: { include, exclude } },
})

describe('a rule keeps a tag from being made', () => {
  it.each<[string, object]>([
    ['of all tags', { ...creation, ...on(['~ALL']) }],
    ['of a pattern', { ...creation, ...on(['refs/tags/v*']) }],
    ['of one of several patterns', { ...creation, ...on(['refs/tags/x', 'refs/tags/v1.*']) }],
    ['which others may bypass', { ...creation, ...on(['~ALL']), current_user_can_bypass: 'never' }],
    [
      'which may be bypassed by a pull request alone',
      { ...creation, ...on(['~ALL']), current_user_can_bypass: 'pull_requests_only' },
    ],
  ])('%s', async (_name, rule) => {
    rules(rule)
    await expect(check()).rejects.toThrow(GitHubAuthError)
    await expect(check()).rejects.toThrow('the rule no tags forbids v1.0.0')
  })
})

describe('a rule does not', () => {
  it.each<[string, object, object?]>([
    ['of other tags', { ...creation, ...on(['refs/tags/core-*']) }],
    ['that leaves it out', { ...creation, ...on(['~ALL'], ['refs/tags/v*']) }],
    ['of no tags at all', { ...creation, ...on([]) }],
    ['without a condition', creation],
    ['about something else', { rules: [{ type: 'deletion' }], ...on(['~ALL']) }],
    ['without rules', { rules: null, ...on(['~ALL']) }],
    [
      'that this user may bypass',
      { ...creation, ...on(['~ALL']), current_user_can_bypass: 'always' },
    ],
    [
      'from which this user is exempt',
      { ...creation, ...on(['~ALL']), current_user_can_bypass: 'exempt' },
    ],
    ['that is only tried out', { ...creation, ...on(['~ALL']) }, { enforcement: 'evaluate' }],
    ['of branches', { ...creation, ...on(['~ALL']) }, { target: 'branch' }],
  ])('%s', async (_name, rule, summary) => {
    rules(rule, summary)
    await check()
  })

  it.each([404, 403])('where there are none to be seen: %i', async (status) => {
    faults.push(github.fail({ path: /\/rulesets/, status, body: { message: 'no' } }))
    await check()
  })
})
