import type { LocalGitHubOptions } from 'local-github'
import { afterEach, describe, expect, it } from 'vitest'
import { openProxy } from '../../support/proxy.js'
import { openWorkspace, type Workspace } from '../../support/workspace.js'

let work: Workspace
afterEach(() => work.close())

const open = async (options: LocalGitHubOptions = {}, settings: Record<string, unknown> = {}) => {
  work = await openWorkspace({ ...options, settings })
  await work.github.addRepository('uDOS/typo', { files: { 'a.txt': 'one\n' } })
  await work.github.addRepository('uDOS/micro', { files: { 'a.txt': 'one\n' } })
  await work.repos({ tools: [{ repo: 'typo' }, { repo: 'micro' }] })
}
const sync = async () => {
  const { json, status, err } = await work.wizard('REPO', 'SYNC', '--json')
  const told = json.repositories.map((one: Record<string, unknown>) => one.status ?? one.error)
  return { told, status, err, json }
}
/** Clone, nothing new, a commit. */
async function roundTrip() {
  expect(await sync()).toMatchObject({ told: ['cloned', 'cloned'], status: 0, err: '' })
  expect(await sync()).toMatchObject({ told: ['unchanged', 'unchanged'], status: 0 })
  const to = await work.github.commit('uDOS/typo', { files: { 'a.txt': 'two\n' } })
  const { told, json } = await sync()
  expect(told).toEqual(['updated', 'unchanged'])
  expect(json.repositories[0].to).toBe(to)
  const fsck = await work.git('library/tools/typo', 'fsck', '--full', '--strict')
  const status = await work.git('library/tools/typo', 'status', '--porcelain', '--branch')
  expect([fsck, status]).toEqual(['', '## main...origin/main'])
}

describe('a sync works with', () => {
  it('an enterprise server, by base_url alone', { tags: ['deep'] }, async () => {
    await open({ prefix: '/api/v3' }, { git_url: undefined })
    expect(work.github.apiUrl).toMatch(/\/api\/v3$/)
    await roundTrip()
    expect(work.github.requests.map(({ path }) => path)).toContain('/api/graphql')
    expect((await work.wizard('REPO', 'VIEW', 'typo', '--json')).json.full_name).toBe('uDOS/typo')
  })

  it('an enterprise server without GraphQL', { tags: ['deep'] }, async () => {
    await open({ prefix: '/api/v3', graphql: false }, { git_url: undefined })
    await roundTrip()
  })

  it('a git server that speaks protocol v0 alone', { tags: ['deep'] }, async () => {
    await open({ protocolV2: false })
    await roundTrip()
  })

  it('no token at all: public repositories by git, private ones told', {
    tags: ['deep'],
  }, async () => {
    await open({}, { token: undefined })
    await work.github.addRepository('uDOS/secret', { private: true })
    await roundTrip()
    expect(work.github.requests.filter(({ headers }) => headers.authorization)).toEqual([])
    expect((await work.wizard('REPO', 'LIST', '--json')).json).toHaveLength(2)
    expect((await work.wizard('REPO', 'CAT', 'typo', 'a.txt')).out).toBe('two\n')
    const secret = await work.wizard('REPO', 'CLONE', 'secret')
    expect(secret.status).toBe(4)
    expect(secret.err).toMatch(/^error: .*uDOS\/secret.*\nhint: .*token/i)
    expect((await work.wizard('REPO', 'EXISTS', 'secret')).status).toBe(3)
  })

  it('a token of the environment: GH_TOKEN before GITHUB_TOKEN, empty as unset', async () => {
    await open({ tokens: ['ghp_good_token_of_gh'] }, { token: undefined })
    await work.github.addRepository('uDOS/secret', { private: true })
    const view = (env: Record<string, string>) => work.run(['REPO', 'VIEW', 'secret'], { env })
    expect(
      (await view({ GH_TOKEN: 'ghp_good_token_of_gh', GITHUB_TOKEN: 'ghp_wrong' })).status,
    ).toBe(0)
    expect((await view({ GH_TOKEN: '', GITHUB_TOKEN: 'ghp_good_token_of_gh' })).status).toBe(0)
    expect((await view({ GITHUB_TOKEN: 'ghp_wrong' })).status).toBe(4)
  })

  it('a proxy, for the API and for git, with its password', { tags: ['deep'] }, async () => {
    const proxy = await openProxy()
    await open({}, { proxy: proxy.url.replace('//', '//mona:pass@') })
    await roundTrip()
    const hosts = [work.github.apiUrl, work.github.gitUrl].map((url) => new URL(url).host)
    expect(new Set(proxy.asked.map(({ host }) => host))).toEqual(new Set(hosts))
    const basic = `Basic ${Buffer.from('mona:pass').toString('base64')}`
    expect(new Set(proxy.asked.map(({ authorization }) => authorization))).toEqual(new Set([basic]))
    await proxy.close()
  })

  it('a proxy that the environment names, but for NO_PROXY', async () => {
    const proxy = await openProxy()
    await open()
    const view = (env: Record<string, string>) => work.run(['REPO', 'VIEW', 'typo'], { env })
    expect((await view({ HTTP_PROXY: proxy.url })).status).toBe(0)
    expect(proxy.asked).toHaveLength(1)
    expect((await view({ http_proxy: proxy.url, no_proxy: '127.0.0.0/8' })).status).toBe(0)
    expect(proxy.asked).toHaveLength(1)
    await proxy.close()
  })
})
