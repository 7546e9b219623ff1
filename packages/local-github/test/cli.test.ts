import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { run } from '../src/cli/run.js'
import { gitText } from '../src/index.js'
import { fourPorts } from './ports.js'

let folder: string
let stop: AbortController
let running: Promise<number> | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-github-cli-'))
  stop = new AbortController()
})

afterEach(async () => {
  stop.abort()
  await running
  running = undefined
  await rm(folder, { recursive: true, force: true })
})

/** Runs it to its end. */
async function ended(...argv: string[]) {
  let [out, err] = ['', '']
  const status = await run(argv, {
    write: (text) => {
      out += text
      // A server would never end.
      stop.abort()
    },
    writeError: (text) => {
      err += text
    },
    stop: stop.signal,
  })
  return { status, out, err }
}

/** Starts it. @returns its first output, and its standard error until then */
async function serving(...argv: string[]): Promise<{ out: string; err: string }> {
  let err = ''
  const out = await new Promise<string>((resolve, reject) => {
    running = run(argv, {
      write: resolve,
      writeError: (text) => {
        err += text
      },
      stop: stop.signal,
    })
    running.then(() => reject(new Error(`it ended: ${err}`)), reject)
  })
  return { out, err }
}

const servingJson = async (...argv: string[]) => {
  const { out, err } = await serving('--json', ...argv)
  return { ...JSON.parse(out), err }
}

describe('what is wrong is one line, with a hint, and exit status 2', () => {
  test.each([
    [['--bad'], "Unknown option '--bad'", '--help'],
    [['--port'], "Option '--port <value>' argument missing", '--help'],
    [['uDOS/typo'], '"uDOS/typo" is not expected', '--repo uDOS/typo'],
    [['--port', 'x'], '"x" is not a port', '65532'],
    [['--port', '65533'], '"65533" is not a port', '65532'],
    [['--repo', 'typo'], '"typo" is not OWNER/NAME or OWNER/NAME=PATH', '--repo uDOS/typo=../typo'],
    [['--repo', 'a/b/c'], '"a/b/c" is not OWNER/NAME', '--repo'],
    [['--repo', 'a/..'], '"a/.." is not OWNER/NAME', '--repo'],
    [['--repo', 'a/b='], '"a/b=" is not OWNER/NAME', '--repo'],
    [['--repo', 'a/b', '--repo', 'A/B'], 'A/B is there twice', 'one --repo for each'],
    [['--repo', 'a/b=/no/such/folder'], '/no/such/folder is no folder', 'a folder or a clone'],
    [['--owner', '-x'], "Option '--owner' argument is ambiguous", '--help'],
    [['--owner', 'a b'], '"a b" is not an owner', '--owner'],
    [['--token', 'a b'], 'a token has no spaces', '--token ghp_local'],
    [['--runs', 'well'], '"well" is not a conclusion', 'success, failure'],
    [['--runs', 'success:0'], '"success:0" is not a conclusion', 'success, failure'],
    [['--fault', 'flood'], '"flood" is not a fault', 'drop, cut, slow, hang, rate-limit'],
    [['--fault', '200'], '"200" is not a fault', 'a status such as 502'],
    [['--fault', '502:0'], '"502:0" is not a fault', 'a status such as 502'],
    [['--host', '192.0.2.1'], 'EADDRNOTAVAIL', 'an address of this machine'],
  ])('%j', async (argv, message, hint) => {
    const { status, out, err } = await ended(...argv)
    expect([status, out]).toEqual([2, ''])
    expect(err).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/)
    expect(err.split('\n')[0]).toContain(message)
    expect(err.split('\n')[1]).toContain(hint)
  })

  test('a port that is taken, and nothing is left listening', async () => {
    const taken = createServer().listen(fourPorts + 1, '127.0.0.1')
    await once(taken, 'listening')
    const { status, err } = await ended('--port', `${fourPorts}`)
    expect([status, err]).toEqual([2, expect.stringMatching(/EADDRINUSE.*\nhint: another --port/)])
    const again = createServer().listen(fourPorts, '127.0.0.1')
    await once(again, 'listening')
    again.close()
    taken.close()
  })

  test('a clone that is on no branch', async () => {
    await gitText(['init', '--quiet', '--initial-branch=main', folder])
    await gitText(['-C', folder, 'commit', '--quiet', '--allow-empty', '--message=x'])
    await gitText(['-C', folder, 'checkout', '--quiet', '--detach'])
    const { status, err } = await ended('--repo', `a/b=${folder}`)
    expect(status).toBe(2)
    expect(err).toMatch(/^error: .*symbolic ref\nhint: .*a clone be on a branch\n$/)
  })
})

