import { createHash } from 'node:crypto'
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { GitHubError, GitHubNetworkError } from '../../../../src/base/errors.js'
import type { Git } from '../../../../src/git/git.js'
import { openObjectStore } from '../../../../src/git/plumbing/objects/store.js'
import { clearIncoming } from '../../../../src/git/plumbing/pack/incoming.js'
import { checkPack, receivePack } from '../../../../src/git/plumbing/pack/receive.js'
import type { Liveness } from '../../../../src/process/owner-mark.js'
import { client } from '../../support/client.js'
import { addHistory, randomNumbers } from '../../support/histories.js'
import { git, gitBytes, temporaryFolder } from '../../support/real-git.js'

function repository(): string {
  const dir = temporaryFolder()
  git(dir, ['init', '--bare', '--quiet'])
  return dir
}

/** A server's pack of everything in the repository. */
const packOf = (dir: string, ...options: string[]) =>
  gitBytes(dir, ['pack-objects', '--all', '--stdout', '-q', ...options], { input: '' })

async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

interface Options {
  git?: Git
  piece?: number
  wanted?: string[]
  shallow?: string[]
}

async function receive(dir: string, pack: Buffer, options: Options = {}): Promise<number> {
  const store = await openObjectStore(dir)
  try {
    const { bytes } = await receivePack(options.git ?? client(), {
      gitDir: dir,
      chunks: inPieces(pack, options.piece ?? 65_515),
      host: 'server',
      store,
      wanted: options.wanted ?? [],
      shallow: new Set(options.shallow),
    })
    return bytes
  } finally {
    await store.close()
  }
}

const packFolder = (dir: string) => readdirSync(join(dir, 'objects/pack')).sort()

/** The pack exists, its index equals git's byte for byte, and nothing else is left. */
function expectAsGitIndexes(dir: string, pack: Buffer): void {
  const name = `pack-${pack.subarray(-20).toString('hex')}`
  expect(packFolder(dir)).toEqual([`${name}.idx`, `${name}.pack`])
  expect(readFileSync(join(dir, 'objects/pack', `${name}.pack`)).equals(pack)).toBe(true)
  const oracle = temporaryFolder()
  writeFileSync(join(oracle, 'x.pack'), pack)
  git(oracle, ['index-pack', 'x.pack'])
  const index = readFileSync(join(dir, 'objects/pack', `${name}.idx`))
  expect(index.equals(readFileSync(join(oracle, 'x.idx')))).toBe(true)
  git(dir, ['verify-pack', `objects/pack/${name}.idx`])
}

