import { gzipSync } from 'node:zlib'
import { ProxyAgent, request } from 'undici'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LocalGitHub, startLocalGitHub } from '../src/index.js'

let github: LocalGitHub

beforeEach(async () => {
  github = await startLocalGitHub()
  await github.addRepository('uDOS/typo')
})

afterEach(() => github.close())

test.each([{ proxyTunnel: true }, { proxyTunnel: false }])('it is a proxy too: %o', async (how) => {
  const dispatcher = new ProxyAgent({ uri: github.apiUrl, ...how })
  const url = 'http://api.github.localhost/repos/uDOS/typo'
  const { statusCode, body } = await request(url, { dispatcher })
  expect(statusCode).toBe(200)
  expect(await body.json()).toMatchObject({ clone_url: 'http://github.localhost/uDOS/typo.git' })
  const foreign = await request('http://example.com/', { dispatcher })
  expect(foreign.statusCode).toBe(421)
  await foreign.body.dump()
  await dispatcher.close()
})

test('a compressed body reaches git, and is noted as text', async () => {
  const body = gzipSync('0014command=ls-refs\n00010000')
  const answer = await fetch(`${github.gitUrl}/uDOS/typo.git/git-upload-pack`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-git-upload-pack-request',
      'content-encoding': 'gzip',
      'git-protocol': 'version=2',
    },
    body: new Uint8Array(body),
  })
  expect(await answer.text()).toContain(`${await github.oid('uDOS/typo')} refs/heads/main`)
  expect(github.requests.at(-1)?.body).toBe('0014command=ls-refs\n00010000')
})
