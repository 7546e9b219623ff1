import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { deflateSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CorruptObjectError, MissingObjectError } from '../../../../src/git/errors.js'
import { loosePath, openObjectStore } from '../../../../src/git/plumbing/objects/store.js'
import { testClock } from '../../../support/clock.js'
import { addHistory } from '../../support/histories.js'
import { git, gitBytes, temporaryFolder } from '../../support/real-git.js'

function repository(): string {
  const dir = temporaryFolder()
  git(dir, ['init', '--bare', '--quiet'])
  return dir
}

async function open(dir: string) {
  const store = await openObjectStore(dir)
  onTestFinished(() => store.close())
  return store
}

async function piecesOf(dir: string, oid: string): Promise<Buffer> {
  const blob = await (await open(dir)).open(oid)
  if ('data' in blob) throw new Error('it was not large')
  return buffer(Readable.from(blob.pieces))
}

const allObjects = (dir: string) =>
  git(dir, ['cat-file', '--batch-all-objects', '--batch-check=%(objectname) %(objecttype)'])
    .split('\n')
    .map((line) => line.split(' ') as [string, string])

async function expectSameAsGit(dir: string) {
  const store = await open(dir)
  const objects = allObjects(dir)
  expect(objects.length).toBeGreaterThan(50)
  for (const [oid, type] of objects) {
    const object = await store.read(oid)
    expect(object.type).toBe(type)
    expect(object.data.equals(gitBytes(dir, ['cat-file', type, oid]))).toBe(true)
    expect(await store.has(oid)).toBe(true)
  }
}

describe('the objects of a repository', () => {
  test('loose ones', { tags: ['deep'] }, async () => {
    const dir = repository()
    addHistory(dir, { commits: 5, files: 5 })
    expect(readdirSync(join(dir, 'objects/pack'))).toEqual([])
    await expectSameAsGit(dir)
  })

  test('packed ones, with deltas by offset', { tags: ['deep'] }, async () => {
    const dir = repository()
    addHistory(dir, { commits: 20, files: 10 })
    git(dir, ['repack', '-adfq', '--depth=20'])
    await expectSameAsGit(dir)
  })

  test('packed ones, with deltas by id', { tags: ['deep'] }, async () => {
    const dir = repository()
    addHistory(dir, { commits: 20, files: 10 })
    git(dir, ['-c', 'repack.useDeltaBaseOffset=false', 'repack', '-adfq', '--depth=20'])
    await expectSameAsGit(dir)
  })

  test('borrowed ones', { tags: ['deep'] }, async () => {
    const origin = repository()
    addHistory(origin, { commits: 5, files: 5 })
    const dir = temporaryFolder()
    git(dir, ['clone', '--quiet', '--bare', '--shared', origin, 'borrower'])
    await expectSameAsGit(join(dir, 'borrower'))
  })

  test('beyond 31 bits, by the table of long offsets', { tags: ['deep'] }, async () => {
    const dir = repository()
    addHistory(dir, { commits: 5, files: 5 })
    git(dir, ['repack', '-adfq'])
    const pack = packOf(dir)
    const idx = pack.replace(/pack$/, 'idx')
    chmodSync(idx, 0o644)
    git(dir, ['index-pack', '--index-version=2,0x40', '-o', idx, pack])
    expect(readFileSync(idx).length % 28).not.toBe((8 + 1024 + 40) % 28)
    await expectSameAsGit(dir)
  })

  test('packed by another process meanwhile', async () => {
    const dir = repository()
    const store = await open(dir)
    addHistory(dir)
    const head = git(dir, ['rev-parse', 'main'])
    expect(await store.has(head)).toBe(true)
    git(dir, ['repack', '-adq'])
    expect((await store.read(head)).type).toBe('commit')
  })

  test('a missing one', async () => {
    const store = await open(repository())
    const oid = '1234567890123456789012345678901234567890'
    expect(await store.has(oid)).toBe(false)
    await expect(store.read(oid)).rejects.toThrow(MissingObjectError)
  })
})

