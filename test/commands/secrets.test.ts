import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ended } from '../support/wizard.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let work: Workspace
const token = '5f0a9c7e3b1d48260f9e7c5a3b1d486201234567'
const forms = [
  token,
  Buffer.from(token).toString('base64').replace(/=+$/, ''),
  Buffer.from(`x-access-token:${token}`).toString('base64').replace(/=+$/, ''),
  encodeURIComponent(token),
]
const runs: Ended[] = []

/**
 * Every way to use a token, and to leak it: private repositories, failures, every log, every
 * address.
 */
beforeAll(async () => {
  work = await openWorkspace({ tokens: [token], settings: { token: undefined, retry_attempts: 0 } })
  for (const repo of ['typo', 'micro', 'more']) {
    await work.github.addRepository(`uDOS/${repo}`, { private: true, files: { 'a.txt': 'one\n' } })
  }
  await work.repos({ tools: [{ repo: 'typo' }, { repo: 'micro' }, { from: 'uDOS' }] })
  const env = { GITHUB_TOKEN: token }
  const run = async (...args: string[]) => runs.push(await work.run(['REPO', ...args], { env }))
  await run('SYNC', '--verbose')
  await work.git('library/tools/micro', 'remote', 'set-url', 'origin', withToken('micro'))
  await work.github.commit('uDOS/typo', { files: { 'a.txt': 'two\n' } })
  await run('SYNC', '--json')
  await run('CLONE', withToken('typo'), 'own', '--verbose')
  await run('PULL', 'own', '--verbose')
  await run('STATUS', '--verbose')
  await run('ADD', withToken('new'), '--group', 'more', '--no-check')
  work.github.fail({ status: 500, body: { message: `you sent ${token}` }, times: 2 })
  await run('VIEW', 'typo', '--verbose')
  const denial = work.github.fail({ origin: 'git', status: 403, body: `denied to ${token}` })
  await run('CLONE', 'typo', 'never')
  denial.remove()
  await work.git('library/tools/micro', 'remote', 'set-url', 'origin', withToken('other'))
  await run('SYNC', 'micro', '--json')
})
afterAll(() => work.close())

const withToken = (repo: string) =>
  `${work.github.gitUrl.replace('//', `//x-access-token:${token}@`)}/uDOS/${repo}.git`

async function filesBelow(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  return found
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath ?? one.path, one.name))
}

describe('the token', () => {
  it('is used', () => {
    const told = work.github.requests.map(({ headers }) => headers.authorization ?? '')
    expect(told.some((header) => header.includes(token))).toBe(true)
    expect(runs.map(({ status }) => status)).toEqual([0, 0, 0, 0, 0, 0, 6, 4, 1])
  })

  it('is in no file below ROOT and HOME, but where the user put it', async () => {
    const own = work.path('library/tools/micro/.git/config')
    const leaks = []
    for (const file of await filesBelow(work.root)) {
      const bytes = await readFile(file)
      if (forms.some((form) => bytes.includes(form)) && file !== own) leaks.push(file)
    }
    expect(leaks).toEqual([])
    expect(await readFile(own, 'utf8')).toContain(token)
  })

  it('is in no output', () => {
    const said = runs.map(({ out, err }) => out + err).join('\n')
    expect(forms.filter((form) => said.includes(form))).toEqual([])
    // Although --verbose shows every request.
    expect(said).toMatch(/^POST .*\/graphql.* 200/m)
    expect(said).toMatch(/GET \/repos\/uDOS\/typo/)
  })

  it('is safe in logs that their owner alone can read', async () => {
    const logs = (await filesBelow(work.path('memory/logs'))).sort()
    expect(logs.map((file) => file.replace(/.*\/|-\d{4}-\d\d-\d\d/g, ''))).toEqual([
      'github-api.log',
      'github-sync.log',
    ])
    for (const file of logs) expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(work.path('memory/logs'))).mode & 0o777).toBe(0o700)
  })
})