test('--help names every flag and every fault', async () => {
  const { status, out } = await ended('--help')
  expect(status).toBe(0)
  for (const name of ['repo', 'owner', 'port', 'host', 'token', 'runs', 'fault', 'json', 'help']) {
    expect(out).toContain(`  --${name}`)
  }
  for (const name of ['drop', 'cut', 'slow', 'hang', 'rate-limit'])
    expect(out).toContain(`\n  ${name} `)
})

test('prints addresses, token, repositories, and lines for a shell', async () => {
  const { out, err } = await serving('--repo', 'uDOS/typo', '--token', "it's")
  expect(err).toBe('')
  const [, api, git] = /^api_url +(\S+)\ngit_url +(\S+)\n/.exec(out) ?? []
  expect(out).toContain(`\nuDOS/typo  ${git}/uDOS/typo.git\n`)
  expect(out).toContain(`\nexport GITHUB_API_URL=${api}\n`)
  expect(out).toContain(`\nexport WIZARD_GIT_URL=${git}\n`)
  expect(out).toContain("\nexport GITHUB_TOKEN='it'\\''s'\n")
})

test('serves repositories that are new, an owner and a token', async () => {
  const { api_url, git_url, token, repositories, env } = await servingJson(
    ...['--repo', 'uDOS/typo', '--owner', 'ollama', '--token', 'ghp_mine'],
  )
  const headers = { authorization: 'Bearer ghp_mine' }
  expect(token).toBe('ghp_mine')
  expect(env).toMatchObject({ GITHUB_API_URL: api_url, GITHUB_TOKEN: 'ghp_mine' })
  expect((await fetch(`${api_url}/user`, { headers })).status).toBe(200)
  expect((await fetch(`${api_url}/user`, { headers: { authorization: 'Bearer x' } })).status).toBe(
    401,
  )
  expect(await (await fetch(`${api_url}/orgs/ollama`)).json()).toMatchObject({ login: 'ollama' })
  const git = `${git_url}/uDOS/typo.git`
  expect(repositories).toEqual([{ name: 'uDOS/typo', git_url: git, default_branch: 'main' }])
  expect(await gitText(['ls-remote', git])).toMatch(/\trefs\/heads\/main$/)
})

test('takes the port it is given, and the next three', async () => {
  const { api_url, git_url, upload_url, storage_url } = await servingJson('--port', `${fourPorts}`)
  expect([api_url, git_url, upload_url, storage_url]).toEqual(
    [0, 1, 2, 3].map((offset) => `http://127.0.0.1:${fourPorts + offset}`),
  )
})

test('fills a repository from a folder, without what its .gitignore leaves out', {
  tags: ['deep'],
}, async () => {
  await mkdir(join(folder, 'out'))
  await writeFile(join(folder, '.gitignore'), 'out\n')
  await writeFile(join(folder, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 })
  await writeFile(join(folder, 'out/x'), 'x')
  const { git_url } = await servingJson('--repo', `uDOS/typo=${folder}`)
  const clone = join(folder, 'out/clone')
  await gitText(['clone', '--quiet', `${git_url}/uDOS/typo`, clone])
  expect(await gitText(['-C', clone, 'ls-files', '--stage'])).toMatch(
    /^100644 \w+ 0\t\.gitignore\n100755 \w+ 0\trun\.sh$/,
  )
})

