import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gitWithLfs, whyNoGitLfs } from '../../support/git-lfs.js'
import { openWorkspace, type Workspace } from '../../support/workspace.js'
import { killAndRepeat, syncKilledBy } from '../support/kill-and-repeat.js'
import { seedOfKills } from '../support/kill-points.js'

const reason = whyNoGitLfs()
if (reason) console.warn(`git-lfs does not look at what a kill leaves: ${reason}`)

let work: Workspace
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

const killed = (wanted: number, check: (point: number) => Promise<void>) =>
  killAndRepeat({
    work,
    place: media,
    wanted,
    async check(point) {
      if (reason === null) {
        const status = await gitWithLfs(work.path(media), 'status', '--porcelain')
        expect([point, status]).toEqual([point, ' M mine.bin'])
      }
      await check(point)
    },
  })

describe(`SIGKILL of REPO SYNC with files of Git LFS (${seedOfKills})`, { tags: ['deep'] }, () => {
  it('in a pull: the next run converges, and local work is still there', async () => {
    await reposWith({})
    await syncKilledBy(work)
    await work.write(`${media}/mine.bin`, 'mine')
    await commit({ 'a.bin': 'a again', 'c.bin': 'c'.repeat(200_000), 'deep/d.bin': 'd' })
    await killed(10, async (point) => {
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
    await syncKilledBy(work)
    await work.write(`${media}/mine.bin`, 'mine')
    await reposWith({})
    await killed(8, async (point) => {
      const read = (path: string) => work.read(`${media}/${path}`)
      expect([point, await read('a.bin'), await read('mine.bin')]).toEqual([
        point,
        'a again',
        'mine',
      ])
    })
  })
})
