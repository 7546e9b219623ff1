import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { gitText, hermetic, type LocalGitHub, startLocalGitHub } from '../src/index.js'

const tests = `name: Tests
on:
  workflow_dispatch:
    inputs:
      suite: { type: choice, options: [unit, all], default: unit }
jobs:
  unit:
    runs-on: ubuntu-latest
    steps:
      - name: Install
        run: npm ci
      - name: Test
        run: npm test
`

let github: LocalGitHub
let folder: string

beforeEach(async () => {
  github = await startLocalGitHub()
  folder = await mkdtemp(join(tmpdir(), 'wizard-gh-'))
  await github.addRepository('uDOS/typo', {
    description: 'An editor',
    files: { 'README.md': '# typo\n', '.github/workflows/tests.yml': tests },
  })
})

afterEach(async () => {
  await github.close()
  await rm(folder, { recursive: true, force: true })
})

/** gh uses the server as the proxy of the one host to which it speaks plain HTTP. */
async function gh(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('gh', args, { cwd: folder, env: environment() })
  return stdout
}

const environment = () => ({
  ...hermetic,
  HOME: folder,
  GH_CONFIG_DIR: join(folder, 'config'),
  GH_HOST: 'github.localhost',
  GH_TOKEN: github.token,
  GH_PROMPT_DISABLED: '1',
  GH_NO_UPDATE_NOTIFIER: '1',
  HTTP_PROXY: github.apiUrl,
  http_proxy: github.apiUrl,
})

function missing(): string | null {
  try {
    execFileSync('gh', ['--version'], { stdio: 'ignore' })
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const reason = missing()
if (reason) console.warn(`gh is not tested against the local GitHub: ${reason}`)

describe.skipIf(reason !== null)('a real client', () => {
  test('lists and shows repositories', { tags: ['deep'] }, async () => {
    await github.addRepository('uDOS/secret', { private: true, language: 'Go', topics: ['llm'] })
    const names = ['--json', 'nameWithOwner', '--jq', '.[].nameWithOwner']
    expect((await gh('repo', 'list', 'uDOS', ...names)).split('\n').sort().join(' ').trim()).toBe(
      'uDOS/secret uDOS/typo',
    )
    const go = ['--language', 'go', '--topic', 'llm', '--visibility', 'private']
    expect(await gh('repo', 'list', 'uDOS', ...go, ...names)).toBe('uDOS/secret\n')
    expect(await gh('repo', 'view', 'uDOS/typo')).toContain('description:\tAn editor\n--\n# typo')
    await expect(gh('repo', 'view', 'uDOS/none')).rejects.toThrow(
      'Could not resolve to a Repository',
    )
  })

  test('pages through more repositories than fit one answer', { tags: ['deep'] }, async () => {
    const numbers = Array.from({ length: 104 }, (_, number) => number)
    await Promise.all(numbers.map((n) => github.addRepository(`many/r${n}`, { empty: true })))
    const listed = await gh('repo', 'list', 'many', '--limit', '200', '--json', 'name')
    expect(JSON.parse(listed)).toHaveLength(104)
    expect(github.requests.filter(({ path }) => path === '/graphql')).toHaveLength(2)
    const paged = await gh('api', '--paginate', 'orgs/many/repos?per_page=50', '--jq', '.[].name')
    expect(paged.trim().split('\n')).toHaveLength(104)
  })

  // A private one needs credentials, and gh's helper has none for plain HTTP.
  test('clones', { tags: ['deep'] }, async () => {
    await gh('repo', 'clone', 'uDOS/typo', 'typo')
    const head = await gitText(['-C', join(folder, 'typo'), 'rev-parse', 'HEAD'])
    expect(head).toBe(await github.oid('uDOS/typo'))
  })

  test('dispatches a workflow, lists and shows the run', { tags: ['deep'] }, async () => {
    expect(await gh('workflow', 'list', '-R', 'uDOS/typo')).toMatch(/^Tests\tactive\t\d+\n$/)
    await gh('workflow', 'run', 'tests.yml', '-R', 'uDOS/typo', '-f', 'suite=all')
    const [run] = github.actions.runs('uDOS/typo')
    if (!run) throw new Error('no run')
    expect(run).toMatchObject({ event: 'workflow_dispatch', inputs: { suite: 'all' } })
    expect(await gh('run', 'list', '-R', 'uDOS/typo')).toContain(`queued\t\tTests\tTests\tmain\t`)
    github.actions.finish(run, { conclusion: 'failure', logs: { unit: 'not ok 1\n' } })
    const view = await gh('run', 'view', `${run.id}`, '-R', 'uDOS/typo', '--verbose')
    expect(view).toMatch(/X unit .*\n\s+✓ Install\n\s+X Test\n/)
    const log = await gh('run', 'view', `${run.id}`, '-R', 'uDOS/typo', '--log-failed')
    expect(log).toBe('unit\tTest\tnot ok 1\n')
    await expect(
      gh('workflow', 'run', 'tests.yml', '-R', 'uDOS/typo', '-f', 'suite=none'),
    ).rejects.toThrow("Provided value 'none' for input 'suite'")
  })

  test('downloads artifacts, from storage and without the token', async () => {
    const run = await github.actions.add('uDOS/typo', { workflow: 'tests.yml' })
    github.actions.finish(run)
    github.actions.addArtifact(run, 'report', [
      { name: 'a/b.txt', content: 'bytes\n' },
      { name: 'run.sh', content: '#!/bin/sh\n', mode: 0o100755 },
    ])
    await gh('run', 'download', `${run.id}`, '-R', 'uDOS/typo', '-n', 'report')
    expect(await readFile(join(folder, 'a/b.txt'), 'utf8')).toBe('bytes\n')
    const stored = github.requests.filter(({ origin }) => origin === 'storage')
    expect(stored.map(({ headers }) => headers.authorization)).toEqual([undefined])
  })

  test('makes a release with an asset, lists and downloads it', { tags: ['deep'] }, async () => {
    await writeFile(join(folder, 'my file (1).txt'), 'asset\n')
    const create = ['release', 'create', '-R', 'uDOS/typo', '--notes', 'Hello']
    await gh(...create, 'v1.0.0', 'my file (1).txt')
    await gh(...create, 'v1.1.0-rc.1', '--prerelease')
    const list = await gh('release', 'list', '-R', 'uDOS/typo')
    expect(list).toMatch(/^v1\.1\.0-rc\.1\tPre-release\t.*\nv1\.0\.0\tLatest\t.*\n$/)
    expect(await github.oid('uDOS/typo', 'refs/tags/v1.0.0')).toBe(await github.oid('uDOS/typo'))
    await gh('release', 'download', 'v1.0.0', '-R', 'uDOS/typo', '--dir', 'down')
    expect(await readFile(join(folder, 'down/my.file.1.txt'), 'utf8')).toBe('asset\n')
    await expect(gh(...create, 'v1.0.0')).rejects.toThrow('tag_name already exists')
    await gh('release', 'delete', 'v1.0.0', '-R', 'uDOS/typo', '--yes', '--cleanup-tag')
    expect(await github.refs('uDOS/typo')).not.toHaveProperty('refs/tags/v1.0.0')
  })

  test('tells who it is', { tags: ['deep'] }, async () => {
    expect(await gh('api', 'user', '--jq', '.login')).toBe('monalisa\n')
    expect(await gh('api', 'rate_limit', '--jq', '.resources.core.limit')).toBe('5000\n')
  })
})
