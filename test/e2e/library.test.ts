import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { bareEnvironment, ended } from '../support/wizard.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

/** From here the package is found under its own name, as for its users. */
const home = join(dirname(fileURLToPath(import.meta.url)), '../..')

let work: Workspace
beforeEach(async () => {
  work = await openWorkspace()
  await work.github.addRepository('uDOS/typo', { files: { 'a.txt': 'one\n' } })
  await work.repos({ tools: [{ repo: 'typo' }] })
})
afterEach(() => work.close())

/** The output of a program that uses the package; it must end by itself. */
async function told(program: string) {
  const { apiUrl: baseUrl, gitUrl, token } = work.github
  const client = `new library.GitHubClient(${JSON.stringify({ baseUrl, gitUrl, token })})`
  const lines = [
    "import * as library from 'udos-wizard'",
    `const client = ${client}`,
    `const sync = new library.RepoSync(client, { config: ${JSON.stringify(work.path('config'))} })`,
    'const tell = (value) => console.log(JSON.stringify(value))',
    program,
    'await client.close()',
  ]
  const args = ['--input-type=module', '--eval', lines.join('\n')]
  const run = await ended(spawn(process.execPath, args, { cwd: home, env: environment() }))
  expect(run).toMatchObject({ status: 0, err: '' })
  return run.json
}
const environment = () => bareEnvironment(work.root)

it('RepoSync clones, pulls and tells where things stand', { tags: ['deep'] }, async () => {
  const cloned = await told('tell(await sync.cloneAll())')
  expect(cloned).toMatchObject({ total: 1, repositories: [{ status: 'cloned' }] })
  const to = await work.github.commit('uDOS/typo', { files: { 'a.txt': 'two\n' } })
  const path = work.path('library/tools/typo')
  const status = `tell(await sync.getSyncStatus(${JSON.stringify(path)}))`
  expect(await told(status)).toMatchObject({ state: 'behind', remote_commit: to })
  expect(await told('tell(await sync.pullAll())')).toMatchObject({ repositories: [{ to }] })
  const again = `tell(await sync.pullRepo(${JSON.stringify(path)}))`
  expect(await told(again)).toMatchObject({ status: 'unchanged', to })
  const own = { owner: 'uDOS', repo: 'typo', destination: work.path('own') }
  const clone = `tell(await sync.cloneRepo(${JSON.stringify(own)}))`
  expect(await told(clone)).toMatchObject({ status: 'cloned', path: own.destination, to })
})

it('GitHubClient answers, and throws the errors that the package exports', {
  tags: ['deep'],
}, async () => {
  const file = "tell(await client.getFileContent('uDOS', 'typo', 'a.txt'))"
  expect(await told(file)).toBe('one\n')
  const missing = `try { await client.getRepo('uDOS', 'none') } catch (error) {
    tell([error instanceof library.GitHubNotFoundError, error instanceof library.GitHubError, error.status])
  }`
  expect(await told(missing)).toEqual([true, true, 404])
})

it('exports each class of the errors', { tags: ['deep'] }, async () => {
  const names = ['GitHubError', 'GitHubAuthError', 'GitHubNotFoundError', 'GitHubRateLimitError']
  const others = ['GitHubNetworkError', 'PathError', 'ConfigError', 'UsageError', 'ConflictError']
  const wanted = [...names, ...others, 'LockedError', 'TimeoutError']
  const program = `tell(${JSON.stringify(wanted)}.filter((name) => !(library[name]?.prototype instanceof Error)))`
  expect(await told(program)).toEqual([])
})
