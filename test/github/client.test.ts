import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LocalGitHub, startLocalGitHub } from 'local-github'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  GitHubError,
  GitHubNetworkError,
  GitHubNotFoundError,
  PathError,
  UsageError,
} from '../../src/base/errors.js'
import { GitHubClient, type GitHubClientOptions } from '../../src/github/client.js'
import { testClock } from '../support/clock.js'

let github: LocalGitHub
let folder: string
const clients: GitHubClient[] = []
const warnings: string[] = []

beforeAll(async () => {
  github = await startLocalGitHub({ treeLimit: 8 })
  await github.addRepository('uDOS/core', {
    description: 'the core',
    topics: ['offline-first'],
    stars: 42,
    files: {
      'README.md': '# core\n',
      'bin/run': { content: '#!/bin/sh\n', mode: '100755' },
      'docs/guide/one.md': '1',
      'docs/two.md': '2',
      'logo.png': Buffer.from([0x89, 0x50, 0xff, 0x00, 0x0a]),
      'big.bin': Buffer.alloc(1_500_000, 'x'),
      'link.md': { content: 'docs/two.md', mode: '120000' },
      dangling: { content: '/etc/passwd', mode: '120000' },
      '.github/workflows/tests.yml': 'name: Tests\non: workflow_dispatch\njobs: {}\n',
      '.github/workflows/publish.yml': 'name: Publish\non: [push, workflow_dispatch]\njobs: {}\n',
    },
  })
  await github.branch('uDOS/core', 'feature/x')
  await github.commit('uDOS/core', { branch: 'feature/x', files: { 'README.md': 'on a branch' } })
  await github.tag('uDOS/core', 'v1.0.0', { annotated: true })
  await github.addRepository('uDOS/empty', { empty: true })
  await github.addRepository('uDOS/secret', { private: true })
  await github.addRepository('monalisa/private', { private: true })
  await github.addRepository('monalisa/public')
})
afterAll(() => github.close())

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'client-'))
  warnings.length = 0
  github.requests.length = 0
})
afterEach(async () => {
  await Promise.all(clients.splice(0).map((one) => one.close()))
  await rm(folder, { recursive: true })
})

function client(options: GitHubClientOptions = {}): GitHubClient {
  const made = new GitHubClient({
    baseUrl: github.apiUrl,
    token: github.token,
    clock: testClock(Date.now()),
    ...options,
  })
  clients.push(made)
  return made.with({
    emit: (event) => event.type === 'warning' && warnings.push(event.message),
  })
}

it('sends nothing once it is closed, not even its first request', async () => {
  const own = client({ retryAttempts: 0 })
  await own.close()
  await expect(own.repoExists('uDOS', 'core')).rejects.toThrow(GitHubNetworkError)
  expect(github.requests).toEqual([])
})

it('closes its connections where its block ends', async () => {
  const own = client({ retryAttempts: 0 })
  expect(await own.repoExists('uDOS', 'core')).toBe(true)
  await own[Symbol.asyncDispose]()
  await expect(own.repoExists('uDOS', 'core')).rejects.toThrow(GitHubNetworkError)
})

