import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GitHubAuthError } from '../../../src/base/errors.js'
import { createCredentials, tokenSources } from '../../../src/github/auth/credentials.js'
import { tokenExpiry } from '../../../src/github/auth/expiry.js'
import { ghToken } from '../../../src/github/auth/gh.js'

function credentials(settings: Partial<Parameters<typeof tokenSources>[0]> = {}) {
  const learnt: string[] = []
  const sources = tokenSources({ env: {}, gh: async () => undefined, ...settings })
  return { ...createCredentials(sources, (secret) => learnt.push(secret)), learnt }
}

describe('credentials', () => {
  const env = { GH_TOKEN: 'from-gh', GITHUB_TOKEN: 'from-github' }
  const gh = async () => 'from-cli'

  it.each([
    ['the configuration', { token: 'own', env, gh }, 'own'],
    ['GITHUB_TOKEN', { token: 'from-github', env: { GITHUB_TOKEN: 'from-github' } }, 'from-github'],
    ['github.yaml', { token: 'own', tokenSource: 'github.yaml', env, gh }, 'own'],
    ['GH_TOKEN', { env, gh }, 'from-gh'],
    ['GITHUB_TOKEN', { token: '', env: { ...env, GH_TOKEN: '' }, gh }, 'from-github'],
    ['`gh auth token`', { token: null, gh }, 'from-cli'],
  ])('come from %s', async (source, settings, token) => {
    const found = credentials(settings)
    expect(await found.token()).toBe(token)
    expect(await found.source()).toBe(source)
    expect(found.learnt).toContain(token)
  })

  it('may be none', async () => {
    const found = credentials()
    expect(await found.token()).toBeUndefined()
    expect(await found.source()).toBeNull()
  })

  it.each(['has blank', 'line\n', 'a\r\nX-Evil: 1', 'tab\t', 'nul\u0000', 'ünicode', '\u001b[2J'])(
    'are no token with %j in them, and the error repeats none of it',
    async (token) => {
      const error = await credentials({ token })
        .token()
        .catch((thrown) => thrown)
      expect(error).toBeInstanceOf(GitHubAuthError)
      expect(error.message).toMatch(/^the token of the configuration contains blanks/)
      expect(error.message).not.toContain(token)
    },
  )

  it('are asked of gh once, and once more when refused', async () => {
    const given = ['first', 'second']
    let asked = 0
    const found = credentials({ gh: async () => given[asked++] })
    expect([await found.token(), await found.token()]).toEqual(['first', 'first'])
    expect(await found.renew('first')).toBe(true)
    expect(await found.token()).toBe('second')
    expect(asked).toBe(2)
    // An earlier rejected request finds that the token was renewed already.
    expect(await found.renew('first')).toBe(true)
    expect(asked).toBe(2)
  })

  it('are not renewed where they are the same', async () => {
    expect(await credentials({ token: 'same' }).renew('same')).toBe(false)
  })

  it('may be a function, which gives the present one', async () => {
    let token = 'a'
    const found = credentials({ token: () => token })
    expect(await found.token()).toBe('a')
    token = 'b'
    expect(await found.token()).toBe('b')
  })
})

describe('ghToken', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gh-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function fakeGh(script: string) {
    const path = join(folder, 'gh')
    await writeFile(path, `#!/bin/sh\n${script}\n`)
    await chmod(path, 0o755)
    return {
      PATH: `${folder}:/usr/bin:/bin`,
      GH_TOKEN: 'secret',
      NPM_TOKEN: 'secret',
      HOME: folder,
    }
  }

  it('asks for the host, handing over no secret of the environment', async () => {
    const env = await fakeGh('env >"$HOME/env"; printf \'%s\\n\' "$*"')
    expect(await ghToken('ghes.test', env)).toBe('auth token --hostname ghes.test')
    const seen = await readFile(join(folder, 'env'), 'utf8')
    expect(seen).toContain(`HOME=${folder}`)
    expect(seen).not.toContain('secret')
    expect(seen).toContain('GH_TELEMETRY=false\n')
    expect(seen).toContain('DO_NOT_TRACK=1\n')
  })

  it('is none where gh is not installed, is not logged in, or says nothing', async () => {
    expect(await ghToken('github.com', { PATH: folder })).toBeUndefined()
    expect(await ghToken('github.com', await fakeGh('echo no token >&2; exit 1'))).toBeUndefined()
    expect(await ghToken('github.com', await fakeGh('exit 0'))).toBeUndefined()
  })

  it('ends with its signal', async () => {
    const reason = new Error('stop')
    const sent = ghToken('github.com', await fakeGh('exec sleep 30'), AbortSignal.abort(reason))
    await expect(sent).rejects.toBe(reason)
  })
})

describe('the expiry of a token', () => {
  it.each([
    ['2026-01-31 23:59:59 UTC', '2026-01-31T23:59:59.000Z'],
    ['2026-01-31 23:59:59 -0700', '2026-02-01T06:59:59.000Z'],
    ['2026-01-31 23:59:59 +02:00', '2026-01-31T21:59:59.000Z'],
    ['2026-99-31 23:59:59 UTC', null],
    ['never', null],
  ])('is read from %s', (header, expiry) => {
    expect(tokenExpiry({ 'github-authentication-token-expiration': header })).toBe(expiry)
    expect(tokenExpiry({})).toBeNull()
  })
})
