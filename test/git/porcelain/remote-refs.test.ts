import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  GitHubAuthError,
  GitHubError,
  GitHubNetworkError,
  GitHubNotFoundError,
  GitHubRateLimitError,
} from '../../../src/base/errors.js'
import { listRefs } from '../../../src/git/porcelain/fetch/target.js'
import { createWaits } from '../../../src/http/policy/waits.js'
import { testClock } from '../../support/clock.js'
import { client, localGitHub, servedHistory, tokenFor } from '../support/client.js'
import { git } from '../support/real-git.js'

/** A server that answers every request the same way. */
async function answering(
  status: number,
  body: string | Buffer = '',
  headers: Record<string, string> = {},
): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status, headers).end(body))
  return listening(server)
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/uDOS/typo.git`
}

const uploadPackType = 'application/x-git-upload-pack-result'
const advertisementType = 'application/x-git-upload-pack-advertisement'
const uploadPack = { 'content-type': uploadPackType }

const line = (text: string) => (text.length + 4).toString(16).padStart(4, '0') + text

/** A server that answers each request with its own content type and body. */
async function answeringWith(
  answer: (request: IncomingMessage, body: string) => [string, string],
): Promise<string> {
  const server = createServer(async (request, response) => {
    const [type, body] = answer(request, await text(request))
    response.writeHead(200, { 'content-type': type }).end(body)
  })
  return listening(server)
}

describe.each([
  ['version 2', true],
  ['version 0', false],
])('refs by %s', (_, protocolV2) => {
  test('the same as git ls-remote, those asked for alone', { tags: ['deep'] }, async () => {
    const github = await localGitHub({ protocolV2 })
    const { url, bare } = await servedHistory(github, 'uDOS/typo', { commits: 3, files: 2 })
    await github.branch('uDOS/typo', 'feature/x')
    await github.tag('uDOS/typo', 'light')
    await github.tag('uDOS/typo', 'v1', { annotated: true })
    await github.ref('uDOS/typo', 'refs/pull/1/head', 'refs/heads/main')
    const { head, refs } = await listRefs(client(), url, ['refs/heads/', 'refs/tags/'])
    expect(head).toBe('refs/heads/main')
    const lines = [...refs].flatMap(([name, { oid, peeled }]) =>
      peeled ? [`${oid}\t${name}`, `${peeled}\t${name}^{}`] : [`${oid}\t${name}`],
    )
    const expected = git(bare, ['ls-remote', '.', 'HEAD', 'refs/heads/*', 'refs/tags/*'])
    expect(lines.sort()).toEqual(expected.split('\n').sort())
  })

  test('of an empty repository', async () => {
    const github = await localGitHub({ protocolV2 })
    await github.addRepository('uDOS/empty', { empty: true })
    const refs = await listRefs(client(), `${github.gitUrl}/uDOS/empty.git`, ['refs/heads/'])
    expect(refs).toEqual({ head: null, refs: new Map() })
  })

  test('of one whose HEAD is detached', async () => {
    const github = await localGitHub({ protocolV2 })
    const { url, bare } = await servedHistory(github, 'uDOS/typo', { commits: 3, files: 2 })
    git(bare, ['update-ref', '--no-deref', 'HEAD', 'main~1'])
    const { head, refs } = await listRefs(client(), url, ['refs/heads/'])
    expect(head).toBeNull()
    expect(refs.get('HEAD')).toEqual({ oid: git(bare, ['rev-parse', 'HEAD']) })
  })
})

test('are asked for again where a server of version 2 is strict about what it offers', async () => {
  const oid = 'a'.repeat(40)
  const asked: string[] = []
  const url = await answeringWith((request, body) => {
    asked.push(request.method ?? '')
    if (request.method === 'GET')
      return [advertisementType, `${line('version 2\n')}${line('ls-refs\n')}0000`]
    if (body.includes('unborn')) return [uploadPackType, line('ERR unexpected unborn')]
    return [uploadPackType, `${line(`${oid} refs/heads/main\n`)}0000`]
  })
  const { refs } = await listRefs(client(), url, ['refs/heads/'])
  expect(refs).toEqual(new Map([['refs/heads/main', { oid }]]))
  expect(asked).toEqual(['POST', 'GET', 'POST'])
})

test('cost one POST, and the answer does not grow with other refs', {
  tags: ['deep'],
}, async () => {
  const github = await localGitHub()
  const { url } = await servedHistory(github, 'uDOS/typo', { commits: 2, files: 2 })
  for (let pull = 0; pull < 20; pull++) {
    await github.ref('uDOS/typo', `refs/pull/${pull}/head`, 'refs/heads/main')
  }
  const { refs } = await listRefs(client(), url, ['refs/heads/main'])
  expect([...refs.keys()]).toEqual(['HEAD', 'refs/heads/main'])
  expect(github.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /uDOS/typo.git/git-upload-pack',
  ])
  expect(github.requests[0]?.headers['git-protocol']).toBe('version=2')
})

describe('credentials', () => {
  test('are sent at once, without a 401 first', async () => {
    const github = await localGitHub()
    await github.addRepository('uDOS/secret', { private: true })
    const url = `${github.gitUrl}/uDOS/secret.git`
    const authorization = tokenFor(github.gitUrl, github.token)
    const { head } = await listRefs(client({ authorization }), url, ['refs/heads/'])
    expect(head).toBe('refs/heads/main')
    expect(github.requests).toHaveLength(1)
  })

  test('stay with their origin when it redirects', async () => {
    const github = await localGitHub()
    const { url } = await servedHistory(github, 'uDOS/typo', { commits: 2, files: 2 })
    const start = await answering(301, '', { location: `${url}/git-upload-pack` })
    const authorization = tokenFor(start, 'ghp_secret')
    const { head } = await listRefs(client({ authorization }), start, ['refs/heads/'])
    expect(head).toBe('refs/heads/main')
    expect(github.requests.map(({ method, headers }) => [method, headers.authorization])).toEqual([
      ['POST', undefined],
    ])
  })

  test('a missing or private repository without a token', async () => {
    const github = await localGitHub()
    const asked = listRefs(client(), `${github.gitUrl}/uDOS/none.git`, [])
    await expect(asked).rejects.toThrow(GitHubAuthError)
    await expect(asked).rejects.toThrow(/uDOS\/none: not found, or private and no token is set/)
  })

  test('a missing repository with a token', async () => {
    const github = await localGitHub()
    const authorization = tokenFor(github.gitUrl, github.token)
    const asked = listRefs(client({ authorization }), `${github.gitUrl}/uDOS/none.git`, [])
    await expect(asked).rejects.toThrow(GitHubNotFoundError)
  })

  test('a wrong token', async () => {
    const github = await localGitHub()
    await github.addRepository('uDOS/typo')
    const authorization = tokenFor(github.gitUrl, 'ghp_wrong')
    const asked = listRefs(client({ authorization }), `${github.gitUrl}/uDOS/typo.git`, [])
    await expect(asked).rejects.toThrow(GitHubAuthError)
    await expect(asked).rejects.toThrow(/token is not accepted here: Invalid username or token\.$/)
    await expect(asked).rejects.not.toThrow(/ghp_wrong/)
  })
})

test('a renamed repository answers under its new name', async () => {
  const github = await localGitHub()
  await servedHistory(github, 'uDOS/old', { commits: 2, files: 2 })
  github.rename('uDOS/old', 'uDOS/new')
  const { refs } = await listRefs(client(), `${github.gitUrl}/uDOS/old.git`, ['refs/heads/'])
  expect(refs.has('refs/heads/main')).toBe(true)
  expect(github.requests.map(({ method }) => method)).toEqual(['POST', 'POST'])
})

describe('a server that is unwell', () => {
  test('502 twice, then well', async () => {
    const github = await localGitHub()
    const { url } = await servedHistory(github, 'uDOS/typo', { commits: 2, files: 2 })
    github.fail({ origin: 'git', status: 502, times: 2 })
    const git = client()
    const { head } = await listRefs(git, url, ['refs/heads/'])
    expect(head).toBe('refs/heads/main')
    expect(git.clock.slept).toEqual([expect.closeTo(1000, -2), expect.closeTo(3000, -2)])
  })

  test('503 for ever', async () => {
    const git = client()
    const url = await answering(503, 'over capacity\n\u001b[31m', { 'content-type': 'text/plain' })
    const asked = listRefs(git, url, [])
    await expect(asked).rejects.toThrow(GitHubNetworkError)
    await expect(asked).rejects.toThrow(/uDOS\/typo: the server answers 503: over capacity$/)
    expect(git.clock.slept).toHaveLength(2)
  })

  test.each([
    [429, { 'retry-after': '30' }],
    [403, { 'retry-after': '30' }],
    [403, { 'x-ratelimit-remaining': '0' }],
  ])('%i with %j is a rate limit', async (status, headers) => {
    const url = await answering(status, 'slow down', { 'content-type': 'text/plain', ...headers })
    await expect(listRefs(client(), url, [])).rejects.toThrow(GitHubRateLimitError)
  })

  test('a rate limit is waited for, where the wait is not too long', async () => {
    const github = await localGitHub()
    const { url } = await servedHistory(github, 'uDOS/typo', { commits: 1, files: 1 })
    github.fail({ origin: 'git', status: 429, headers: { 'retry-after': '3' }, times: 2 })
    const clock = testClock(Date.now())
    const git = (milliseconds: number) => {
      const waits = createWaits({ clock, deadline: clock.now() + milliseconds })
      return client({ waits })
    }
    await expect(listRefs(git(2000), url, [])).rejects.toThrow(GitHubRateLimitError)
    expect(clock.slept).toEqual([])
    const { head } = await listRefs(git(60_000), url, ['refs/heads/'])
    expect(head).toBe('refs/heads/main')
    expect(clock.slept).toEqual([expect.closeTo(3000, -3)])
  })

  describe.each(['challenged', 'refused in words'] as const)('anonymous git, %s', (how) => {
    const begin = async (isPublic: boolean) => {
      const github = await localGitHub()
      const { url } = await servedHistory(github, 'uDOS/typo', { commits: 1, files: 1 })
      github.limitAnonymousGit(how)
      const clock = testClock(Date.now())
      const git = (milliseconds: number) =>
        client({
          waits: createWaits({ clock, deadline: clock.now() + milliseconds }),
          isPublic: async () => isPublic,
        })
      return { github, url, clock, git }
    }

    test('is a rate limit of a public repository, with the wait and the remedy', async () => {
      const { url, clock, git } = await begin(true)
      const error = await listRefs(git(30_000), url, []).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(GitHubRateLimitError)
      expect(error).toMatchObject({ hint: expect.stringMatching(/in 60 s; .*set GITHUB_TOKEN/) })
      expect((error as Error).message).toMatch(/^127\S+uDOS\/typo: too many requests: \w+ /)
      expect(clock.slept).toEqual([])
    })

    test('is waited for where there is time', async () => {
      const { github, url, clock, git } = await begin(true)
      clock.at(30, () => github.limitAnonymousGit('served'))
      const asked = listRefs(git(600_000), url, ['refs/heads/'])
      expect((await asked).head).toBe('refs/heads/main')
      expect(clock.slept).toEqual([expect.closeTo(60_000, -3)])
    })
  })

  test('a challenge of what is not public is no rate limit', async () => {
    const github = await localGitHub()
    const { url } = await servedHistory(github, 'uDOS/typo', { commits: 1, files: 1 })
    github.limitAnonymousGit('challenged')
    const asked = listRefs(client({ isPublic: async () => false }), url, [])
    await expect(asked).rejects.toThrow(GitHubAuthError)
    await expect(asked).rejects.toThrow('not found, or private and no token is set')
  })

  test('a page of somebody else is a trouble of the network', async () => {
    const url = await answering(200, '<html>', { 'content-type': 'text/html' })
    const asked = listRefs(client(), url, [])
    await expect(asked).rejects.toThrow(GitHubNetworkError)
    await expect(asked).rejects.toThrow(/answers with text\/html$/)
  })

  test('403 without a wait is not allowed', async () => {
    await expect(listRefs(client(), await answering(403), [])).rejects.toThrow(GitHubAuthError)
  })

  test('silent for ever', { tags: ['deep'] }, async () => {
    const github = await localGitHub()
    github.fail({ origin: 'git', delay: 'forever' })
    const asked = listRefs(client({ stallTimeout: 300 }), `${github.gitUrl}/uDOS/typo.git`, [])
    await expect(asked).rejects.toThrow(GitHubNetworkError)
  })

  test('cut at every byte of its answer', { tags: ['deep'] }, async () => {
    const github = await localGitHub()
    const { url } = await servedHistory(github, 'uDOS/typo', { commits: 1, files: 1 })
    const git = client()
    let cut = 0
    for (let cutAfter = 0; cutAfter < 100; cutAfter += 3) {
      const fault = github.fail({ origin: 'git', cutAfter })
      await expect(listRefs(git, url, ['refs/heads/'])).rejects.toThrow(GitHubNetworkError)
      fault.remove()
      cut++
    }
    expect(cut).toBeGreaterThan(30)
  })

  test('an aborted signal ends it with its reason', async () => {
    const github = await localGitHub()
    github.fail({ origin: 'git', delay: 'forever' })
    const { signal, abort } = abortable()
    const asked = listRefs(client({ signal }), `${github.gitUrl}/uDOS/typo.git`, [])
    abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')
  })
})

describe('what is no git server', () => {
  test.each([
    ['a page', 200, '<html>Sign in</html>', { 'content-type': 'text/html; charset=utf-8' }],
    ['a page under git’s type', 200, '<html>Sign in</html>', uploadPack],
    ['nothing', 200, '', {}],
    ['400', 400, 'Bad Request', { 'content-type': 'text/plain' }],
  ])('%s', async (_, status, body, headers) => {
    const asked = listRefs(client(), await answering(status, body, headers), [])
    await expect(asked).rejects.toThrow(GitHubError)
    await expect(asked).rejects.not.toThrow(/Sign in/)
  })

  test('refs that are no ids, and names that git forbids', async () => {
    const sha1 = 'a'.repeat(40)
    const bad = `${line(`${sha1} refs/../../x\n`)}${line(`${sha1} refs/heads/a..b\n`)}${line(`${sha1} refs/heads/ok\n`)}0000`
    const { refs } = await listRefs(client(), await answering(200, bad, uploadPack), [])
    expect([...refs.keys()]).toEqual(['refs/heads/ok'])
    const sha256 = `${line(`${'a'.repeat(64)} refs/heads/ok\n`)}0000`
    const asked = listRefs(client(), await answering(200, sha256, uploadPack), [])
    await expect(asked).rejects.toThrow(GitHubError)
  })
})

function abortable() {
  const controller = new AbortController()
  return { signal: controller.signal, abort: (reason: Error) => controller.abort(reason) }
}
