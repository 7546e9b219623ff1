import { cp, readdir, readFile, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gitWithLfs, whyNoGitLfs } from '../../support/git-lfs.js'
import { openWorkspace, type Workspace } from '../../support/workspace.js'
import { killPoints, seedOfKills } from '../support/kill-points.js'

const reason = whyNoGitLfs()
if (reason) console.warn(`git-lfs does not look at what a kill leaves: ${reason}`)

let work: Workspace
const preload = fileURLToPath(new URL('../support/kill-at.mjs', import.meta.url))
const name = 'uDOS/media'
const media = 'library/all/media'

beforeAll(async () => {
  work = await openWorkspace()
  await work.github.addRepository(name, {
    files: { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n' },
  })
  await commit({ 'a.bin': 'a', 'b.bin': 'b'.repeat(300_000), 'mine.bin': 'before' })
})
afterAll(() => work.close())

async function commit(files: Record<string, string>): Promise<void> {
  const pointers: Record<string, string> = {}
  for (const [path, text] of Object.entries(files)) {
    pointers[path] = (await work.github.addLfsObject(name, text)).pointer
  }
  await work.github.commit(name, { files: pointers })
}

const reposWith = (more: object) => work.repos({ all: [{ repo: 'media', ...more }] })
const sync = (env: Record<string, string>) =>
  work.spawn(['REPO', 'SYNC', '--json', '--lock-wait', '0'], {
    env,
    nodeArgs: ['--import', preload],
  })

/** Kills a sync of the clone as it lies there at some of its calls, and then runs another. */
async function killAndRepeat(wanted: number, check: (point: number) => Promise<void>) {
  const kept = { recursive: true, preserveTimestamps: true }
  await cp(work.path(media), work.path('pristine'), kept)
  const state = await work.read('.wizard/state.json')
  const rewind = async () => {
    await rm(work.path(media), { recursive: true })
    await cp(work.path('pristine'), work.path(media), kept)
    await work.write('.wizard/state.json', state)
  }
  await sync({ COUNT_TO: work.path('count') })
  for (const point of killPoints(Number(await readFile(work.path('count'), 'utf8')), wanted)) {
    await rewind()
    await sync({ KILL_AT: String(point) })
    const { json } = await sync({})
    expect([point, json.repositories[0]]).toMatchObject([point, { error: null, warnings: [] }])
    const inside = await readdir(work.path(media, '.git'), { recursive: true })
    expect([point, inside.filter((path) => /\.lock$|wizard|\.part|tmp_/.test(path))]).toEqual([
      point,
      [],
    ])
    if (reason === null) {
      const status = await gitWithLfs(work.path(media), 'status', '--porcelain')
      expect([point, status]).toEqual([point, ' M mine.bin'])
    }
    await check(point)
  }
  await rm(work.path('pristine'), { recursive: true })
}

describe(`SIGKILL of REPO SYNC with files of Git LFS (${seedOfKills})`, { tags: ['deep'] }, () => {
  it('in a pull: the next run converges, and local work is still there', async () => {
    await reposWith({})
    await sync({})
    await work.write(`${media}/mine.bin`, 'mine')
    await commit({ 'a.bin': 'a again', 'c.bin': 'c'.repeat(200_000), 'deep/d.bin': 'd' })
    await killAndRepeat(10, async (point) => {
      const read = (path: string) => work.read(`${media}/${path}`)
      expect([point, await read('a.bin'), await read('deep/d.bin')]).toEqual([
        point,
        'a again',
        'd',
      ])
      expect([point, (await read('c.bin')).length, await read('mine.bin')]).toEqual([
        point,
        200_000,
        'mine',
      ])
    })
  })

  it('while pointers are filled in', async () => {
    await rm(work.path('library'), { recursive: true })
    await rm(work.path('.wizard/state.json'))
    await reposWith({ lfs: false })
    await sync({})
    await work.write(`${media}/mine.bin`, 'mine')
    await reposWith({})
    await killAndRepeat(8, async (point) => {
      const read = (path: string) => work.read(`${media}/${path}`)
      expect([point, await read('a.bin'), await read('mine.bin')]).toEqual([
        point,
        'a again',
        'mine',
      ])
    })
  })
})
