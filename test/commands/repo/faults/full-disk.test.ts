import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../../../support/workspace.js'

const run = promisify(execFile)
let work: Workspace
/** null if this machine does not allow mounts. */
let small: string | null = null

beforeAll(async () => {
  work = await openWorkspace()
  const folder = work.path('small')
  await mkdir(folder)
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder])
    small = folder
  } catch (error) {
    console.log(`skipped: no tmpfs can be mounted here: ${(error as Error).message.trim()}`)
  }
  await work.github.addRepository('uDOS/large', {
    files: { 'large.bin': noise(6), 'a.txt': 'one\n' },
  })
  await work.github.addRepository('uDOS/growing', { files: { 'a.txt': 'one\n' } })
  await work.repos({ tools: [{ repo: 'large' }, { repo: 'growing' }] })
})
afterAll(async () => {
  if (small !== null) await run('umount', [small])
  await work.close()
})

/** Megabytes that do not compress, from a fixed seed. */
function noise(megabytes: number): Buffer {
  const blocks = Array.from({ length: megabytes * 16_384 }, (_, index) =>
    createHash('sha512').update(`seed ${index}`).digest(),
  )
  return Buffer.concat(blocks)
}
const sync = (repo: string) => work.wizard('REPO', 'SYNC', repo, '--json', '--root', small ?? '')

describe('a full disk', { tags: ['deep'] }, () => {
  it('fails a clone in clear words, leaves nothing, and is overcome', async ({ skip }) => {
    if (small === null) return skip()
    const { status, json } = await sync('large')
    expect(status).toBe(1)
    expect(json.repositories).toMatchObject([{ status: 'failed', error: { code: 'FAILED' } }])
    expect(json.repositories[0].error.message).toMatch(/no space is left on the disk/)
    expect(await readdir(join(small, 'library/tools')).catch(() => [])).toEqual([])
    const { bfree, bsize } = await statfs(small)
    expect(bfree * bsize).toBeGreaterThan(3_500_000)
  })

  it('fails a pull in clear words, with all as it was, and the next run is whole', async ({
    skip,
  }) => {
    if (small === null) return skip()
    expect((await sync('growing')).status).toBe(0)
    const from = await work.github.oid('uDOS/growing')
    await writeFile(join(small, 'library/tools/growing/mine.txt'), 'mine\n')
    const to = await work.github.commit('uDOS/growing', {
      files: { 'large.bin': noise(1), 'a.txt': 'two\n' },
    })
    const ballast = join(small, 'ballast')
    // Enough room for the pack, but not for its file.
    await writeFile(ballast, Buffer.alloc(2_600_000))
    const { status, json } = await sync('growing')
    expect(status).toBe(1)
    expect(json.repositories).toMatchObject([{ status: 'failed', error: { code: 'FAILED' } }])
    expect(json.repositories[0].error.message).toMatch(/no space is left on the disk/)
    const growing = 'small/library/tools/growing'
    expect(await work.git(growing, 'rev-parse', 'HEAD')).toBe(from)
    expect(await work.git(growing, 'status', '--porcelain')).toBe('?? mine.txt')
    expect(await work.git(growing, 'fsck', '--full', '--no-dangling')).toBe('')

    await rm(ballast)
    expect((await sync('growing')).json.repositories).toMatchObject([{ status: 'updated', to }])
    expect(await work.git(growing, 'status', '--porcelain')).toBe('?? mine.txt')
  })

  it('fails a pull of Git LFS in clear words, with all as it was, and the next run is whole', async ({
    skip,
  }) => {
    if (small === null) return skip()
    const media = 'small/library/tools/media'
    const attributes = { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n' }
    await work.github.addRepository('uDOS/media', { files: attributes })
    await work.repos({ tools: [{ repo: 'media' }] })
    expect((await sync('media')).status).toBe(0)
    const from = await work.github.oid('uDOS/media')
    await work.write(`${media}/mine.txt`, 'mine\n')
    const ballast = join(small, 'ballast')
    const { bfree, bsize } = await statfs(small)
    // First enough for half of the object, then for the object but not for its file.
    for (const [room, seed] of [
      [300_000, 1],
      [900_000, 2],
    ] as const) {
      const object = await work.github.addLfsObject('uDOS/media', { seed, size: 600_000 })
      await work.github.commit('uDOS/media', { files: { 'large.bin': object.pointer } })
      await writeFile(ballast, Buffer.alloc(bfree * bsize - room))
      const { status, json } = await sync('media')
      expect(status).toBe(1)
      expect(json.repositories).toMatchObject([{ status: 'failed', error: { code: 'FAILED' } }])
      expect(json.repositories[0].error.message).toMatch(/no space is left on the disk/)
      expect(await work.git(media, 'rev-parse', 'HEAD')).toBe(from)
      expect(await work.git(media, 'status', '--porcelain')).toBe('?? mine.txt')
    }
    await rm(ballast)
    expect((await sync('media')).json.repositories).toMatchObject([{ status: 'updated' }])
    expect((await stat(work.path(media, 'large.bin'))).size).toBe(600_000)
    expect(await work.read(`${media}/mine.txt`)).toBe('mine\n')
  })
})