test('fills a repository from a clone: branches, tags, and what HEAD is on', {
  tags: ['deep'],
}, async () => {
  const git = (...args: string[]) => gitText(['-C', folder, ...args])
  await git('init', '--quiet', '--initial-branch=trunk')
  await git('commit', '--quiet', '--allow-empty', '--message=one')
  await git('tag', 'v1')
  await git('branch', 'next')
  await writeFile(join(folder, 'not-committed'), '')
  const { git_url, repositories } = await servingJson('--repo', `uDOS/typo=${folder}`)
  expect(repositories).toMatchObject([{ default_branch: 'trunk' }])
  const oid = await git('rev-parse', 'HEAD')
  const names = ['HEAD', 'refs/heads/next', 'refs/heads/trunk', 'refs/tags/v1']
  expect(await gitText(['ls-remote', `${git_url}/uDOS/typo`])).toBe(
    names.map((name) => `${oid}\t${name}`).join('\n'),
  )
})

test('a dispatched run ends as --runs says, after so many answers', async () => {
  const workflow = 'on: workflow_dispatch\njobs: { unit: { steps: [{ run: npm test }] } }\n'
  await mkdir(join(folder, '.github/workflows'), { recursive: true })
  await writeFile(join(folder, '.github/workflows/tests.yml'), workflow)
  const { api_url, token } = await servingJson(
    ...['--repo', `uDOS/typo=${folder}`, '--runs', 'failure:2'],
  )
  const actions = `${api_url}/repos/uDOS/typo/actions`
  const headers = { authorization: `Bearer ${token}` }
  const body = JSON.stringify({ ref: 'main' })
  const url = `${actions}/workflows/tests.yml/dispatches`
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(204)
  const seen = async () => {
    const answer = (await (await fetch(`${actions}/runs`)).json()) as {
      workflow_runs: { status: string; conclusion: string | null }[]
    }
    return answer.workflow_runs.map(({ status, conclusion }) => `${status} ${conclusion}`)
  }
  expect(await seen()).toEqual(['queued null'])
  expect(await seen()).toEqual(['in_progress null'])
  expect(await seen()).toEqual(['completed failure'])
})

test('--fault meets the first requests, or all', async () => {
  const { api_url } = await servingJson('--fault', '502:2', '--fault', 'rate-limit')
  const statuses: number[] = []
  for (let request = 0; request < 4; request++) statuses.push((await fetch(api_url)).status)
  expect(statuses).toEqual([502, 502, 403, 403])
})

describe('--host', () => {
  /** Like a container or another machine, with its own name for the host. */
  async function askedAs(
    hostname: string,
    api: string,
  ): Promise<{ status?: number; body: string }> {
    const { port } = new URL(api)
    const headers = { host: `${hostname}:${port}` }
    return new Promise((resolve, reject) => {
      httpRequest(
        { host: '127.0.0.1', port, headers, path: '/repos/uDOS/typo' },
        async (answer) => {
          let body = ''
          for await (const chunk of answer) body += chunk
          resolve({ status: answer.statusCode, body })
        },
      )
        .on('error', reject)
        .end()
    })
  }

  test('all addresses: any name is answered with addresses below it, and a note says who reaches it', async () => {
    const { api_url, git_url, err } = await servingJson('--host', '0.0.0.0', '--repo', 'uDOS/typo')
    expect(err).toContain('note: whoever reaches 0.0.0.0')
    expect(api_url).toMatch(/^http:\/\/127\.0\.0\.1:/)
    const { status, body } = await askedAs('box.example', api_url)
    expect(status).toBe(200)
    const clone = `http://box.example:${new URL(git_url).port}/uDOS/typo.git`
    expect(JSON.parse(body)).toMatchObject({ clone_url: clone })
  })

  test('loopback: no other name', async () => {
    const { api_url, err } = await servingJson('--host', 'localhost', '--repo', 'uDOS/typo')
    expect(err).toBe('')
    expect((await askedAs('box.example', api_url)).status).toBe(421)
    expect((await askedAs('localhost', api_url)).status).toBe(200)
  })
})
