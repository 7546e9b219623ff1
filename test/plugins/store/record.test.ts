import { createHash } from 'node:crypto'
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  differenceOf,
  type FileRecord,
  filesBelow,
  isAsRecorded,
  readRecord,
  treeDigest,
  writeRecord,
} from '../../../src/plugins/store/record.js'
import { lockEntry, temporaryRoot, writeTree } from '../support.js'

let folder: string
let at: (path: string) => string
const files = {
  'manifest.json': '{}',
  'bin/run': { executable: '#!/bin/sh\n' },
  'deep/er/a.txt': 'a',
}

beforeEach(async () => {
  const { plugins } = await temporaryRoot()
  folder = join(plugins, 'micro')
  at = (path) => join(folder, path)
  await writeTree(folder, files)
})

describe('filesBelow', () => {
  it('lists every file with what it holds, in the order of paths', async () => {
    const found = await filesBelow(folder)
    expect(found.map(({ path, executable, size }) => [path, executable, size])).toEqual([
      ['bin/run', true, 10],
      ['deep/er/a.txt', false, 1],
      ['manifest.json', false, 2],
    ])
    expect(found[1]?.sha256).toBe(
      'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
    )
  })

  it('reads large files as it reads small ones', async () => {
    const sizes = [0, 262_144, 262_145, 1_000_000]
    await writeTree(folder, Object.fromEntries(sizes.map((size) => [`${size}`, 'x'.repeat(size)])))
    const found = (await filesBelow(folder)).filter(({ path }) => /^\d/.test(path))
    const sums = sizes.map((size) => ({
      path: `${size}`,
      executable: false,
      size,
      sha256: createHash('sha256').update('x'.repeat(size)).digest('hex'),
    }))
    const byPath = (one: { path: string }, other: { path: string }) =>
      one.path < other.path ? -1 : 1
    expect(found).toEqual(sums.sort(byPath))
  })

  it('takes a symbolic link for what it leads to, in words, and follows none', async () => {
    await symlink('/etc', at('link'))
    expect((await filesBelow(folder)).find(({ path }) => path === 'link')).toEqual({
      path: 'link',
      executable: false,
      size: 0,
      sha256: 'link /etc',
    })
  })

  it('finds nothing where there is no folder', async () => {
    expect(await filesBelow(at('none'))).toEqual([])
    expect(await filesBelow(at('manifest.json'))).toEqual([])
  })
})

describe('differenceOf', () => {
  let known: FileRecord[]
  beforeEach(async () => {
    known = await filesBelow(folder)
  })

  it.each<[string, () => Promise<unknown>, object]>([
    ['nothing', async () => {}, {}],
    [
      'another text of the same length',
      () => writeFile(at('deep/er/a.txt'), 'b'),
      { changed: ['deep/er/a.txt'] },
    ],
    ['a file that can be run no more', () => chmod(at('bin/run'), 0o644), { changed: ['bin/run'] }],
    ['a file that is gone', () => rm(at('manifest.json')), { missing: ['manifest.json'] }],
    ['a file that is new', () => writeFile(at('deep/mine.txt'), ''), { extra: ['deep/mine.txt'] }],
    ['an empty folder, which holds nobody’s work', () => mkdir(at('empty')), {}],
    [
      'a link in a file’s place',
      async () => {
        await rm(at('manifest.json'))
        await symlink('bin/run', at('manifest.json'))
      },
      { changed: ['manifest.json'] },
    ],
    [
      'all of it',
      () => rm(folder, { recursive: true }),
      { missing: ['bin/run', 'deep/er/a.txt', 'manifest.json'] },
    ],
  ])('tells %s', async (_name, change, expected) => {
    await change()
    const difference = await differenceOf(folder, known)
    expect(difference).toEqual({ changed: [], missing: [], extra: [], ...expected })
    expect(isAsRecorded(difference)).toBe(Object.keys(expected).length === 0)
  })
})

describe('treeDigest', () => {
  const file: FileRecord = { path: 'a', executable: false, size: 1, sha256: 'c'.repeat(64) }

  it('is that of a line for each file, wherever it is counted', () => {
    // printf '100644 ccc… a\n' | sha256sum
    expect(treeDigest([file])).toBe(
      '718417f4575965192e6e64643b90d7774714e4b6e5105b2bbe9d12ae7579c35e',
    )
  })

  it.each<[string, FileRecord[]]>([
    ['a path', [{ ...file, path: 'b' }]],
    ['a mode', [{ ...file, executable: true }]],
    ['a content', [{ ...file, sha256: 'd'.repeat(64) }]],
    ['one more', [file, { ...file, path: 'b' }]],
    ['none', []],
  ])('changes with %s', (_name, other) => {
    expect(treeDigest(other)).not.toBe(treeDigest([file]))
  })
})

describe('a record', () => {
  it('is read as it was written', async () => {
    const copy = { entry: lockEntry(), files: await filesBelow(folder) }
    await writeRecord(at('record.json'), copy)
    expect(await readRecord(at('record.json'))).toEqual(copy)
  })

  it.each([
    ['none', null],
    ['no JSON', '{"entry":'],
    ['another shape', '{"entry":{},"files":[]}'],
    ['no list of files', JSON.stringify({ entry: lockEntry() })],
    ['a file without a sum', JSON.stringify({ entry: lockEntry(), files: [{ path: 'a' }] })],
  ])('is not known where there is %s', async (_name, text) => {
    if (text !== null) await writeFile(at('record.json'), text)
    expect(await readRecord(at('record.json'))).toBeNull()
  })
})
