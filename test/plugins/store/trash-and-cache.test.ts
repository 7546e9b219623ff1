import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { keep, pruneCache, takeFromCache } from '../../../src/plugins/store/cache.js'
import type { StorePaths } from '../../../src/plugins/store/paths.js'
import { filesBelow, writeRecord } from '../../../src/plugins/store/record.js'
import { isAsInstalled, rescue, timeOf } from '../../../src/plugins/store/trash.js'
import { noon, testClock } from '../../support/clock.js'
import { lockEntry, type Texts, temporaryRoot, textsBelow, writeTree } from '../support.js'

let paths: StorePaths
beforeEach(async () => {
  paths = await temporaryRoot()
})

const files: Texts = { 'manifest.json': '{}', 'bin/run': { executable: '#!/bin/sh\n' } }
const texts = { 'manifest.json': '{}', 'bin/run': '#!/bin/sh\n' }

describe('the trash', () => {
  const time = timeOf(testClock(noon))
  let copy: { tree: string; record: string }
  beforeEach(async () => {
    copy = { tree: join(paths.own, 'copy'), record: join(paths.own, 'copy.json') }
    await writeTree(copy.tree, files)
    await writeRecord(copy.record, { entry: lockEntry(), files: await filesBelow(copy.tree) })
  })

  it('has a folder for each moment', () => {
    expect(time).toBe('20260114T120000Z')
  })

  it('leaves alone what nobody changed', async () => {
    expect(await isAsInstalled(copy)).toBe(true)
    expect(await rescue(paths, 'micro', copy, time)).toBeNull()
    expect([existsSync(copy.tree), existsSync(paths.trash)]).toEqual([true, false])
  })

  it.each<[string, () => Promise<unknown>]>([
    ['somebody changed', () => writeFile(join(copy.tree, 'bin/run'), 'mine')],
    ['somebody added to', () => writeFile(join(copy.tree, 'mine.txt'), 'mine')],
    ['nobody has a record of', () => rm(copy.record)],
    ['has a damaged record', () => writeFile(copy.record, '{')],
  ])('takes a copy that %s', async (_name, change) => {
    await change()
    const before = await textsBelow(copy.tree)
    const place = await rescue(paths, 'micro', copy, time)
    expect(place).toBe(join(paths.root, '.wizard/trash', time, 'plugins/micro'))
    expect(await textsBelow(place ?? '')).toEqual(before)
    expect(existsSync(copy.tree)).toBe(false)
  })

  it('never puts one over another', async () => {
    const places: (string | null)[] = []
    for (const text of ['one', 'two', 'three']) {
      await writeTree(copy.tree, { 'mine.txt': text })
      places.push(await rescue(paths, 'micro', copy, time))
    }
    expect(places.map((place) => place?.replace(/.*plugins\//, ''))).toEqual([
      'micro',
      'micro-2',
      'micro-3',
    ])
    expect(await readFile(join(places[1] ?? '', 'mine.txt'), 'utf8')).toBe('two')
  })

  it('has nothing to take where there is nothing', async () => {
    await rm(copy.tree, { recursive: true })
    expect(await rescue(paths, 'micro', copy, time)).toBeNull()
  })
})

describe('the cache', () => {
  const { sha256 } = lockEntry()
  const out = () => join(paths.staging, 'w1', 'new')
  beforeEach(async () => {
    const tree = join(paths.own, 'tree')
    await writeTree(tree, files)
    await mkdir(join(paths.staging, 'w1'), { recursive: true })
    await keep(paths, tree, { entry: lockEntry(), files: await filesBelow(tree) })
  })

  it('gives back what was kept, with modes', async () => {
    expect(await takeFromCache(paths, sha256, out())).toMatchObject({ sha256 })
    expect(await textsBelow(out())).toEqual(texts)
    const [run] = await filesBelow(out())
    expect(run).toMatchObject({ path: 'bin/run', executable: true })
  })

  it('gives back what is too large for memory', { tags: ['deep'] }, async () => {
    const tree = join(paths.own, 'large')
    await writeTree(tree, { 'large.bin': 'large '.repeat(3_000_000), 'a/b.txt': 'b' })
    const files = await filesBelow(tree)
    await keep(paths, tree, { entry: lockEntry(), files })
    expect(await takeFromCache(paths, sha256, out())).toMatchObject({ sha256 })
    expect(await filesBelow(out())).toEqual(files)
  })

  const archive = () => join(paths.cache, `${sha256}.tar.gz`)
  it.each<[string, () => Promise<unknown>]>([
    ['has no record', () => rm(join(paths.cache, `${sha256}.json`))],
    ['has no archive', () => rm(archive())],
    ['is cut', async () => writeFile(archive(), (await readFile(archive())).subarray(0, 60))],
    ['is no archive', () => writeFile(archive(), 'x')],
    [
      'holds other files than its record says',
      async () => {
        const tree = join(paths.own, 'other')
        await writeTree(tree, { 'manifest.json': '[]' })
        const record = await readFile(join(paths.cache, `${sha256}.json`))
        await keep(paths, tree, { entry: lockEntry(), files: await filesBelow(tree) })
        await writeFile(join(paths.cache, `${sha256}.json`), record)
      },
    ],
  ])('gives nothing of what %s, and leaves nothing behind', async (_name, damage) => {
    await damage()
    expect(await takeFromCache(paths, sha256, out())).toBeNull()
    expect(existsSync(out())).toBe(false)
  })

  it('keeps what is still wanted, and what is none of its files', async () => {
    await writeFile(join(paths.cache, 'mine.txt'), '')
    await writeFile(join(paths.cache, `${'f'.repeat(64)}.json.new`), '')
    await pruneCache(paths, new Set([sha256]))
    expect((await readdir(paths.cache)).sort()).toEqual([
      `${sha256}.json`,
      `${sha256}.tar.gz`,
      'mine.txt',
    ])
    await pruneCache(paths, new Set())
    expect(await readdir(paths.cache)).toEqual(['mine.txt'])
  })

  it('may not be there', async () => {
    await rm(paths.cache, { recursive: true })
    await pruneCache(paths, new Set())
    expect(await takeFromCache(paths, sha256, out())).toBeNull()
  })
})
