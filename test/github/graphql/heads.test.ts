import { parse, visit } from 'graphql'
import { type LocalGitHub, startLocalGitHub } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GitHubAuthError, GitHubRateLimitError } from '../../../src/base/errors.js'
import { GitHubClient, type GitHubClientOptions } from '../../../src/github/client.js'
import { headsOf, type WantedHead } from '../../../src/github/graphql/heads.js'
import { testClock } from '../../support/clock.js'

let github: LocalGitHub
let warnings: string[]
let client: GitHubClient

beforeEach(async () => {
  warnings = []
  github = await startLocalGitHub()
  client = connect()
})
afterEach(async () => {
  await client.close()
  await github.close()
})

function connect(options: GitHubClientOptions = {}) {
  return new GitHubClient({
    baseUrl: github.apiUrl,
    token: github.token,
    clock: testClock(Date.now()),
    retryAttempts: 0,
    ...options,
  }).with({ emit: (event) => event.type === 'warning' && warnings.push(event.message) })
}

const wanted = (...names: string[]): WantedHead[] =>
  names.map((name) => {
    const [owner = '', repo = '', branch] = name.split(/[/#]/)
    return { owner, repo, branch }
  })

async function addMany(count: number): Promise<WantedHead[]> {
  for (let index = 0; index < count; index++) {
    await github.addRepository(`many/r${index}`, { empty: true })
  }
  return wanted(...Array.from({ length: count }, (_none, index) => `many/r${index}`))
}

describe('headsOf', () => {
  it('tells where default branches and others stand', async () => {
    await github.addRepository('uDOS/core', { archived: true })
    await github.branch('uDOS/core', 'next')
    const next = await github.commit('uDOS/core', { branch: 'next' })
    const main = await github.oid('uDOS/core')
    const head = {
      id: expect.any(Number),
      fullName: 'uDOS/core',
      archived: true,
      defaultBranch: 'main',
    }
    expect(await headsOf(client, wanted('udos/CORE', 'uDOS/core#next', 'uDOS/core#nope'))).toEqual([
      { ...head, branch: 'main', oid: main },
      { ...head, branch: 'next', oid: next },
      { ...head, branch: 'nope', oid: null },
    ])
    expect(client.requests).toBe(1)
  })

  it('knows an empty one, a renamed one, and not what it may not see', async () => {
    await github.addRepository('uDOS/empty', { empty: true })
    await github.addRepository('uDOS/old')
    github.rename('uDOS/old', 'uDOS/new')
    const [empty, renamed, nope] = await headsOf(
      client,
      wanted('uDOS/empty', 'uDOS/old', 'uDOS/nope'),
    )
    expect(empty).toMatchObject({ defaultBranch: null, branch: '', oid: null })
    expect(renamed?.fullName).toBe('uDOS/new')
    expect(nope).toBeNull()
    expect(warnings).toEqual([])
  })

  it('asks for 100 at a time', { tags: ['deep'] }, async () => {
    const heads = await headsOf(client, await addMany(101))
    expect(heads.filter((head) => head === null)).toEqual([])
    expect(heads.map((head) => head?.fullName)).toEqual(
      Array.from({ length: 101 }, (_none, index) => `many/r${index}`),
    )
    expect(client.requests).toBe(2)
  })

  it('lets no name end its literal', async () => {
    const hostile = '") { viewer { login } } #\\\n\u0000\u{1f600}'
    await headsOf(client, [{ owner: hostile, repo: hostile, branch: hostile }])
    const { query } = JSON.parse(github.requests[0]?.body ?? '{}')
    const named: string[] = []
    visit(parse(query), {
      StringValue: ({ value }) => void named.push(value),
      Field: ({ name }) => {
        expect(name.value).not.toBe('viewer')
      },
    })
    expect(named).toEqual([hostile, hostile, `refs/heads/${hostile}`])
  })

  const timeout = { message: 'Something went wrong. This may be the result of a timeout' }

  it.each([
    ['a 502', { status: 502 }],
    ['a 504', { status: 504 }],
    ['a cut connection', { dropAnswer: true }],
    ['an error that speaks of a time-out', { body: { data: null, errors: [timeout] } }],
  ])('asks for halves after %s', async (_what, trouble) => {
    const fault = github.fail({ path: /graphql/, ...trouble, times: 2 })
    const heads = await headsOf(client, await addMany(4))
    expect(heads.map((head) => head?.fullName)).toEqual([
      'many/r0',
      'many/r1',
      'many/r2',
      'many/r3',
    ])
    expect(fault.hits).toBe(2)
    // All four, the first two, each of these, and the last two.
    expect(client.requests).toBe(5)
  })

  describe('on a server that limits the resources of a query', () => {
    const limited = async (graphqlLimit: number) => {
      await client.close()
      await github.close()
      github = await startLocalGitHub({ graphqlLimit })
      client = connect()
    }
    const sizes = () =>
      github.requests.map(({ body }) => JSON.parse(body).query.match(/r\d+: /g)?.length)

    it('asks again for what is missing alone, and by fewer from then on', {
      tags: ['deep'],
    }, async () => {
      await limited(40)
      const heads = await headsOf(client, await addMany(150))
      expect(heads.map((head) => head?.fullName)).toEqual(
        Array.from({ length: 150 }, (_none, index) => `many/r${index}`),
      )
      // 100 have 60 missing; 50 of these have 10; then 10; the last 50 go by 25.
      expect(sizes()).toEqual([100, 50, 10, 10, 25, 25])
      expect(warnings).toEqual([])
    })

    it('takes what is not there for no part of it', async () => {
      await limited(2)
      const [, , ...many] = await addMany(4)
      const heads = await headsOf(client, [...wanted('uDOS/nope', 'uDOS/no'), ...many])
      expect(heads.map((head) => head?.fullName)).toEqual([
        undefined,
        undefined,
        'many/r2',
        'many/r3',
      ])
      expect(sizes()).toEqual([4, 2])
    })

    it.each([
      ['no answer at all', { data: null }],
      ['a part of one', { data: { r0: { databaseId: 1, nameWithOwner: 'a/b' } } }],
    ])('gives up on one that is too much alone, by %s', async (_what, data) => {
      const path = ['r0', 'defaultBranchRef']
      const errors = [{ type: 'RESOURCE_LIMITS_EXCEEDED', message: 'exceeded', path }]
      github.fail({ path: /graphql/, body: { ...data, errors } })
      expect(await headsOf(client, wanted('uDOS/a'))).toEqual([null])
    })
  })

  it.each(['RESOURCE_LIMITS_EXCEEDED', 'FORBIDDEN'])(
    'takes no branch that a %s has made null for one that is not there',
    async (type) => {
      const ref = { databaseId: 1, nameWithOwner: 'a/b', isArchived: false, defaultBranchRef: null }
      const errors = [{ type, message: 'no', path: ['r0', 'defaultBranchRef'] }]
      github.fail({ path: /graphql/, body: { data: { r0: ref }, errors } })
      expect(await headsOf(client, wanted('uDOS/a'))).toEqual([null])
    },
  )

  it('knows nothing without a token, and asks nothing', async () => {
    client = connect({ token: null })
    expect(await headsOf(client, wanted('uDOS/core'))).toEqual([null])
    expect(github.requests).toEqual([])
  })

  it.each([
    ['where the token may not', { status: 403, body: { message: 'Forbidden' } }],
    ['where it fails', { body: { data: null, errors: [{ message: 'Something went wrong' }] } }],
    ['where something else answers', { body: '<html>' }],
    ['after 502 for one', { status: 502 }],
    ['after a lost connection', { dropAnswer: true }],
  ])('knows nothing %s, and says so once', async (_what, fault) => {
    github.fail({ path: /graphql/, ...fault })
    expect(await headsOf(client, wanted('uDOS/a', 'uDOS/b'))).toEqual([null, null])
    expect(warnings).toEqual([expect.stringContaining('asks for each repository by git')])
  })

  it('knows nothing where there is no GraphQL, which is nothing to speak of', async () => {
    github.fail({ path: /graphql/, status: 404, body: { message: 'Not Found' } })
    expect(await headsOf(client, wanted('uDOS/a', 'uDOS/b'))).toEqual([null, null])
    expect(warnings).toEqual([])
  })

  it('does not halve what falls silent', { tags: ['deep'] }, async () => {
    await client.close()
    client = connect({ timeout: 0.15 })
    const fault = github.fail({ path: /graphql/, delay: 'forever' })
    expect(await headsOf(client, wanted('uDOS/a', 'uDOS/b'))).toEqual([null, null])
    expect(fault.hits).toBe(1)
  })

  it('does not know what was answered in part', async () => {
    await github.addRepository('uDOS/core')
    github.fail({
      path: /graphql/,
      body: {
        data: {
          r0: null,
          r1: { databaseId: 1, nameWithOwner: 'uDOS/b', isArchived: false, defaultBranchRef: null },
          r2: { nameWithOwner: 'uDOS/c' },
          r3: { databaseId: 1, nameWithOwner: 'uDOS/d', isArchived: false, defaultBranchRef: null },
        },
        errors: [{ type: 'FORBIDDEN', message: 'SAML', path: ['r0'] }],
      },
    })
    const heads = await headsOf(client, wanted('uDOS/a', 'uDOS/b', 'uDOS/c', 'uDOS/d#main'))
    expect(heads).toEqual([null, expect.objectContaining({ oid: null }), null, null])
  })

  it('ends for a token that is not accepted, and for a rate limit', async () => {
    client = connect({ token: 'ghp_wrong' })
    await expect(headsOf(client, wanted('uDOS/core'))).rejects.toThrow(GitHubAuthError)
    client = connect()
    github.fail({ path: /graphql/, status: 429, headers: { 'retry-after': '3600' } })
    await expect(headsOf(client, wanted('uDOS/core'))).rejects.toThrow(GitHubRateLimitError)
  })
})