describe('repositories', () => {
  it('gives one', async () => {
    expect(await client().getRepo('udos', 'CORE')).toEqual({
      id: expect.any(Number),
      name: 'core',
      full_name: 'uDOS/core',
      description: 'the core',
      url: expect.stringMatching(/\/uDOS\/core$/),
      default_branch: 'main',
      pushed_at: expect.stringMatching(/Z$/),
      size: expect.any(Number),
      stars: 42,
      topics: ['offline-first'],
      archived: false,
      private: false,
      visibility: 'public',
      fork: false,
    })
  })

  it('knows whether one is there', { tags: ['deep'] }, async () => {
    expect(await client().repoExists('uDOS', 'core')).toBe(true)
    expect(await client().repoExists('uDOS', 'nope')).toBe(false)
    expect(await client({ token: null }).repoExists('uDOS', 'secret')).toBe(false)
  })

  it('follows one that was renamed', async () => {
    await github.addRepository('uDOS/before')
    github.rename('uDOS/before', 'uDOS/after')
    expect((await client().getRepo('uDOS', 'before')).full_name).toBe('uDOS/after')
  })

  it.each([
    ['..', 'core'],
    ['uDOS', '..'],
    ['uDOS', 'a/b'],
    ['u%2f', 'core'],
    ['', ''],
  ])('takes no name that leads elsewhere: %s/%s', async (owner, repo) => {
    await expect(async () => client().getRepo(owner, repo)).rejects.toThrow(UsageError)
    await expect(async () => client().listReleases(owner, repo)).rejects.toThrow(UsageError)
    expect(github.requests).toEqual([])
  })

  const names = (list: { full_name: string }[]) => list.map((one) => one.full_name)

  it('lists those of an organization, of a user, and of oneself with the private ones', {
    tags: ['deep'],
  }, async () => {
    expect(names(await client().listRepositories('uDOS'))).toContain('uDOS/secret')
    expect(names(await client().listRepositories('monalisa'))).toEqual([
      'monalisa/private',
      'monalisa/public',
    ])
    expect(names(await client({ token: null }).listRepositories('monalisa'))).toEqual([
      'monalisa/public',
    ])
    await expect(client().listRepositories('nobody')).rejects.toThrow(GitHubNotFoundError)
  })

  it('lists the pages of many, one of them, or so many', async () => {
    github.addUser('many')
    for (let index = 0; index < 7; index++) {
      await github.addRepository(`many/r${index}`, { empty: true })
    }
    const all = Array.from({ length: 7 }, (_none, index) => `many/r${index}`)
    expect(names(await client().listRepositories('many', { perPage: 3 }))).toEqual(all)
    expect(names(await client().listRepositories('many', { perPage: 3, page: 2 }))).toEqual(
      all.slice(3, 6),
    )
    expect(names(await client().listRepositories('many', { limit: 4 }))).toEqual(all.slice(0, 4))
  })

  it('gives no part of a listing for the whole', async () => {
    github.addUser('some')
    for (let index = 0; index < 3; index++) {
      await github.addRepository(`some/r${index}`, { empty: true })
    }
    const fault = github.fail({ path: /page=2/, status: 500 })
    await expect(client().listRepositories('some', { perPage: 2 })).rejects.toMatchObject({
      code: 'GITHUB_NETWORK',
    })
    fault.remove()
  })

  it('searches, and tells what is cut off', async () => {
    expect(names(await client().searchRepositories('core'))).toContain('uDOS/core')
    expect(warnings).toEqual([])
    const fault = github.fail({
      path: /^\/search/,
      body: { total_count: 4321, incomplete_results: true, items: [] },
    })
    expect(await client().searchRepositories('x', { language: 'Jupyter Notebook' })).toEqual([])
    fault.remove()
    expect(github.requests.at(-1)?.path).toContain('language%3A%22Jupyter%20Notebook%22')
    expect(warnings.join()).toMatch(/did not finish the search.*4321 repositories match/)
  })
})

