import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Pointed, repositoryWith, submodules } from '../../../support/submodules.js'
import { openWorkspace, snapshot, type Workspace } from '../../../support/workspace.js'

let work: Workspace
const place = 'library/all/super'
const head = (repo: string) => work.github.oid(`uDOS/${repo}`, 'main')
const sync = async () => (await work.wizard('REPO', 'SYNC', '--json')).json.repositories[0]

const point = async (more: Partial<Pointed> = {}, repo = 'lib') =>
  submodules({ path: 'lib', url: `../${repo}.git`, oid: await head(repo), ...more })

beforeEach(async () => {
  work = await openWorkspace()
  await work.repos({ all: [{ repo: 'super', submodules: true }] })
  await repositoryWith(work, 'lib', { 'a.txt': 'one\n' })
  await repositoryWith(work, 'stranger', { 's.txt': 'stranger\n' })
  await repositoryWith(work, 'super', { 'top.txt': 'top\n', ...(await point()) })
  expect(await sync()).toMatchObject({ status: 'cloned', warnings: [] })
})
afterEach(() => work.close())

/** Everything but the objects that were fetched. */
const kept = () =>
  snapshot(work.path(place), /^\.git$|^\.git\/(FETCH_HEAD|refs|logs)|(^|\/)objects(\/|$)/)

describe('another repository in the place of a submodule', { tags: ['deep'] }, () => {
  const replaced: [string, Partial<Pointed>][] = [
    ['under the same name', {}],
    ['under another name', { name: 'other' }],
  ]

  it.each(replaced)('%s blocks, and no ref of it is in the old one', async (_, more) => {
    await work.github.commit('uDOS/super', {
      files: { 'top.txt': 'new\n', ...(await point(more, 'stranger')) },
    })
    const before = await kept()
    for (const _run of ['first', 'second']) {
      const { status, reason, error } = await sync()
      expect([status, reason]).toEqual(['blocked', 'diverged'])
      expect(error.message).toBe(
        'submodule lib: it is now another repository, without common history',
      )
      expect(await kept()).toEqual(before)
    }
    // What the hint advises.
    await rm(work.path(place, 'lib'), { recursive: true })
    await rm(work.path(place, '.git/modules/lib'), { recursive: true })
    expect(await sync()).toMatchObject({ status: 'updated', warnings: [], error: null })
    expect(await work.read(`${place}/lib/s.txt`)).toBe('stranger\n')
    expect(await work.git(place, 'status', '--porcelain')).toBe('')
  })

  it('blocks where only the git folder of the old one is left', async () => {
    await work.github.commit('uDOS/super', { files: { '.gitmodules': null, lib: null } })
    expect(await sync()).toMatchObject({ status: 'updated' })
    await rm(work.path(place, 'lib'), { recursive: true })
    await work.git(place, 'config', '--remove-section', 'submodule.lib')
    await work.github.commit('uDOS/super', { files: await point({}, 'stranger') })
    const before = await kept()
    const { status, error } = await sync()
    expect([status, error.message]).toEqual([
      'blocked',
      'submodule lib: it is now another repository, without common history',
    ])
    expect(error.hint).toContain(work.path(place, '.git/modules/lib'))
    expect(await kept()).toEqual(before)
    expect(existsSync(work.path(place, 'lib'))).toBe(false)
  })
})
