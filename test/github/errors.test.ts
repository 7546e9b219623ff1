import { describe, expect, it } from 'vitest'
import {
  GitHubAuthError,
  GitHubError,
  GitHubNetworkError,
  GitHubNotFoundError,
} from '../../src/base/errors.js'
import { createRedactor } from '../../src/base/redact.js'
import { refusalError } from '../../src/github/errors.js'
import { refuse } from '../../src/github/transport/transport.js'
import { answer, get, scripted } from './support.js'

const secret = 'ghp_0123456789abcdefghij'

function told(
  status: number,
  {
    headers = {},
    body = {},
    path = '/repos/uDOS/core',
    source = 'GH_TOKEN' as string | null,
  }: {
    headers?: Record<string, string>
    body?: unknown
    path?: string
    source?: string | null
  } = {},
) {
  const context = { source, webHost: 'github.com', redact: createRedactor([secret]) }
  return refusalError(get(path), answer(status, headers, body), context)
}

describe('refusalError', () => {
  it.each([
    [401, GitHubAuthError],
    [403, GitHubAuthError],
    [404, GitHubNotFoundError],
    [410, GitHubNotFoundError],
    [409, GitHubError],
    [422, GitHubError],
    [451, GitHubAuthError],
    [407, GitHubNetworkError],
    [500, GitHubNetworkError],
    [502, GitHubNetworkError],
    [302, GitHubNetworkError],
  ])('takes a %i for a %o', (status, kind) => {
    const error = told(status, { headers: { 'x-github-request-id': 'A:1' } })
    expect(error.constructor).toBe(kind)
    expect(error).toMatchObject({ status, requestId: 'A:1' })
  })

  it('names the token that is not accepted, and how to get another', () => {
    const error = told(401, { body: { message: 'Bad credentials' } })
    expect(error.message).toBe('github.com does not accept the token of GH_TOKEN: Bad credentials')
    expect(error.hint).toContain('https://github.com/settings/tokens')
    expect(told(401, { source: null }).message).toMatch(/^github.com requires a token/)
  })

  it.each([
    [
      'single sign-on',
      { 'x-github-sso': 'required; url=https://github.com/orgs/uDOS/sso?authorization_request=A1' },
      'authorize the token for the organization: https://github.com/orgs/uDOS/sso?authorization_request=A1',
    ],
    [
      'a fine-grained token',
      { 'x-accepted-github-permissions': 'contents=write' },
      'the token needs the permission contents=write',
    ],
    [
      'a classic token',
      { 'x-oauth-scopes': 'gist, read:org', 'x-accepted-oauth-scopes': 'repo' },
      'the token has the scopes gist, read:org; it needs one of repo',
    ],
  ])('hints at what a 403 wants: %s', (_what, headers, hint) => {
    expect(told(403, { headers, body: { message: 'Forbidden' } }).hint).toBe(hint)
  })

  it('blames no token for a block by law, and names the notice', () => {
    const notice = 'https://github.com/github/dmca/blob/master/2026/2026-01-01-x.md'
    const body = { message: 'Repository access blocked', block: { html_url: notice } }
    const { hint } = told(451, { body })
    expect(hint).toContain(`whatever the token: see ${notice}`)
    expect(told(451, { body: 'x' }).hint).toMatch(/whatever the token$/)
  })

  it('hints at an IP allow list', () => {
    const message =
      'Although you appear to have the correct authorization credentials, the `uDOS` organization has an IP allow list enabled'
    expect(told(403, { body: { message } }).hint).toContain('ask its owners')
  })

  it('tells that a 404 may be a matter of access', () => {
    expect(told(404).message).toBe('uDOS/core was not found, or is not visible to you')
    expect(told(404).hint).toContain('the token of GH_TOKEN may see it')
    const body = { message: 'No commit found for the ref x' }
    expect(told(404, { body }).message).toContain(
      'not visible to you: No commit found for the ref x',
    )
    expect(told(404, { source: null }).hint).toContain('GITHUB_TOKEN')
    expect(told(404, { path: '/repos/uDOS/core/contents/a%20b' }).message).toContain(
      'file a b of uDOS/core was not found',
    )
    expect(told(404, { path: '/users/nobody' }).message).toContain(
      'the user or organization nobody was not found',
    )
  })

  it.each([
    ['/api/v3/users/nobody/repos', 'the user or organization nobody'],
    ['/orgs/nobody/repos', 'the organization nobody'],
    ['/repos/uDOS/core/tags', 'uDOS/core'],
    ['/repos/uDOS/core/actions/runs', 'uDOS/core'],
    ['/repos/uDOS/core/actions/runs/7', 'run 7 of uDOS/core'],
    ['/repos/uDOS/core/actions/runs/7/cancel', 'run 7 of uDOS/core'],
    ['/repos/uDOS/core/actions/workflows/a.yml/dispatches', 'workflow a.yml of uDOS/core'],
    ['/api/v3/repos/uDOS/core/releases/tags/v1', 'release v1 of uDOS/core'],
    ['/repos/uDOS/core/git/ref/heads/a/b', 'branch a/b of uDOS/core'],
    ['/repos/uDOS/core/pages', 'uDOS/core pages'],
    ['/user/keys', '/user/keys'],
  ])('names what %s is about', (path, words) => {
    expect(told(404, { path }).message).toBe(`${words} was not found, or is not visible to you`)
  })

  it('puts the errors of a 422 into words, each once', () => {
    const body = {
      message: 'Validation Failed',
      errors: [
        { resource: 'Release', field: 'tag_name', code: 'already_exists' },
        { resource: 'Release', field: 'name', code: 'missing_field' },
        { message: 'Published releases must have a valid tag' },
        'No ref found for: nope',
        'No ref found for: nope',
        null,
      ],
    }
    expect(told(422, { body }).message).toBe(
      'uDOS/core: Validation Failed; Release.tag_name is already taken; Release.name is required; ' +
        'Published releases must have a valid tag; No ref found for: nope',
    )
  })

  it.each([['<html>no</html>'], ['{"message":'], ['[]'], ['null'], ['""'], ['{"message":7}']])(
    'survives a body of %s',
    (body) => {
      expect(told(409, { body }).message).toBe('uDOS/core: Conflict')
    },
  )

  it('drops escape sequences, cuts what is long, and hides secrets', () => {
    const message = `\u001b]0;owned\u0007\u202e${secret} ${'x'.repeat(5000)}`
    const error = told(422, {
      body: { message },
      headers: { 'x-github-request-id': '\u001b[2Jid' },
    })
    for (const hidden of ['\u001b', '\u202e', 'ghp_']) expect(error.message).not.toContain(hidden)
    expect(error.message).toContain('***')
    expect(error.message.length).toBeLessThan(600)
    expect(error.requestId).toBeUndefined()
  })
})

describe('refuse', () => {
  const context = async () => ({ source: null, webHost: 'github.com', redact: String })

  it('lets answers pass that are none of refusal', async () => {
    for (const status of [200, 201, 204, 304]) {
      const headers: Record<string, string> = status === 304 ? { 'if-none-match': '"1"' } : {}
      const request = get('/x', { headers })
      expect((await refuse(context)(scripted(answer(status)))(request)).status).toBe(status)
    }
  })

  it('throws the others', async () => {
    await expect(refuse(context)(scripted(answer(404)))(get())).rejects.toThrow(GitHubNotFoundError)
  })
})