describe('files', () => {
  it('gives their bytes unchanged', async () => {
    const bytes = await client().getFileBytes('uDOS', 'core', 'logo.png')
    expect([...bytes]).toEqual([0x89, 0x50, 0xff, 0x00, 0x0a])
    expect(await client().getFileContent('uDOS', 'core', '/README.md')).toBe('# core\n')
  })

  it.each([
    ['feature/x', 'on a branch'],
    ['v1.0.0', '# core\n'],
  ])('gives those of %s', async (ref, content) => {
    expect(await client().getFileContent('uDOS', 'core', 'README.md', ref)).toBe(content)
  })

  it('gives one of more than a megabyte', async () => {
    const bytes = await client().getFileBytes('uDOS', 'core', 'big.bin')
    expect(bytes.equals(Buffer.alloc(1_500_000, 'x'))).toBe(true)
  })

  it('gives what a link within the repository leads to', async () => {
    expect(await client().getFileContent('uDOS', 'core', 'link.md')).toBe('2')
  })

  it.each([
    ['docs', 'is a folder'],
    ['', 'is a folder'],
    ['dangling', 'is a symbolic link to /etc/passwd'],
    ['../../../user', 'is not a path in a repository'],
    ['docs/./two.md', 'is not a path in a repository'],
  ])('refuses %s: %s', async (path, why) => {
    const sent = client().getFileBytes('uDOS', 'core', path)
    await expect(sent).rejects.toThrow(PathError)
    await expect(sent).rejects.toThrow(why)
  })

  it('asks for the blob where the contents are too large for a server', async () => {
    const fault = github.fail({
      path: /contents\/docs\/two\.md/,
      status: 403,
      body: {
        message: 'too big',
        errors: [{ resource: 'Blob', field: 'data', code: 'too_large' }],
      },
    })
    expect(await client().getFileContent('uDOS', 'core', 'docs/two.md')).toBe('2')
    const blobs = github.fail({
      path: /git\/blobs/,
      status: 403,
      body: { message: 'The requested blob is too large' },
    })
    await expect(client().getFileContent('uDOS', 'core', 'docs/two.md')).rejects.toThrow(
      'uDOS/core:docs/two.md is over 100 MB',
    )
    blobs.remove()
    fault.remove()
  })

  it('tells a file that is not there', async () => {
    await expect(client().getFileBytes('uDOS', 'core', 'nope')).rejects.toThrow(GitHubNotFoundError)
  })
})

describe('trees', () => {
  it('lists the top, or all, though GitHub cuts it short', async () => {
    const top = await client().getTree('uDOS', 'core', 'feature/x')
    expect(top.map(({ path }) => path)).toContain('docs')
    const all = await client().getTree('uDOS', 'core', 'v1.0.0', true)
    expect(all.filter(({ type }) => type === 'blob').map(({ path }) => path)).toEqual([
      '.github/workflows/publish.yml',
      '.github/workflows/tests.yml',
      'README.md',
      'big.bin',
      'bin/run',
      'dangling',
      'docs/guide/one.md',
      'docs/two.md',
      'link.md',
      'logo.png',
    ])
    expect(all).toContainEqual({
      path: 'bin/run',
      mode: '100755',
      type: 'blob',
      size: 10,
      sha: expect.stringMatching(/^[0-9a-f]{40}$/),
    })
    expect(all.find(({ path }) => path === 'docs')).toMatchObject({ type: 'tree', size: null })
  })

  it('is empty where there is no commit, and tells what is not there', async () => {
    expect(await client().getTree('uDOS', 'empty')).toEqual([])
    await expect(client().getTree('uDOS', 'core', 'nope')).rejects.toThrow(
      'uDOS/core has no branch, tag or commit nope',
    )
    await expect(client().getTree('uDOS', 'nope')).rejects.toThrow('uDOS/nope was not found')
  })
})

