import { cp, readdir, readFile, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repositoryWith, submodules } from '../../support/submodules.js'
import { openWorkspace, type Workspace } from '../../support/workspace.js'
import { killPoints, seedOfKills } from '../support/kill-points.js'

let work: Workspace
const preload = fileURLToPath(new URL('../support/kill-at.mjs', import.meta.url))
const place = 'library/all/super'

const sync = (env: Record<string, string>) =>
  work.spawn(['REPO', 'SYNC', '--json', '--lock-wait', '0'], {
    env,
    nodeArgs: ['--import', preload],
  })

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

/** Kills a sync of the clone as it lies there at some of its calls, and then runs another. */
async function killAndRepeat(wanted: number, check: (point: number) => Promise<void>) {
  const kept = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true }
  await cp(work.path(place), work.path('pristine'), kept)
  const state = await work.read('.wizard/state.json')
  const rewind = async () => {
    await rm(work.path(place), { recursive: true })
    await cp(work.path('pristine'), work.path(place), kept)
    await work.write('.wizard/state.json', state)
  }
  await sync({ COUNT_TO: work.path('count') })
  for (const point of killPoints(Number(await readFile(work.path('count'), 'utf8')), wanted)) {
    await rewind()
    await sync({ KILL_AT: String(point) })
    const { json } = await sync({})
    expect([point, json.repositories[0]]).toMatchObject([point, { error: null, warnings: [] }])
    const inside = await readdir(work.path(place, '.git'), { recursive: true })
    const left = inside.filter((path) => /\.lock$|wizard|\.part|tmp_/.test(path))
    expect([point, left.filter((path) => !path.includes('refs/remotes/wizard'))]).toEqual([
      point,
      [],
    ])
    await check(point)
  }
  await rm(work.path('pristine'), { recursive: true })
}

describe(`SIGKILL of REPO SYNC with submodules (${seedOfKills})`, { tags: ['deep'] }, () => {
  it('in a pull: the next run converges, and local work is still there', async () => {
    await sync({})
    await work.write(`${place}/lib/mine.txt`, 'mine\n')
    await work.write(`${place}/other/untracked.txt`, 'mine\n')
    await work.github.commit('uDOS/inner', { files: { 'i.txt': 'two\n' } })
    await work.github.commit('uDOS/lib', {
      files: {
        'a.txt': 'two\n',
        ...submodules({ path: 'deep/inner', url: '../inner', oid: await head('inner') }),
      },
    })
    await work.github.commit('uDOS/other', { files: { 'o.txt': 'two\n' } })
    await work.github.commit('uDOS/super', {
      files: {
        'top.txt': 'two\n',
        other: null,
        ...submodules(
          { path: 'lib', url: '../lib', oid: await head('lib') },
          { path: 'z-moved', name: 'other', url: '../other', oid: await head('other') },
          { path: 'x/new', url: '../new', oid: await head('new') },
        ),
      },
    })
    await killAndRepeat(14, async (point) => {
      const read = (path: string) => work.read(`${place}/${path}`)
      const paths = ['top.txt', 'lib/a.txt', 'lib/deep/inner/i.txt', 'z-moved/o.txt', 'x/new/n.txt']
      const texts = await Promise.all(paths.map(read))
      expect([point, ...texts]).toEqual([point, 'two\n', 'two\n', 'two\n', 'two\n', 'new\n'])
      const mine = await Promise.all(['lib/mine.txt', 'z-moved/untracked.txt'].map(read))
      expect([point, ...mine]).toEqual([point, 'mine\n', 'mine\n'])
      expect([point, await readdir(work.path(place))]).toEqual([
        point,
        ['.git', '.gitmodules', 'lib', 'top.txt', 'x', 'z-moved'],
      ])
      expect([point, await work.git(place, 'status', '--porcelain')]).toEqual([
        point,
        ' M lib\n M z-moved',
      ])
    })
  })

  it('while they are filled in', async () => {
    await rm(work.path('library'), { recursive: true })
    await rm(work.path('.wizard/state.json'))
    await work.repos({ all: [{ repo: 'super' }] })
    await sync({})
    await work.write(`${place}/top.txt`, 'mine\n')
    await work.repos({ all: [{ repo: 'super', submodules: true }] })
    await killAndRepeat(10, async (point) => {
      const paths = ['top.txt', 'lib/a.txt', 'lib/deep/inner/i.txt', 'x/new/n.txt']
      const texts = await Promise.all(paths.map((path) => work.read(`${place}/${path}`)))
      expect([point, ...texts]).toEqual([point, 'mine\n', 'two\n', 'two\n', 'new\n'])
      expect([point, await work.git(place, 'status', '--porcelain')]).toEqual([point, ' M top.txt'])
    })
  })
})
