import { readdir, rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repositoryWith, submodules } from '../../support/submodules.js'
import { openWorkspace, type Workspace } from '../../support/workspace.js'
import { killAndRepeat, syncKilledBy } from '../support/kill-and-repeat.js'
import { seedOfKills } from '../support/kill-points.js'

let work: Workspace
const place = 'library/all/super'

const head = (repo: string) => work.github.oid(`uDOS/${repo}`, 'main')

beforeAll(async () => {
  work = await openWorkspace()
  const inner = await repositoryWith(work, 'inner', { 'i.txt': 'one\n' })
  await repositoryWith(work, 'lib', {
    'a.txt': 'one\n',
    'mine.txt': 'theirs\n',
    ...submodules({ path: 'deep/inner', url: '../inner', oid: inner }),
  })
  await repositoryWith(work, 'other', { 'o.txt': 'one\n' })
  await repositoryWith(work, 'new', { 'n.txt': 'new\n' })
  await repositoryWith(work, 'super', {
    'top.txt': 'one\n',
    ...submodules(
      { path: 'lib', url: '../lib', oid: await head('lib') },
      { path: 'other', url: '../other', oid: await head('other') },
    ),
  })
  await work.repos({ all: [{ repo: 'super', submodules: true }] })
})
afterAll(() => work.close())

const killed = (wanted: number, check: (point: number) => Promise<void>) =>
  killAndRepeat({ work, place, wanted, check })

describe(`SIGKILL of REPO SYNC with submodules (${seedOfKills})`, { tags: ['deep'] }, () => {
  it('in a pull: the next run converges, and local work is still there', async () => {
    await syncKilledBy(work)
    await work.write(`${place}/lib/mine.txt`, 'mine\n')
    await work.write(`${place}/other/untracked.txt`, 'mine\n')
    await work.github.commit('uDOS/inner', { files: { 'i.txt': 'two\n' } })
    await work.github.commit('uDOS/lib', {
      files: {
        'a.txt': 'two\n',
        'deep/inner': null,
        ...submodules({
          path: 'far/in',
          name: 'deep/inner',
          url: '../inner',
          oid: await head('inner'),
        }),
      },
    })
    await work.github.commit('uDOS/other', { files: { 'o.txt': 'two\n' } })
    await work.github.commit('uDOS/super', {
      files: {
        'top.txt': 'two\n',
        lib: null,
        other: null,
        ...submodules(
          { path: 'y/lib', name: 'lib', url: '../lib', oid: await head('lib') },
          { path: 'z-moved', name: 'other', url: '../other', oid: await head('other') },
          { path: 'x/new', url: '../new', oid: await head('new') },
        ),
      },
    })
    await killed(14, async (point) => {
      const read = (path: string) => work.read(`${place}/${path}`)
      const paths = ['top.txt', 'y/lib/a.txt', 'y/lib/far/in/i.txt', 'z-moved/o.txt', 'x/new/n.txt']
      const texts = await Promise.all(paths.map(read))
      expect([point, ...texts]).toEqual([point, 'two\n', 'two\n', 'two\n', 'two\n', 'new\n'])
      const mine = await Promise.all(['y/lib/mine.txt', 'z-moved/untracked.txt'].map(read))
      expect([point, ...mine]).toEqual([point, 'mine\n', 'mine\n'])
      expect([point, await readdir(work.path(place))]).toEqual([
        point,
        ['.git', '.gitmodules', 'top.txt', 'x', 'y', 'z-moved'],
      ])
      expect([point, await work.git(place, 'status', '--porcelain')]).toEqual([
        point,
        ' M y/lib\n M z-moved',
      ])
    })
  })

  it('while they are filled in', async () => {
    await rm(work.path('library'), { recursive: true })
    await rm(work.path('.wizard/state.json'))
    await work.repos({ all: [{ repo: 'super' }] })
    await syncKilledBy(work)
    await work.write(`${place}/top.txt`, 'mine\n')
    await work.repos({ all: [{ repo: 'super', submodules: true }] })
    await killed(10, async (point) => {
      const paths = ['top.txt', 'y/lib/a.txt', 'y/lib/far/in/i.txt', 'x/new/n.txt']
      const texts = await Promise.all(paths.map((path) => work.read(`${place}/${path}`)))
      expect([point, ...texts]).toEqual([point, 'mine\n', 'two\n', 'two\n', 'new\n'])
      expect([point, await work.git(place, 'status', '--porcelain')]).toEqual([point, ' M top.txt'])
    })
  })

  it('in a clone', async () => {
    await rm(work.path('library'), { recursive: true })
    await rm(work.path('.wizard/state.json'))
    await killed(12, async (point) => {
      const paths = ['top.txt', 'y/lib/a.txt', 'y/lib/far/in/i.txt', 'x/new/n.txt']
      const texts = await Promise.all(paths.map((path) => work.read(`${place}/${path}`)))
      expect([point, ...texts]).toEqual([point, 'two\n', 'two\n', 'two\n', 'new\n'])
      expect([point, await work.git(place, 'status', '--porcelain')]).toEqual([point, ''])
    })
  })
})