describe('a pack is indexed as git indexes it', () => {
  test.each([
    ['deltas by offset', ['--delta-base-offset']],
    ['deltas by id', []],
    ['no deltas', ['--window=0']],
    ['deep chains', ['--delta-base-offset', '--depth=200', '--window=50', '--no-reuse-delta']],
  ])('%s', async (_, options) => {
    const from = repository()
    addHistory(from, { commits: 120, files: 12 })
    const pack = packOf(from, ...options)
    const dir = repository()
    expect(await receive(dir, pack)).toBe(pack.length)
    expectAsGitIndexes(dir, pack)
  })

  test('bases after their deltas, by id: the same objects in the opposite order', async () => {
    const from = repository()
    addHistory(from, { commits: 60, files: 6 })
    const pack = reversed(from, packOf(from, '--depth=40', '--no-reuse-delta'))
    const dir = repository()
    await receive(dir, pack)
    expectAsGitIndexes(dir, pack)
  })

  test('arriving a byte at a time', async () => {
    const from = repository()
    addHistory(from, { commits: 1, files: 1 })
    const pack = packOf(from)
    const dir = repository()
    await receive(dir, pack.subarray(), { piece: 7 })
    expectAsGitIndexes(dir, pack)
  })

  test('big blobs, taken in pieces, one the base of another (seed 3)', {
    tags: ['deep'],
  }, async () => {
    const from = repository()
    const random = randomNumbers(3)
    const big = Buffer.from(
      Uint32Array.from({ length: 1_200_000 }, () => random() * 2 ** 32).buffer,
    )
    const other = Buffer.concat([big, Buffer.from('more')])
    const zeros = Buffer.alloc(10_000_000)
    for (const input of [big, other, zeros]) git(from, ['hash-object', '-w', '--stdin'], { input })
    const objects = git(from, ['cat-file', '--batch-all-objects', '--batch-check=%(objectname)'])
    const pack = gitBytes(from, ['pack-objects', '--stdout', '-q'], { input: objects })
    expect(pack.length).toBeLessThan(6_000_000)
    const dir = repository()
    await receive(dir, pack)
    expectAsGitIndexes(dir, pack)
  })

  test('a zlib stream longer than zlib itself would make it', async () => {
    const data = Buffer.from('hello\n')
    const emptyBlocks = Buffer.alloc(5 * 300_000, Buffer.of(0, 0, 0, 0xff, 0xff))
    const deflated = deflateSync(data)
    const stream = Buffer.concat([deflated.subarray(0, 2), emptyBlocks, deflated.subarray(2)])
    const header = Buffer.from('PACK\0\0\0\u0002\0\0\0\u0001', 'latin1')
    const entry = Buffer.concat([Buffer.of(0x30 + data.length), stream])
    const pack = signed(Buffer.concat([header, entry, Buffer.alloc(20)]))
    const dir = repository()
    await receive(dir, pack)
    expectAsGitIndexes(dir, pack)
    const store = await openObjectStore(dir)
    onTestFinished(() => store.close())
    const oid = git(dir, ['hash-object', '--stdin'], { input: data })
    expect((await store.read(oid)).data).toEqual(data)
  })

  test('an empty pack leaves nothing', async () => {
    const dir = repository()
    const pack = gitBytes(dir, ['pack-objects', '--stdout', '-q'], { input: '' })
    expect(pack.length).toBe(32)
    expect(await receive(dir, pack)).toBe(32)
    expect(packFolder(dir)).toEqual([])
  })

  test('progress tells bytes as they arrive, then objects', async () => {
    const from = repository()
    addHistory(from)
    const pack = packOf(from)
    const told = client()
    await receive(repository(), pack, { git: told, piece: 1000 })
    const receiving = told.progress.filter(({ phase }) => phase === 'receiving')
    expect(receiving.length).toBe(Math.ceil(pack.length / 1000))
    const count = pack.readUInt32BE(8)
    expect(told.progress.at(-1)).toEqual({
      phase: 'indexing',
      bytes: pack.length,
      done: count,
      total: count,
    })
  })
})

