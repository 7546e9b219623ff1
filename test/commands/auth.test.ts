import { afterEach, describe, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let space: Workspace
afterEach(() => space.close())

const secret = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz'
const status = (...args: string[]) => space.wizard('AUTH', 'STATUS', ...args)

describe('AUTH STATUS', () => {
  it('tells who, from where, scopes, needs and limits; never the token', async () => {
    space = await openWorkspace({ tokens: [secret] })
    for (const args of [[], ['--json'], ['--verbose']]) {
      const { status: exit, out, err } = await status(...args)
      expect(exit).toBe(0)
      expect(out).toContain('monalisa')
      expect(out + err).not.toContain(secret)
    }
    const { json } = await status('--json')
    expect(json).toMatchObject({
      authenticated: true,
      login: 'monalisa',
      source: expect.any(String),
      host: new URL(space.github.apiUrl).host,
    })
    expect(json.needs.map(({ noun }: { noun: string }) => noun)).toContain('WORKFLOW')
    expect(json.rate_limits[0]).toEqual({
      name: expect.any(String),
      limit: expect.any(Number),
      remaining: expect.any(Number),
      resets_at: expect.stringMatching(/Z$/),
    })
  })

  it('says when the token expires, where GitHub does', async () => {
    space = await openWorkspace({ tokenExpires: new Date('2031-02-03T04:05:06Z') })
    expect((await status('--json')).json.expires_at).toBe('2031-02-03T04:05:06.000Z')
    expect((await status()).out).toContain('expires 2031-02-03T04:05:06.000Z')
    await space.close()
    space = await openWorkspace()
    expect((await status('--json')).json.expires_at).toBeNull()
  })

  it('says who shares the limit', async () => {
    space = await openWorkspace({ tokens: [secret] })
    const { json } = await status('--json')
    expect(json.rate_plan).toBe('shared by all tokens of the user')
    expect((await status()).out).toMatch(/limit core\t\d+\/5000\tuntil \S+Z; shared by all tokens/)
  })

  it('the environment is named as the source', async () => {
    space = await openWorkspace({ tokens: [secret], settings: { token: null } })
    const { json } = await space.run(['AUTH', 'STATUS', '--json'], { env: { GH_TOKEN: secret } })
    expect(json.source).toContain('GH_TOKEN')
  })

  it('scopes are those of a classic token; a noun that lacks one is told', async () => {
    space = await openWorkspace()
    const body = { login: 'monalisa' }
    const headers = { 'x-oauth-scopes': 'public_repo, gist' }
    space.github.fail({ path: /^\/user$/, status: 200, headers, body })
    const { json } = await status('--json')
    expect(json.scopes).toEqual(['public_repo', 'gist'])
    const ok = Object.fromEntries(
      json.needs.map((one: { noun: string; ok: boolean | null }) => [one.noun, one.ok]),
    )
    expect(ok).toMatchObject({ REPO: true, WORKFLOW: false })
    expect((await status()).out).toMatch(/WORKFLOW\tlacks\t/)
  })

  it('without a token is exit 4, with the document', async () => {
    space = await openWorkspace({ settings: { token: null } })
    const { status: exit, json, err } = await status('--json')
    expect([exit, json.authenticated, json.source]).toEqual([4, false, null])
    expect(json.rate_limits).not.toEqual([])
    expect(JSON.parse(err).error.code).toBe('GITHUB_AUTH')
  })

  it('a server without rate limits has none', async () => {
    space = await openWorkspace()
    const body = { message: 'Rate limiting is not enabled.' }
    space.github.fail({ path: /rate_limit$/, status: 404, body })
    const { status: exit, json } = await status('--json')
    expect([exit, json.authenticated, json.rate_limits]).toEqual([0, true, []])
  })

  it('a token that is refused is exit 4', async () => {
    space = await openWorkspace({ settings: { token: secret } })
    const { status: exit, out, err } = await status()
    expect([exit, out]).toEqual([4, ''])
    expect(err).not.toContain(secret)
  })
})
