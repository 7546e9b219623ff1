import { writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../../support/workspace.js'

let work: Workspace
let first: string

beforeEach(async () => {
  work = await openWorkspace()
  await work.github.addRepository('uDOS/typo', { files: { 'a.txt': 'one\n' } })
  first = await work.github.oid('uDOS/typo')
})
afterEach(() => work.close())

const typo = 'library/tools/typo'
const pin = (branch: string, more = {}) =>
  work.repos({ tools: [{ repo: 'typo', branch, ...more }] })
const next = (files: Record<string, string>) => work.github.commit('uDOS/typo', { files })
const head = () => work.git(typo, 'rev-parse', 'HEAD')
const isDetached = async () =>
  (await work.git(typo, 'rev-parse', '--abbrev-ref', 'HEAD')) === 'HEAD'
const sync = async (...args: string[]) => {
  const { json, status } = await work.wizard('REPO', 'SYNC', '--json', ...args)
  return { ...json.repositories[0], exit: status }
}
const gitRequests = () => work.github.requests.filter(({ origin }) => origin === 'git').length

describe('a pin', () => {
  it.each<[string, { annotated?: boolean } | null]>([
    ['a tag', {}],
    ['an annotated tag', { annotated: true }],
    ['a full commit id', null],
  ])(
    '%s is detached there, and moved only by editing the line',
    { tags: ['deep'] },
    async (_name, tag) => {
      if (tag) await work.github.tag('uDOS/typo', 'v1', tag)
      const second = await next({ 'a.txt': 'two\n' })
      await pin(tag ? 'v1' : first)
      expect(await sync()).toMatchObject({ status: 'cloned', to: first, exit: 0 })
      expect([await head(), await isDetached()]).toEqual([first, true])

      // The branch has moved, and a tag may move too; here nothing moves, and git sends no request.
      if (tag) await work.github.tag('uDOS/typo', 'v1', { ...tag, target: second })
      const asked = gitRequests()
      expect(await sync()).toMatchObject({ status: 'unchanged', to: first })
      expect(gitRequests()).toBe(asked)

      if (tag) await work.github.tag('uDOS/typo', 'v2', tag)
      await pin(tag ? 'v2' : second)
      expect(await sync()).toMatchObject({ status: 'updated', from: first, to: second })
      expect([await head(), await isDetached()]).toEqual([second, true])
      expect(await work.git(typo, 'status', '--porcelain')).toBe('')

      await pin(tag ? 'v1' : first)
      if (tag) await work.github.tag('uDOS/typo', 'v1', { ...tag, target: first })
      await sync()
      expect(await work.git(typo, 'fsck', '--full', '--no-dangling')).toBe('')
    },
  )

  it('moved back keeps the newer commit, and STATUS knows the pin', {
    tags: ['deep'],
  }, async () => {
    const second = await next({ 'a.txt': 'two\n' })
    const third = await next({ 'a.txt': 'three\n' })
    // One came with a clone, the other with a pull.
    for (const commit of [second, third]) {
      await pin(commit)
      await sync()
    }
    await pin(second)
    expect(await sync()).toMatchObject({ status: 'updated', from: third, to: second })
    // A backup is named after its time.
    await work.clock.pass(1)
    await pin(first)
    expect(await sync()).toMatchObject({ status: 'updated', from: second, to: first })
    expect(await work.git(typo, 'cat-file', '-t', third)).toBe('commit')
    expect(await work.git(typo, 'cat-file', '-t', second)).toBe('commit')
    expect(await work.git(typo, 'fsck', '--full', '--strict')).toBe('')
    const [status] = (await work.wizard('REPO', 'STATUS', '--json')).json
    expect(status).toMatchObject({ state: 'up-to-date', local_commit: first, remote_commit: first })
  })

  it.each(['v1', 'commit'])(
    'that is no longer named is pruned: %s',
    { tags: ['deep'] },
    async (kind) => {
      await work.github.tag('uDOS/typo', 'v1', { annotated: true })
      await pin(kind === 'v1' ? 'v1' : first)
      await sync()
      await work.repos({})
      const { json } = await work.wizard('REPO', 'PRUNE', '--yes', '--json')
      expect(json).toMatchObject([{ repo: 'uDOS/typo', action: 'trashed', reasons: [] }])
    },
  )

  it('is blocked by commits of its own on the detached HEAD', { tags: ['deep'] }, async () => {
    await pin(first)
    await sync()
    await work.git(typo, 'commit', '--quiet', '--allow-empty', '-m', 'mine')
    const mine = await head()
    await pin(await next({ 'a.txt': 'two\n' }))
    expect(await sync()).toMatchObject({ status: 'blocked', reason: 'diverged', exit: 1 })
    expect(await head()).toBe(mine)
  })

  it('is blocked by a local edit in the way', { tags: ['deep'] }, async () => {
    await pin(first)
    await sync()
    await writeFile(work.path(typo, 'a.txt'), 'mine\n')
    await pin(await next({ 'a.txt': 'two\n' }))
    expect(await sync()).toMatchObject({ status: 'blocked', reason: 'dirty' })
    expect([await head(), await work.read(`${typo}/a.txt`)]).toEqual([first, 'mine\n'])
  })

  it('that is not there is told', async () => {
    await pin('v9')
    expect(await sync()).toMatchObject({ status: 'failed', error: { code: 'GITHUB_NOT_FOUND' } })
    await pin('0123456789abcdef0123456789abcdef01234567')
    expect(await sync()).toMatchObject({ status: 'failed', error: { code: 'GITHUB_NOT_FOUND' } })
  })
})

describe('a branch', { tags: ['deep'] }, () => {
  it('may have slashes', async () => {
    await work.github.branch('uDOS/typo', 'feature/a/b')
    await pin('feature/a/b')
    expect(await sync()).toMatchObject({ status: 'cloned', branch: 'feature/a/b' })
    const oid = await work.github.commit('uDOS/typo', {
      branch: 'feature/a/b',
      files: { b: 'b\n' },
    })
    expect(await sync()).toMatchObject({ status: 'updated', to: oid })
    expect(await work.git(typo, 'status', '--porcelain', '--branch')).toBe(
      '## feature/a/b...origin/feature/a/b',
    )
  })

  it('wins over a tag of the same name', async () => {
    await work.github.tag('uDOS/typo', 'stable')
    const oid = await next({ 'a.txt': 'two\n' })
    await work.github.branch('uDOS/typo', 'stable')
    await pin('stable')
    expect(await sync()).toMatchObject({ status: 'cloned', to: oid, branch: 'stable' })
    expect(await isDetached()).toBe(false)
  })
})

describe('depth: 1', { tags: ['deep'] }, () => {
  it('clones one commit; later pulls add what is new, with its tags', async () => {
    for (const text of ['two\n', 'three\n']) await next({ 'a.txt': text })
    await pin('main', { depth: 1 })
    expect(await sync()).toMatchObject({ status: 'cloned' })
    const count = () => work.git(typo, 'rev-list', '--count', 'HEAD')
    expect(await count()).toBe('1')

    await next({ 'b.txt': 'b\n' })
    await work.github.tag('uDOS/typo', 'v1', { annotated: true })
    const oid = await next({ 'c.txt': 'c\n' })
    expect(await sync()).toMatchObject({ status: 'updated', to: oid })
    expect(await count()).toBe('3')
    expect(await work.git(typo, 'tag', '--list')).toBe('v1')
    expect(await work.git(typo, 'fsck', '--full', '--strict')).toBe('')
    expect(await work.git(typo, 'status', '--porcelain', '--branch')).toBe('## main...origin/main')
  })
})

describe('an empty repository', () => {
  it('is cloned, is unchanged, and takes the first commit', { tags: ['deep'] }, async () => {
    await work.github.addRepository('uDOS/nothing', { empty: true })
    await work.repos({ tools: [{ repo: 'nothing' }] })
    expect(await sync()).toMatchObject({ status: 'cloned', to: null, exit: 0 })
    expect(await sync()).toMatchObject({ status: 'unchanged', to: null, exit: 0 })
    const nothing = 'library/tools/nothing'
    expect(await work.git(nothing, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main')
    const oid = await work.github.commit('uDOS/nothing', { files: { 'a.txt': 'one\n' } })
    expect(await sync()).toMatchObject({ status: 'updated', from: null, to: oid, exit: 0 })
    expect(await work.git(nothing, 'status', '--porcelain', '--branch')).toBe(
      '## main...origin/main',
    )
    expect(await work.read(`${nothing}/a.txt`)).toBe('one\n')
  })

  it('with an untracked file in the way of the first commit is blocked', async () => {
    await work.github.addRepository('uDOS/nothing', { empty: true })
    await work.repos({ tools: [{ repo: 'nothing' }] })
    await sync()
    await work.write('library/tools/nothing/a.txt', 'mine\n')
    await work.github.commit('uDOS/nothing', { files: { 'a.txt': 'one\n' } })
    expect(await sync()).toMatchObject({ status: 'blocked', reason: 'dirty' })
    expect(await work.read('library/tools/nothing/a.txt')).toBe('mine\n')
  })
})