describe('workflows', () => {
  it('lists them', async () => {
    expect(await client().listWorkflows('uDOS', 'core')).toContainEqual({
      id: expect.any(Number),
      name: 'Tests',
      path: '.github/workflows/tests.yml',
      state: 'active',
    })
  })

  it.each(['tests.yml', 'tests', 'Tests', '.github/workflows/tests.yml'])(
    'runs one by the name %s, and gives the run',
    async (name) => {
      const id = await client().runWorkflow('uDOS', 'core', name, { ref: 'feature/x' })
      const run = await client().getWorkflowRun('uDOS', 'core', String(id))
      expect(run).toMatchObject({ id: Number(id), status: 'queued', conclusion: null })
      expect(run.artifacts_url).toContain(String(id))
    },
  )

  it('tells one that is not there, with those that are', async () => {
    await expect(client().runWorkflow('uDOS', 'core', 'nope')).rejects.toMatchObject({
      code: 'GITHUB_NOT_FOUND',
      hint: expect.stringContaining('tests.yml'),
    })
  })

  it("gives GitHub's words where it can't be run", async () => {
    await expect(
      client().runWorkflow('uDOS', 'core', 'tests', { inputs: { nope: '1' } }),
    ).rejects.toThrow(GitHubError)
  })

  it('runs one on a server that does not tell the run', async () => {
    for (const runDetails of ['ignored', 'refused'] as const) {
      const old = await startLocalGitHub({ runDetails })
      try {
        await old.addRepository('uDOS/core', {
          files: {
            '.github/workflows/tests.yml': 'name: Tests\non: workflow_dispatch\njobs: {}\n',
          },
        })
        const own = client({ baseUrl: old.apiUrl, token: old.token })
        expect(await own.runWorkflow('uDOS', 'core', 'tests')).toBeNull()
        expect(old.actions.runs('uDOS/core')).toHaveLength(1)
      } finally {
        await old.close()
      }
    }
  })
})

describe('artifacts', () => {
  it('are downloaded from storage, without the token', async () => {
    const run = await github.actions.add('uDOS/core', { workflow: 'tests.yml' })
    const artifact = github.actions.addArtifact(run, 'report', [
      { name: 'a.txt', content: 'hello' },
    ])
    const done = await client().downloadArtifacts('uDOS', 'core', run.id, folder)
    expect(done).toEqual([
      { name: 'report', path: join(folder, 'report.zip'), size: artifact.archive.length },
    ])
    expect(await readFile(join(folder, 'report.zip'))).toEqual(artifact.archive)
    const stored = github.requests.filter(({ origin }) => origin === 'storage')
    expect(stored).toHaveLength(1)
    expect(stored[0]?.headers.authorization).toBeUndefined()
  })

  it('that are no zip keep their file’s name, in a folder of the artifact’s', async () => {
    const run = await github.actions.add('uDOS/core', { workflow: 'tests.yml' })
    const content = Buffer.from('{}')
    const file = { content, type: 'application/json', fileName: 'report.json' }
    github.actions.addFileArtifact(run, 'report', file)
    github.actions.addFileArtifact(run, 'odd', { ...file, fileName: '../.git' })
    const done = await client().downloadArtifacts('uDOS', 'core', run.id, folder)
    const paths = Object.fromEntries(done.map(({ name, path }) => [name, path]))
    expect(paths).toEqual({
      report: join(folder, 'report', 'report.json'),
      odd: join(folder, 'odd', '.._.git'),
    })
    for (const path of Object.values(paths)) expect(await readFile(path)).toEqual(content)
    expect((await readdir(folder)).toSorted()).toEqual(['odd', 'report'])
  })

  it.each(['..', '../evil', 'a\\b'])('are refused under the name %s', async (name) => {
    const run = await github.actions.add('uDOS/core', { workflow: 'tests.yml' })
    github.actions.addArtifact(run, name, [{ name: 'a.txt', content: 'hello' }])
    await expect(
      client().downloadArtifacts('uDOS', 'core', run.id, join(folder, 'in')),
    ).rejects.toThrow(PathError)
    expect(github.requests.filter(({ origin }) => origin === 'storage')).toEqual([])
  })
})

