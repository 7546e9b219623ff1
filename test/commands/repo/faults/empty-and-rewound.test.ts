import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { openWorkspace, type Workspace, type WorkspaceOptions } from '../../../support/workspace.js'

let work: Workspace
afterEach(() => work.close())

async function open(
  options: WorkspaceOptions = {},
  files: Record<string, string> | null = { 'a.txt': 'a\n' },
) {
  work = await openWorkspace(options)
  await work.github.addRepository('uDOS/typo', files === null ? { empty: true } : { files })
  await work.repos({ tools: [{ repo: 'typo' }] })
}

const sync = async (...flags: string[]) =>
  (await work.wizard('REPO', 'SYNC', '--json', ...flags)).json.repositories[0]

describe('packs', () => {
  it.each([
    ['an empty file', { '.gitkeep': '' }],
    ['the last file going', { 'a.txt': null }],
  ])('that end in %s are pulled', async (_name, files) => {
    await open()
    await sync()
    const oid = await work.github.commit('uDOS/typo', { files })
    expect(await sync()).toMatchObject({ status: 'updated', to: oid })
    expect(await work.git('library/tools/typo', 'status', '--porcelain')).toBe('')
    expect(await work.git('library/tools/typo', 'fsck', '--full', '--strict')).toBe('')
  })

  it('of one empty file are cloned', async () => {
    await open({}, { empty: '' })
    expect(await sync()).toMatchObject({ status: 'cloned' })
    expect(await work.read('library/tools/typo/empty')).toBe('')
  })
})

describe.each([{ graphql: true }, { graphql: false }, { graphql: false, protocolV2: false }])(
  'an empty repository with %j',
  { tags: ['deep'] },
  (options) => {
    it('is unchanged until it has a commit', async () => {
      await open(options, null)
      expect(await sync()).toMatchObject({ status: 'cloned', to: null })
      expect(await sync()).toMatchObject({ status: 'unchanged', to: null })
      const pull = () => work.wizard('REPO', 'PULL', './own', '--json')
      await work.wizard('REPO', 'CLONE', 'typo', 'own')
      expect((await pull()).json).toMatchObject({ status: 'unchanged', to: null })
      const oid = await work.github.commit('uDOS/typo', { files: { 'first.txt': '1\n' } })
      expect(await sync()).toMatchObject({ status: 'updated', from: null, to: oid })
      expect((await pull()).json).toMatchObject({ status: 'updated', to: oid })
      expect(await work.git('library/tools/typo', 'status', '--porcelain')).toBe('')
    })
  },
)

describe('a remote that was moved back by force', () => {
  it('is diverged, again and again, until it is reset', { tags: ['deep'] }, async () => {
    await open()
    const first = await work.github.oid('uDOS/typo')
    await sync()
    const second = await work.github.commit('uDOS/typo', { files: { 'b.txt': 'b\n' } })
    await sync()
    await work.github.ref('uDOS/typo', 'refs/heads/main', first)
    for (let times = 0; times < 2; times++) {
      expect(await sync()).toMatchObject({ status: 'blocked', reason: 'diverged', from: second })
    }
    const [state] = (await work.wizard('REPO', 'STATUS', '--json')).json
    expect(state).toMatchObject({ state: 'diverged' })
    const { json } = await work.wizard('REPO', 'RESET', 'typo', '--yes', '--json')
    expect(json.repositories[0]).toMatchObject({ status: 'updated', to: first })
  })

  it('is no reason to stop where the commits are local alone', async () => {
    await open()
    await sync()
    await work.git('library/tools/typo', 'commit', '--quiet', '--allow-empty', '-m', 'mine')
    expect(await sync()).toMatchObject({ status: 'unchanged' })
    const [state] = (await work.wizard('REPO', 'STATUS', '--json')).json
    expect(state).toMatchObject({ state: 'ahead', ahead_by: 1, behind_by: 0 })
  })
})

describe('a default branch that changed, where GraphQL is absent', () => {
  it('is the same to SYNC and to STATUS', { tags: ['deep'] }, async () => {
    await open({ graphql: false })
    await sync()
    await work.github.branch('uDOS/typo', 'trunk')
    await work.github.setDefaultBranch('uDOS/typo', 'trunk')
    expect(await sync()).toMatchObject({ status: 'blocked', reason: 'other-branch' })
    const [state] = (await work.wizard('REPO', 'STATUS', '--json')).json
    expect(state).toMatchObject({ state: 'blocked', branch: 'main' })
  })
})

describe('what is said', () => {
  it('is nothing of GraphQL that is not there, and nothing at all with --quiet', async () => {
    await open({ graphql: false })
    expect((await work.wizard('REPO', 'SYNC', '--quiet')).err).toBe('')
    expect((await work.wizard('REPO', 'SYNC')).err).toBe('')
  })

  it('is how to get what is missing', async () => {
    await open()
    const { out, err, status } = await work.wizard('REPO', 'PULL-ALL')
    expect([status, out.split('\t')[1]]).toEqual([0, 'skipped'])
    expect(err).toBe('hint: wizard REPO SYNC clones what is missing\n')
  })
})

describe('a server that says little', () => {
  it('is understood: VIEW, EXISTS, LIST', async () => {
    await open()
    const little = { name: 'typo', full_name: 'uDOS/typo', default_branch: 'main' }
    const server = createServer((request, response) => {
      const body = request.url?.startsWith('/repos/uDOS/typo')
        ? little
        : request.url?.startsWith('/orgs/uDOS/repos')
          ? [little]
          : null
      response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body ?? { message: 'Not Found' }))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const env = { WIZARD_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
    const run = (...args: string[]) => work.run([...args, '--json'], { env })
    expect((await run('REPO', 'VIEW', 'typo')).json).toMatchObject({
      full_name: 'uDOS/typo',
      stars: 0,
      topics: [],
      url: null,
    })
    expect((await run('REPO', 'EXISTS', 'typo')).status).toBe(0)
    expect((await run('REPO', 'EXISTS', 'none')).status).toBe(3)
    expect((await run('REPO', 'LIST', 'uDOS')).json).toHaveLength(1)
  })
})