describe('a pack that is not right leaves nothing', () => {
  function small(): { pack: Buffer; dir: string } {
    const from = repository()
    addHistory(from, { commits: 6, files: 3, lines: 20 })
    return { pack: packOf(from, '--delta-base-offset'), dir: repository() }
  }

  test('cut anywhere', { tags: ['deep'] }, async () => {
    const { pack, dir } = small()
    for (let length = 0; length < pack.length; length += length < 64 ? 1 : 331) {
      const received = receive(dir, pack.subarray(0, length))
      await expect(received).rejects.toThrow(length < 32 ? GitHubNetworkError : GitHubError)
      expect(packFolder(dir)).toEqual([])
    }
  })

  test('one wrong byte anywhere', { tags: ['deep'] }, async () => {
    const { pack, dir } = small()
    for (let at = 0; at < pack.length; at += at < 64 ? 1 : 331) {
      const wrong = Buffer.from(pack)
      wrong[at] = (wrong[at] ?? 0) ^ 0x20
      await expect(receive(dir, wrong)).rejects.toThrow(GitHubError)
      expect(packFolder(dir)).toEqual([])
    }
  })

  test('one wrong byte anywhere, under a checksum that fits', { tags: ['deep'] }, async () => {
    const { pack, dir } = small()
    const wanted = wantedOf(pack)
    let refused = 0
    for (let at = 4; at < pack.length - 20; at += at < 64 ? 3 : 399) {
      const wrong = Buffer.from(pack)
      wrong[at] = (wrong[at] ?? 0) ^ 0x20
      try {
        await receive(dir, signed(wrong), { wanted })
      } catch (error) {
        expect(error).toBeInstanceOf(GitHubError)
        expect(packFolder(dir)).toEqual([])
        refused++
      }
    }
    // Unused bits of a zlib header may differ; nothing else may.
    expect(refused).toBeGreaterThan(20)
    git(dir, ['fsck', '--full'])
  })

  test.each([
    ['more objects than it says', (pack: Buffer) => recount(pack, -1)],
    ['fewer objects than it says', (pack: Buffer) => recount(pack, 1)],
    ['far fewer objects than it says', (pack: Buffer) => recount(pack, 1e9)],
    ['version 4', (pack: Buffer) => patched(pack, 7, 4)],
    ['no pack', (pack: Buffer) => patched(pack, 0, 0)],
  ])('%s', { tags: ['deep'] }, async (_, lie) => {
    const { pack, dir } = small()
    await expect(receive(dir, signed(lie(pack)))).rejects.toThrow(GitHubError)
    expect(packFolder(dir)).toEqual([])
  })

  test('an object is missing that another names', { tags: ['deep'] }, async () => {
    const from = repository()
    addHistory(from, { commits: 6, files: 3, lines: 20 })
    const all = git(from, ['rev-list', '--objects', '--all', '--no-object-names']).split('\n')
    for (const missing of all.slice(1).filter((_, at) => at % 3 === 0)) {
      const input = all.filter((oid) => oid !== missing).join('\n')
      const pack = gitBytes(from, ['pack-objects', '--stdout', '-q'], { input })
      const dir = repository()
      await expect(receive(dir, pack)).rejects.toThrow(`object ${missing} is missing`)
      expect(packFolder(dir)).toEqual([])
    }
  })

  test('what was asked for is not in it', { tags: ['deep'] }, async () => {
    const { pack, dir } = small()
    const wanted = ['1234567890123456789012345678901234567890']
    await expect(receive(dir, pack, { wanted })).rejects.toThrow(/is missing/)
    expect(packFolder(dir)).toEqual([])
  })

  test('an aborted signal', async () => {
    const { pack, dir } = small()
    const signal = AbortSignal.abort(new Error('enough'))
    async function* slow() {
      yield* inPieces(pack, 1000)
      signal.throwIfAborted()
    }
    const store = await openObjectStore(dir)
    const request = {
      gitDir: dir,
      chunks: slow(),
      host: 'server',
      store,
      wanted: [],
      shallow: new Set<string>(),
    }
    await expect(receivePack(client({ signal }), request)).rejects.toThrow('enough')
    expect(packFolder(dir)).toEqual([])
  })
})

test('a checked pack counts only once it is published', { tags: ['deep'] }, async () => {
  const from = repository()
  addHistory(from, { commits: 2, files: 1 })
  const bytes = packOf(from)
  for (const isKept of [false, true]) {
    const dir = repository()
    const store = await openObjectStore(dir)
    onTestFinished(() => store.close())
    const chunks = inPieces(bytes, 65_515)
    const request = { gitDir: dir, chunks, host: 'server', store, wanted: [], shallow: new Set('') }
    const pack = await checkPack(client(), request)
    expect(readFileSync(pack.path).equals(bytes)).toBe(true)
    expect(packFolder(dir).filter((name) => name.startsWith('pack-'))).toEqual([])
    if (isKept) await pack.publish()
    await pack.discard()
    if (isKept) expectAsGitIndexes(dir, bytes)
    else expect(packFolder(dir)).toEqual([])
  }
})

