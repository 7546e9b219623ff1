import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repositoryWith, submodules } from '../../../support/submodules.js'
import { openWorkspace, snapshot, type Workspace } from '../../../support/workspace.js'

const run = promisify(execFile)
const place = 'small/library/all/super'
let work: Workspace
/** null if this machine does not allow mounts. */
let small: string | null = null

const head = (repo: string) => work.github.oid(`uDOS/${repo}`, 'main')
/** Text that compresses to 100 kB: so long are the packs, and a megabyte each file. */
const text = (seed: number) =>
  Array.from({ length: 1600 }, (_, index) =>
    createHash('sha512').update(`${seed} ${index}`).digest('hex').concat(' '.repeat(500)),
  ).join('\n')

const point = async (path: string) =>
  submodules(
    { path: 'a', url: '../first', oid: await head('first') },
    { path, name: 'b', url: '../second', oid: await head('second') },
  )

beforeAll(async () => {
  work = await openWorkspace()
  const folder = work.path('small')
  await mkdir(folder)
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', folder])
    small = folder
  } catch (error) {
    console.log(`skipped: no tmpfs can be mounted here: ${(error as Error).message.trim()}`)
  }
  await repositoryWith(work, 'first', { 'f.txt': 'one\n' })
  await repositoryWith(work, 'second', { 's.txt': 'one\n' })
  await repositoryWith(work, 'super', { 'top.txt': 'one\n', ...(await point('b')) })
  await work.repos({ all: [{ repo: 'super', submodules: true }] })
})
afterAll(async () => {
  if (small !== null) await run('umount', [small])
  await work.close()
})

const sync = async () => {
  const { json } = await work.wizard('REPO', 'SYNC', '--json', '--root', small ?? '')
  return json.repositories[0]
}

/** Everything but what a fetch adds, and what the way there and back rewrites. */
const kept = () =>
  snapshot(
    work.path(place),
    /^\.git$|(^|\/)(objects|FETCH_HEAD|ORIG_HEAD|refs\/remotes|packed-refs|logs|index)(\/|$)/,
  )

async function fillAllBut(room: number): Promise<string> {
  const ballast = join(small ?? '', 'ballast')
  const { bavail, bsize } = await statfs(small ?? '')
  await writeFile(ballast, Buffer.alloc(bavail * bsize - room))
  return ballast
}

describe('a disk that is full', { tags: ['deep'] }, () => {
  /** In bytes: for no pack; for the packs, but no file; for one file, but not for both. */
  const rooms = [40_000, 700_000, 1_500_000]

  it('fails a move of submodules in clear words, all is as it was, and the next run is whole', async ({
    skip,
  }) => {
    if (small === null) return skip()
    expect(await sync()).toMatchObject({ status: 'cloned', warnings: [], error: null })
    await work.write(`${place}/b/mine.txt`, 'mine\n')
    for (const [seed, room] of rooms.entries()) {
      await work.github.commit('uDOS/first', { files: { 'f.txt': text(seed) } })
      await work.github.commit('uDOS/second', { files: { 's.txt': text(seed + 100) } })
      await work.github.commit('uDOS/super', {
        files: { 'top.txt': `${seed}\n`, b: null, ...(await point('x/b')) },
      })
      const before = await kept()
      const ballast = await fillAllBut(room)
      const { status, error } = await sync()
      expect([room, status, error.code]).toEqual([room, 'failed', 'FAILED'])
      expect(error.message).toMatch(/no space is left on the disk of .*super/)
      expect([room, await kept()]).toEqual([room, before])
      await rm(ballast)
    }
    expect(await sync()).toMatchObject({ status: 'updated', warnings: [], error: null })
    expect(await work.read(`${place}/a/f.txt`)).toBe(text(2))
    expect(await work.read(`${place}/x/b/s.txt`)).toBe(text(102))
    expect(await work.read(`${place}/x/b/mine.txt`)).toBe('mine\n')
    expect(await work.git(place, 'status', '--porcelain')).toBe(' M x/b')
  })

  it('fails a clone in clear words, and leaves nothing', async ({ skip }) => {
    if (small === null) return skip()
    await rm(join(small, 'library'), { recursive: true })
    const ballast = await fillAllBut(1_500_000)
    const { status, error } = await sync()
    expect(status).toBe('failed')
    expect(error.message).toMatch(/no space is left on the disk/)
    expect(await readdir(join(small, 'library/all'))).toEqual([])
    await rm(ballast)
    expect(await sync()).toMatchObject({ status: 'cloned', warnings: [], error: null })
  })
})
