import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { gitText } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ArchiveKind, archiveKind } from '../../src/archive/source.js'
import { type UnpackOptions, unpackArchive } from '../../src/archive/unpack.js'
import { inShell } from '../support/shell.js'
import { type TarEntry, tar } from '../support/tar.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tar-'))
})
afterEach(() => rm(folder, { recursive: true }))

const at = (...parts: string[]) => join(folder, ...parts)

async function unpack(bytes: Buffer, kind: ArchiveKind = 'tar', options: UnpackOptions = {}) {
  await writeFile(at('a.tar'), bytes)
  return unpackArchive(at('a.tar'), kind, at('out'), { label: 'a.tar', ...options })
}

/** The files of a typical folder. */
async function seed(): Promise<void> {
  await mkdir(at('in/deep', 'd'.repeat(90), 'e'.repeat(90)), { recursive: true })
  await mkdir(at('in/empty'))
  await writeFile(at('in/deep', 'd'.repeat(90), 'e'.repeat(90), 'long.txt'), 'long')
  await writeFile(at('in/ünï code.txt'), 'ü')
  await writeFile(at('in/none'), '')
  await writeFile(at('in/large.bin'), Buffer.alloc(3_000_001, 7))
  await writeFile(at('in/run.sh'), '#!/bin/sh\n')
  await chmod(at('in/run.sh'), 0o755)
}

describe('what others made', () => {
  it.each([
    ['gnu', 'tar'],
    ['pax', 'tar.gz'],
    ['posix', 'tar.gz'],
  ] as const)('by GNU tar, %s, as %s', async (format, kind) => {
    await seed()
    const zip = kind === 'tar.gz' ? ['--gzip'] : []
    inShell(['tar', `--format=${format}`, ...zip, '-cf', at('x'), '-C', at('in'), '.'])
    const done = await unpack(await readFile(at('x')), kind)
    expect(done.files).toBe(5)
    inShell(['diff', '-r', at('in'), at('out')])
    expect((await stat(at('out/run.sh'))).mode & 0o111).toBe(0o111)
    expect((await stat(at('out/none'))).mode & 0o111).toBe(0)
  })

  it('by git archive, whose global header is no file', async () => {
    await seed()
    await gitText(['init', '--quiet', at('in')])
    await gitText(['-C', at('in'), 'add', '.'])
    await gitText(['-C', at('in'), 'commit', '--quiet', '-m', 'x'])
    await gitText(['-C', at('in'), 'archive', '--prefix=top/', '-o', at('x.tar.gz'), 'HEAD'])
    await unpack(await readFile(at('x.tar.gz')), 'tar.gz')
    await rm(at('in/.git'), { recursive: true })
    await rm(at('in/empty'), { recursive: true })
    expect(await readdir(at('out'))).toEqual(['top'])
    inShell(['diff', '-r', at('in'), at('out/top')])
  })

  it('in several gzip members, one after another', async () => {
    const bytes = tar([{ name: 'a', content: 'one' }])
    const parts = [bytes.subarray(0, 700), bytes.subarray(700)].map((part) => gzipSync(part))
    await unpack(Buffer.concat(parts), 'tar.gz')
    expect(await readFile(at('out/a'), 'utf8')).toBe('one')
  })
})

describe('what is refused, with nothing written', () => {
  const file = { name: 'good.txt', content: 'good' }
  it.each<[string, TarEntry]>([
    ['leaves its folder', { name: '../x' }],
    ['leaves its folder', { name: 'a/../../x' }],
    ['absolute', { name: '/etc/x' }],
    ['drive letter', { name: 'c:/x' }],
    ['backslash', { name: 'a\\x' }],
    ['control character', { name: 'a\nx' }],
    ['appears twice', { name: 'good.txt' }],
    ['treat it as', { name: 'GOOD.txt' }],
    ['appears twice', { name: 'good.txt/x' }],
    ['symbolic link', { name: 'l', type: '2', link: '/etc/passwd' }],
    ['hard link', { name: 'l', type: '1', link: 'good.txt' }],
    ['neither a file nor a folder', { name: 'd', type: '3' }],
    ['neither a file nor a folder', { name: 'd', type: '6' }],
    ['neither a file nor a folder', { name: 'd', type: 'S' }],
    ['sparse', { name: 'GNUSparseFile.0/x' }],
  ])('%s: %j', async (fault, entry) => {
    await expect(unpack(tar([file, entry]))).rejects.toMatchObject({
      code: 'PATH',
      message: expect.stringContaining(fault),
    })
    expect(await readdir(folder)).toEqual(['a.tar'])
  })

  it('headers of headers that are too long', async () => {
    const header = { name: 'x', type: 'x', content: Buffer.alloc(2_000_000, '1 ') }
    await expect(unpack(tar([header, file]))).rejects.toMatchObject({ code: 'PATH' })
  })

  it('more than the limits allow', async () => {
    const limits = { entries: 2, size: 1000, ratio: 10, ratioFrom: 2000 }
    const many = tar([file, { name: 'b' }, { name: 'c' }])
    await expect(unpack(many, 'tar', { limits: { ...limits, size: 1e9 } })).rejects.toThrow(
      'more than 2',
    )
    await expect(unpack(many, 'tar', { limits: { ...limits, entries: 9 } })).rejects.toThrow(
      'more than 1000 bytes',
    )
    const bomb = gzipSync(tar([{ name: 'bomb', content: Buffer.alloc(5_000_000) }]))
    const loose = { ...limits, size: 1e9 }
    await expect(unpack(bomb, 'tar.gz', { limits: loose })).rejects.toThrow('times its size')
    expect(await readdir(folder)).toEqual(['a.tar'])
  })
})

describe('what is damaged', () => {
  const whole = tar([
    { name: 'a', content: 'one' },
    { name: 'b', content: 'x'.repeat(2000) },
  ])
  it.each<[string, Buffer, ArchiveKind]>([
    ['nothing', Buffer.alloc(0), 'tar'],
    ['no archive', Buffer.from('<html>'.repeat(200)), 'tar'],
    ['cut in a member', whole.subarray(0, 1800), 'tar'],
    ['cut behind a member', whole.subarray(0, 1024), 'tar'],
    ['a gzip in the place of tar', gzipSync(gzipSync(whole)), 'tar.gz'],
    ['no gzip', whole, 'tar.gz'],
    ['a cut gzip', gzipSync(whole).subarray(0, -12), 'tar.gz'],
    ['another checksum', tar([{ name: 'a', badChecksum: true }]), 'tar'],
  ])('%s', async (_what, bytes, kind) => {
    await expect(unpack(bytes, kind)).rejects.toThrow(
      'a.tar is not a tar archive, or it is damaged',
    )
    expect(await readdir(folder)).toEqual(['a.tar'])
  })
})

it('knows archives by their names', () => {
  const names = ['a.zip', 'A.TGZ', 'a.tar.gz', 'a.tar', 'a.gz', 'tar', 'a.tar.gz.asc']
  expect(names.map(archiveKind)).toEqual(['zip', 'tar.gz', 'tar.gz', 'tar', null, null, null])
})
