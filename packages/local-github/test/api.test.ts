import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type LocalGitHub, startLocalGitHub } from '../src/index.js'

let github: LocalGitHub

beforeEach(async () => {
  github = await startLocalGitHub()
  await github.addRepository('uDOS/typo', { language: 'TypeScript', stars: 3, topics: ['editor'] })
})

afterEach(() => github.close())

async function get(path: string, headers: Record<string, string> = {}, server = github) {
  const answer = await fetch(server.apiUrl + path, { headers, redirect: 'manual' })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : null }
}

const asMona = () => ({ authorization: `Bearer ${github.token}` })

async function graphql(
  query: string,
  { server = github, headers = asMona() as Record<string, string> } = {},
) {
  const url = new URL(server.apiUrl).origin + (server.apiUrl.endsWith('v3') ? '/api' : '')
  const body = JSON.stringify({ query })
  const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body })
  return { status: answer.status, body: JSON.parse(await answer.text()) }
}

describe('who may see what', () => {
  test('a private repository is 404 without a token, a wrong token 401 everywhere', async () => {
    await github.addRepository('uDOS/secret', { private: true })
    expect((await get('/repos/uDOS/secret')).status).toBe(404)
    expect((await get('/repos/udos/SECRET', asMona())).body.full_name).toBe('uDOS/secret')
    const wrong = await get('/repos/uDOS/typo', { authorization: 'Bearer ghp_wrong' })
    expect([wrong.status, wrong.body.message]).toEqual([401, 'Bad credentials'])
    expect((await get('/user')).status).toBe(401)
    expect((await get('/user', asMona())).body.login).toBe('monalisa')
  })

  test('a hidden repository is not there for any token', async () => {
    await github.addRepository('uDOS/saml', { hidden: true })
    expect((await get('/repos/uDOS/saml', asMona())).status).toBe(404)
    const names = (await get('/orgs/uDOS/repos', asMona())).body.map(
      (r: { name: string }) => r.name,
    )
    expect(names).toEqual(['typo'])
    const { body } = await graphql('{ repository(owner: "uDOS", name: "saml") { name } }')
    expect(body.errors[0].type).toBe('NOT_FOUND')
  })

  test('scopes, limits and a request id are in the headers', async () => {
    const { headers } = await get('/repos/uDOS/typo', asMona())
    expect(headers.get('x-oauth-scopes')).toContain('repo')
    expect(headers.get('x-github-request-id')).toMatch(/^[0-9A-F]+$/)
    expect(Number(headers.get('x-ratelimit-remaining'))).toBe(4999)
    expect((await get('/rate_limit', asMona())).body.resources.core.used).toBe(1)
  })
})

describe('names', () => {
  test('a renamed repository is 301 to its id, with the rest of the path', async () => {
    const { id } = github.rename('uDOS/typo', 'uDOS/editor')
    const moved = await get('/repos/uDOS/typo?x=1')
    expect(moved.status).toBe(301)
    expect(moved.headers.get('location')).toBe(`${github.apiUrl}/repositories/${id}?x=1`)
    expect((await get(`/repositories/${id}`)).body.full_name).toBe('uDOS/editor')
    await github.addRepository('uDOS/typo')
    expect((await get('/repos/uDOS/typo')).body.id).not.toBe(id)
  })

  test('what was removed is gone', async () => {
    await github.remove('uDOS/typo')
    expect((await get('/repos/uDOS/typo')).status).toBe(404)
  })
})

