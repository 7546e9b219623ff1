import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { snapshot, type Workspace } from '../../../support/workspace.js'
import { openTwo } from './support.js'

let work: Workspace
beforeEach(async () => {
  work = await openTwo()
})
afterEach(() => work.close())

const sync = (...flags: string[]) => work.wizard('REPO', 'SYNC', '--json', ...flags)
const typo = () => work.path('library/tools/typo')

describe('names that move', () => {
  it('a renamed repository is followed, and told', { tags: ['deep'] }, async () => {
    await sync()
    work.github.rename('uDOS/typo', 'uDOS/typewriter')
    const oid = await work.github.commit('uDOS/typewriter', { files: { 'a.txt': 'new\n' } })
    const { json, status } = await sync()
    expect(status).toBe(0)
    expect(json.repositories[0]).toMatchObject({
      status: 'updated',
      to: oid,
      warnings: ['renamed'],
    })
  })

  it('a stranger under the old name is blocked', { tags: ['deep'] }, async () => {
    await sync()
    work.github.rename('uDOS/typo', 'uDOS/typewriter')
    await work.github.addRepository('uDOS/typo', { files: { 'a.txt': 'evil\n' } })
    const before = await snapshot(typo())
    const { json, status } = await sync()
    expect(status).toBe(1)
    expect(json.repositories[0]).toMatchObject({ status: 'blocked', reason: 'wrong-remote' })
    expect(await snapshot(typo())).toEqual(before)
  })

  it('a default branch that was renamed is told, with both names', { tags: ['deep'] }, async () => {
    await sync()
    await work.github.branch('uDOS/typo', 'trunk')
    await work.github.setDefaultBranch('uDOS/typo', 'trunk')
    const { json } = await sync()
    expect(json.repositories[0]).toMatchObject({ status: 'blocked', reason: 'other-branch' })
    expect(json.repositories[0].error.message).toMatch(/main.*trunk/)
  })

  it('a branch that was deleted is not found', { tags: ['deep'] }, async () => {
    await work.github.branch('uDOS/typo', 'topic')
    await work.repos({ tools: [{ repo: 'typo', branch: 'topic' }] })
    await sync()
    await work.github.deleteBranch('uDOS/typo', 'topic')
    const { json } = await sync()
    expect(json.repositories[0]).toMatchObject({
      status: 'failed',
      error: { code: 'GITHUB_NOT_FOUND' },
    })
  })
})

describe('a half-written repos.yaml', { tags: ['deep'] }, () => {
  it.each([
    ['empty', ''],
    ['cut off', 'repos:\n  tools:\n    - repo: typo\n    - {own'],
    ['null', 'repos:\n'],
  ])('that is %s is exit 2, and nothing is touched', async (_name, text) => {
    await sync()
    const before = await snapshot(work.path('library'))
    await work.write('config/repos.yaml', text)
    for (const verb of ['SYNC', 'PRUNE']) {
      const { status, err } = await work.wizard('REPO', verb, '--yes')
      expect(status).toBe(2)
      expect(err).toMatch(/^error: config\/repos\.yaml:\d+:\d+/)
    }
    expect(await snapshot(work.path('library'))).toEqual(before)
  })
})