describe('releases', () => {
  it('makes one, sends an asset, and lists it', async () => {
    const made = await client().createRelease('uDOS', 'core', 'v1.0.0', { body: 'notes' })
    expect(made).toMatchObject({ tag_name: 'v1.0.0', name: 'v1.0.0', body: 'notes', assets: [] })
    const path = join(folder, 'uDOS.tcz')
    await writeFile(path, 'the bytes')
    const asset = await client().uploadReleaseAsset(made.upload_url, path)
    expect(asset).toMatchObject({ name: 'uDOS.tcz', size: 9, state: 'uploaded' })
    expect(asset.digest).toBe(`sha256:${asset.sha256}`)
    expect(github.requests.at(-1)).toMatchObject({
      origin: 'upload',
      body: 'the bytes',
      headers: { authorization: `Bearer ${github.token}`, 'content-length': '9' },
    })

    const draft = { draft: true, prerelease: true }
    await client().createRelease('uDOS', 'core', 'v2.0.0-rc', draft)
    const tags = async (prerelease?: boolean) =>
      (await client().listReleases('uDOS', 'core', { prerelease })).map(({ tag_name }) => tag_name)
    expect(await tags()).toEqual(['v2.0.0-rc', 'v1.0.0'])
    expect(await tags(true)).toEqual(['v2.0.0-rc'])
    expect(await tags(false)).toEqual(['v1.0.0'])
    expect((await client().getLatestRelease('uDOS', 'core')).assets[0]?.name).toBe('uDOS.tcz')
  })

  it('sends the token to no other host than that of the uploads', async () => {
    const path = join(folder, 'a')
    await writeFile(path, 'a')
    await expect(
      client().uploadReleaseAsset('https://evil.test/x{?name,label}', path),
    ).rejects.toThrow('an upload to evil.test')
  })

  it('tells a tag that has a release already, in words', async () => {
    await client().createRelease('uDOS', 'core', 'v3')
    await expect(client().createRelease('uDOS', 'core', 'v3')).rejects.toThrow(/already taken/)
  })
})

describe('the client', () => {
  it('works with an enterprise server', async () => {
    const enterprise = await startLocalGitHub({ prefix: '/api/v3' })
    try {
      await enterprise.addRepository('uDOS/core')
      const own = client({ baseUrl: enterprise.apiUrl, token: enterprise.token })
      expect((await own.getRepo('uDOS', 'core')).name).toBe('core')
      expect(await own.graphql('query{viewer{login}}')).toEqual({ viewer: { login: 'monalisa' } })
      expect((await own.listRepositories('uDOS')).length).toBe(1)
      expect(own.gitUrl).toBe(new URL(enterprise.apiUrl).origin)
    } finally {
      await enterprise.close()
    }
  })

  it('asks GraphQL, and tells all that is wrong', async () => {
    expect(
      await client().graphql('query($n:String!){repository(owner:"uDOS",name:$n){name}}', {
        n: 'core',
      }),
    ).toEqual({ repository: { name: 'core' } })
    await expect(client().graphql('{repository(owner:"uDOS",name:"nope"){name}}')).rejects.toThrow(
      GitHubNotFoundError,
    )
    await expect(client().graphql('{nope}')).rejects.toThrow(GitHubError)
  })

  it('hands core/git a credential for the origin of git_url alone', async () => {
    const git = await client({ gitUrl: `${github.gitUrl}/` }).git()
    const basic = Buffer.from(`x-access-token:${github.token}`).toString('base64')
    expect(await git.authorization?.(new URL(`${github.gitUrl}/uDOS/core`))).toBe(`Basic ${basic}`)
    expect(await git.authorization?.(new URL(github.apiUrl))).toBeUndefined()
    expect(await git.authorization?.(new URL('https://evil.test'))).toBeUndefined()
  })

  it('sends what GitHub asks for, and asks again with the ETag', async () => {
    const own = client({ userAgent: 'udos-wizard/1.2.3' })
    await own.getRepo('uDOS', 'core')
    await own.getRepo('uDOS', 'core')
    expect(own.requests).toBe(2)
    expect(github.requests[0]?.headers).toMatchObject({
      'user-agent': 'udos-wizard/1.2.3',
      'x-github-api-version': '2026-03-10',
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${github.token}`,
    })
    expect(github.requests[1]?.headers['if-none-match']).toBeDefined()
  })
})