describe('a damaged repository', () => {
  test('a loose object whose bytes are another one’s', async () => {
    const dir = repository()
    const oid = git(dir, ['hash-object', '-w', '--stdin'], { input: 'right' })
    const path = loosePath(join(dir, 'objects'), oid)
    rmSync(path)
    writeFileSync(path, deflateSync(Buffer.from('blob 5\0wrong')))
    const store = await open(dir)
    await expect(store.read(oid)).rejects.toThrow(/does not contain the object it is named after/)
  })

  test.each([
    ['cut', (bytes: Buffer) => bytes.subarray(0, bytes.length - 3)],
    ['empty', () => Buffer.alloc(0)],
    ['of another size', () => deflateSync(Buffer.from('blob 9\0right'))],
    ['of no type', () => deflateSync(Buffer.from('blab 5\0right'))],
  ])('a loose object that is %s', async (_, damage) => {
    const dir = repository()
    const oid = git(dir, ['hash-object', '-w', '--stdin'], { input: 'right' })
    const path = loosePath(join(dir, 'objects'), oid)
    const bytes = readFileSync(path)
    rmSync(path)
    writeFileSync(path, damage(bytes))
    await expect((await open(dir)).read(oid)).rejects.toThrow(CorruptObjectError)
  })

  test('one wrong byte anywhere in a pack is an error or harmless, never a wrong object', {
    tags: ['deep'],
  }, async () => {
    const dir = repository()
    addHistory(dir, { commits: 8, files: 4, lines: 20 })
    git(dir, ['repack', '-adfq'])
    const objects = allObjects(dir)
    const before = await open(dir)
    const data = new Map<string, Buffer>()
    for (const [oid] of objects) data.set(oid, (await before.read(oid)).data)
    const pack = packOf(dir)
    const right = readFileSync(pack)
    chmodSync(pack, 0o644)
    let errors = 0
    for (let at = 12; at < right.length - 20; at += 997) {
      const wrong = Buffer.from(right)
      wrong[at] = (wrong[at] ?? 0) ^ 0x10
      writeFileSync(pack, wrong)
      const store = await openObjectStore(dir)
      for (const [oid] of objects) {
        try {
          expect((await store.read(oid)).data.equals(data.get(oid)!)).toBe(true)
        } catch (error) {
          if (!(error instanceof CorruptObjectError)) throw error
          errors++
        }
      }
      await store.close()
    }
    expect(errors).toBeGreaterThan(0)
  })

  test('a large blob, gone through in pieces', { tags: ['deep'] }, async () => {
    const dir = repository()
    const input = Buffer.from(
      Float64Array.from({ length: 600_000 }, (_, at) => Math.sin(at)).buffer,
    )
    const oid = git(dir, ['hash-object', '-w', '--stdin'], { input })
    git(dir, ['pack-objects', '-q', 'objects/pack/pack'], { input: oid })
    rmSync(loosePath(join(dir, 'objects'), oid))
    const pack = packOf(dir)
    const right = readFileSync(pack)
    chmodSync(pack, 0o644)
    const wrong = Buffer.from(right)
    wrong.fill(0xff, 1_000_000, 1_000_100)
    const longer = Buffer.from(right)
    longer[12] = (longer[12] ?? 0) ^ 0x01
    expect((await piecesOf(dir, oid)).equals(input)).toBe(true)
    for (const damaged of [wrong, right.subarray(0, 1_000_000), longer]) {
      writeFileSync(pack, damaged)
      await expect(piecesOf(dir, oid)).rejects.toThrow(CorruptObjectError)
    }
  })

  test('an index that is cut, or no index', async () => {
    const dir = repository()
    addHistory(dir, { commits: 2, files: 2 })
    git(dir, ['repack', '-adq'])
    const idx = packOf(dir).replace(/pack$/, 'idx')
    const right = readFileSync(idx)
    chmodSync(idx, 0o644)
    writeFileSync(idx, right.subarray(0, 1100))
    await expect(openObjectStore(dir)).rejects.toThrow(/cut short/)
    writeFileSync(idx, 'no index'.repeat(200))
    await expect(openObjectStore(dir)).rejects.toThrow(/fan-out table is not sorted/)
  })
})

test('alternates that name each other end', async () => {
  const one = repository()
  const two = repository()
  for (const [dir, other] of [
    [one, two],
    [two, one],
  ] as const) {
    mkdirSync(join(dir, 'objects/info'), { recursive: true })
    appendFileSync(join(dir, 'objects/info/alternates'), `# a comment\n${other}/objects\n`)
  }
  addHistory(two, { commits: 1, files: 1 })
  expect(await (await open(one)).has(git(two, ['rev-parse', 'main']))).toBe(true)
})

test.each([
  ['is looked for again where packs have just come', 0, true],
  ['is not where none have come for long', 10_000, false],
])('what is not there %s', async (_name, later, isFound) => {
  const dir = repository()
  addHistory(dir, { commits: 1, files: 1 })
  const tip = git(dir, ['rev-parse', 'main'])
  git(dir, ['repack', '-adq'])
  const packs = join(dir, 'objects/pack')
  const away = join(dir, 'away')
  const { atime, mtime } = statSync(packs)
  renameSync(packs, away)
  mkdirSync(packs)
  utimesSync(packs, atime, mtime)
  const store = await openObjectStore(dir, testClock(mtime.getTime() + later))
  onTestFinished(() => store.close())
  rmSync(packs, { recursive: true })
  renameSync(away, packs)
  // A folder changed twice within what a file system tells apart.
  utimesSync(packs, atime, mtime)
  expect(await store.has(tip)).toBe(isFound)
})

function packOf(dir: string): string {
  const names = readdirSync(join(dir, 'objects/pack')).filter((name) => name.endsWith('.pack'))
  expect(names).toHaveLength(1)
  return join(dir, 'objects/pack', names[0] ?? '')
}
