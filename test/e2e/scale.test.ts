import { cp } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let work: Workspace
afterEach(() => work.close())

const sync = async () => (await work.wizard('REPO', 'SYNC', '--json')).json

describe('200 repositories', { tags: ['deep'] }, () => {
  it('that are unchanged cost at most 6 requests, and none of git', async () => {
    work = await openWorkspace()
    const names = Array.from({ length: 200 }, (_, index) => `r${index}`)
    const first = await work.github.addRepository('uDOS/first')
    for (const name of names) {
      const { bare } = await work.github.addRepository(`uDOS/${name}`, { empty: true })
      await cp(first.bare, bare, { recursive: true })
    }
    await work.repos({ all: names.map((repo) => ({ repo })) })
    expect(await sync()).toMatchObject({ total: 200, succeeded: 200, api_requests: 2 })
    work.github.requests.length = 0
    const second = await sync()
    expect(second).toMatchObject({ total: 200, succeeded: 200, api_requests: 2 })
    const unchanged = second.repositories.filter(
      (one: { status: string }) => one.status === 'unchanged',
    )
    expect(unchanged).toHaveLength(200)
    expect(work.github.requests.map(({ origin, path }) => `${origin} ${path}`)).toEqual([
      'api /graphql',
      'api /graphql',
    ])

    await work.write('library/all/r7/new.txt', 'mine')
    const args = ['REPO', 'STATUS', '--offline', '--json']
    const status = await work.spawn(args, { env: { NODE_DEBUG: 'worker' } })
    const isDirty = ({ is_dirty }: { is_dirty: boolean }) => is_dirty
    expect(status.json).toHaveLength(200)
    expect(status.json.filter(isDirty)).toMatchObject([{ repo: 'uDOS/r7' }])
    // The bundle's own worker takes part if there is a second processor; if it died, a warning
    // would say so.
    if (availableParallelism() > 1)
      expect(status.err).toMatch(/instantiating Worker\. url: file:.*worker\.cjs/)
    expect(status.err).not.toContain('warning')
  })
})

describe('20,000 files', { tags: ['deep'] }, () => {
  it('are cloned and pulled, and git finds nothing to say', async () => {
    work = await openWorkspace({ settings: { timeout: 30 } })
    const files: Record<string, string> = {}
    for (let index = 0; index < 20_000; index++) {
      files[`d${index % 40}/e${index % 400}/f${index}.txt`] = `file ${index}\n`
    }
    await work.github.addRepository('uDOS/wide', { files })
    await work.repos({ all: [{ repo: 'wide' }] })
    expect((await sync()).repositories).toMatchObject([{ status: 'cloned', error: null }])
    const wide = 'library/all/wide'
    expect(await work.git(wide, 'status', '--porcelain')).toBe('')
    expect((await work.git(wide, 'ls-files')).split('\n')).toHaveLength(20_000)

    const changes: Record<string, string | null> = {}
    for (const [index, file] of Object.keys(files).entries()) {
      if (index % 3 === 0) changes[file] = index % 2 === 0 ? null : 'changed\n'
    }
    const to = await work.github.commit('uDOS/wide', { files: changes })
    expect((await sync()).repositories).toMatchObject([{ status: 'updated', to }])
    expect(await work.git(wide, 'status', '--porcelain')).toBe('')
    expect(await work.git(wide, 'fsck', '--full')).toBe('')
  })
})