describe('lists', () => {
  test('are paged, with addresses that name ids', async () => {
    for (let i = 0; i < 4; i++) await github.addRepository(`uDOS/r${i}`, { empty: true })
    const seen: string[] = []
    let next: string | undefined = '/orgs/uDOS/repos?per_page=2&sort=full_name'
    while (next) {
      const { body, headers } = await get(next)
      seen.push(...body.map(({ name }: { name: string }) => name))
      next = /<([^>]*)>; rel="next"/
        .exec(headers.get('link') ?? '')?.[1]
        ?.slice(github.apiUrl.length)
      if (next) expect(next).toMatch(/^\/organizations\/\d+\/repos\?/)
    }
    expect(seen).toEqual(['r0', 'r1', 'r2', 'r3', 'typo'])
  })

  test('a search has words and qualifiers', async () => {
    await github.addRepository('uDOS/micro', { language: 'Go', stars: 9, description: 'An editor' })
    const found = async (q: string) =>
      (await get(`/search/repositories?sort=stars&q=${encodeURIComponent(q)}`)).body.items.map(
        ({ name }: { name: string }) => name,
      )
    expect(await found('editor')).toEqual(['micro', 'typo'])
    expect(await found('editor language:typescript')).toEqual(['typo'])
    expect((await get('/search/repositories')).status).toBe(422)
  })
})

test('an ETag that is known is 304 and costs nothing', async () => {
  const first = await get('/repos/uDOS/typo', asMona())
  const etag = first.headers.get('etag') ?? ''
  const second = await get('/repos/uDOS/typo', { ...asMona(), 'if-none-match': etag })
  expect([second.status, second.body]).toEqual([304, null])
  expect(second.headers.get('x-ratelimit-used')).toBe('1')
  github.world.require('uDOS/typo').stars++
  expect((await get('/repos/uDOS/typo', { 'if-none-match': etag })).status).toBe(200)
})

describe('GraphQL', () => {
  test('the heads of many repositories, one of them missing', async () => {
    await github.addRepository('uDOS/empty', { empty: true })
    await github.tag('uDOS/typo', 'v1', { annotated: true })
    const oid = await github.oid('uDOS/typo')
    const { status, body } = await graphql(`{
      a: repository(owner: "uDOS", name: "typo") {
        databaseId nameWithOwner isArchived
        defaultBranchRef { name target { oid } }
        ref(qualifiedName: "refs/heads/main") { target { oid } }
        tag: ref(qualifiedName: "refs/tags/v1") { target { __typename ... on Tag { target { oid } } } }
        none: ref(qualifiedName: "refs/heads/none") { name }
      }
      b: repository(owner: "uDOS", name: "missing") { databaseId }
      c: repository(owner: "uDOS", name: "empty") { defaultBranchRef { name } }
    }`)
    expect(status).toBe(200)
    expect(body.data).toEqual({
      a: {
        databaseId: github.world.require('uDOS/typo').id,
        nameWithOwner: 'uDOS/typo',
        isArchived: false,
        defaultBranchRef: { name: 'main', target: { oid } },
        ref: { target: { oid } },
        tag: { target: { __typename: 'Tag', target: { oid } } },
        none: null,
      },
      b: null,
      c: { defaultBranchRef: null },
    })
    expect(body.errors).toMatchObject([{ type: 'NOT_FOUND', path: ['b'] }])
  })

  test('a renamed repository answers under its old name', async () => {
    github.rename('uDOS/typo', 'uDOS/editor')
    const { body } = await graphql('{ repository(owner: "uDOS", name: "typo") { nameWithOwner } }')
    expect(body.data.repository.nameWithOwner).toBe('uDOS/editor')
  })

  test('needs a token, and can be absent', async () => {
    expect((await graphql('{ viewer { login } }', { headers: {} })).status).toBe(401)
    expect((await graphql('{ viewer { login } }')).body.data.viewer.login).toBe('monalisa')
    const server = await startLocalGitHub({ graphql: false })
    expect((await graphql('{ viewer { login } }', { server })).status).toBe(404)
    await server.close()
  })
})

test('an enterprise server answers below its prefix alone', async () => {
  const server = await startLocalGitHub({ prefix: '/api/v3' })
  await server.addRepository('uDOS/typo')
  expect((await get('/repos/uDOS/typo', {}, server)).body.url).toBe(
    `${server.apiUrl}/repos/uDOS/typo`,
  )
  const origin = new URL(server.apiUrl).origin
  expect((await fetch(`${origin}/repos/uDOS/typo`)).status).toBe(404)
  const { body } = await graphql('{ viewer { login } }', { server })
  expect(body.data.viewer.login).toBe('monalisa')
  await server.close()
})