test('where history is cut here, parents are not asked for', { tags: ['deep'] }, async () => {
  const from = repository()
  addHistory(from, { commits: 3, files: 2 })
  const tip = git(from, ['rev-parse', 'main'])
  const objects = git(from, ['rev-list', '--objects', '--no-object-names', `${tip}^{tree}`])
  const input = `${tip}\n${objects}\n`
  const pack = gitBytes(from, ['pack-objects', '--stdout', '-q'], { input })
  await expect(receive(repository(), pack)).rejects.toThrow(/is missing/)
  const dir = repository()
  await receive(dir, pack, { shallow: [tip] })
  expectAsGitIndexes(dir, pack)
})

describe('what a killed process left', () => {
  const liveness: Liveness = { mark: 'me', isAlive: async (mark) => mark !== 'dead' }

  const leave = (dir: string, name: string, owner: string) => {
    const folder = join(dir, 'objects/pack')
    writeFileSync(join(folder, `tmp_pack_${name}`), 'half a pack')
    symlinkSync(`wizard:${owner}`, join(folder, `tmp_pack_${name}.owner`))
  }

  test('is removed by the next run; what a living one is about is not', async () => {
    const dir = repository()
    leave(dir, 'aaa', 'dead')
    leave(dir, 'bbb', 'other')
    await clearIncoming(dir, liveness)
    const left = packFolder(dir).filter((name) => name.startsWith('tmp_'))
    expect(left).toEqual(['tmp_pack_bbb', 'tmp_pack_bbb.owner'])
  })

  test('between the two renames is finished', async () => {
    const from = repository()
    addHistory(from, { commits: 2, files: 1 })
    const dir = repository()
    const pack = packOf(from)
    await receive(dir, pack)
    const folder = join(dir, 'objects/pack')
    const index = packFolder(dir).find((name) => name.endsWith('.idx')) ?? ''
    renameSync(join(folder, index), join(folder, 'tmp_idx_aaa'))
    symlinkSync('wizard:dead', join(folder, 'tmp_pack_aaa.owner'))
    await clearIncoming(dir, liveness)
    expect(existsSync(join(folder, index))).toBe(true)
    expect(packFolder(dir)).toHaveLength(2)
    git(dir, ['fsck', '--full'])
  })
})

/** With the checksum of its bytes. */
function signed(pack: Buffer): Buffer {
  const body = pack.subarray(0, -20)
  return Buffer.concat([body, createHash('sha1').update(body).digest()])
}

function recount(pack: Buffer, by: number): Buffer {
  const copy = Buffer.from(pack)
  copy.writeUInt32BE(copy.readUInt32BE(8) + by, 8)
  return copy
}

function patched(pack: Buffer, at: number, byte: number): Buffer {
  const copy = Buffer.from(pack)
  copy[at] = byte
  return copy
}

/** The ids of everything in a valid pack. */
function wantedOf(pack: Buffer): string[] {
  const oracle = temporaryFolder()
  writeFileSync(join(oracle, 'x.pack'), pack)
  git(oracle, ['index-pack', 'x.pack'])
  return git(oracle, ['show-index'], { input: readFileSync(join(oracle, 'x.idx')) })
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
}

/** The entries of a pack whose deltas name their bases by id, last first. */
function reversed(dir: string, pack: Buffer): Buffer {
  writeFileSync(join(dir, 'r.pack'), pack)
  git(dir, ['index-pack', 'r.pack'])
  const offsets = git(dir, ['show-index'], { input: readFileSync(join(dir, 'r.idx')) })
    .split('\n')
    .map((line) => Number(line.split(' ')[0]))
    .sort((one, other) => one - other)
  const ends = [...offsets.slice(1), pack.length - 20]
  const entries = offsets.map((from, row) => pack.subarray(from, ends[row]))
  const body = Buffer.concat([pack.subarray(0, 12), ...entries.reverse(), Buffer.alloc(20)])
  return signed(body)
}
