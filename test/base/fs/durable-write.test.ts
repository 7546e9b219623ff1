import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  partOf,
  replaceFile,
  syncFolder,
  writeSynced,
  writeWhole,
} from '../../../src/base/fs/durable-write.js'
import { inShell } from '../../support/shell.js'

let dir: string
let path: string
let beside: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wizard-durable-'))
  path = join(dir, 'file')
  beside = join(dir, 'file.beside')
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const names = async () => (await readdir(dir)).sort()

describe('a file that is replaced', () => {
  test.each([true, false])('is the new one, and nothing is left beside it (%s)', async (sync) => {
    await writeFile(path, 'old')
    await replaceFile(path, 'new', { beside, syncFolder: sync })
    expect(await readFile(path, 'utf8')).toBe('new')
    expect(await names()).toEqual(['file'])
  })

  test('is the old one until the new one is whole', async () => {
    await writeFile(path, 'old')
    const seen: string[] = []
    const beforeRename = async () => {
      seen.push(await readFile(path, 'utf8'), await readFile(beside, 'utf8'))
    }
    await replaceFile(path, 'new', { beside, beforeRename })
    expect(seen).toEqual(['old', 'new'])
  })

  test('stays, where the new one is called off', async () => {
    await writeFile(path, 'old')
    const beforeRename = async () => {
      throw new Error('called off')
    }
    await expect(replaceFile(path, 'new', { beside, beforeRename })).rejects.toThrow('called off')
    expect(await readFile(path, 'utf8')).toBe('old')
    expect(await names()).toEqual(['file'])
  })

  test('stays, where the rename fails', async () => {
    await mkdir(path)
    await writeFile(join(path, 'kept'), 'old')
    await expect(replaceFile(path, 'new', { beside })).rejects.toMatchObject({ syscall: 'rename' })
    expect(await readFile(join(path, 'kept'), 'utf8')).toBe('old')
    expect(await names()).toEqual(['file'])
  })

  test('has the mode that was given, and what prepare does', async () => {
    let bytes = -1
    const prepare = async (file: { stat(): Promise<{ size: number }> }) => {
      bytes = (await file.stat()).size
    }
    await replaceFile(path, 'new', { beside, mode: 0o400, exclusive: true, prepare })
    expect((await stat(path)).mode & 0o777).toBe(0o400)
    expect(bytes).toBe(0)
  })
})

test('what is written exclusively replaces nothing', async () => {
  await writeFile(path, 'old')
  await expect(writeSynced(path, 'new', { exclusive: true })).rejects.toMatchObject({
    code: 'EEXIST',
  })
  expect(await readFile(path, 'utf8')).toBe('old')
  await writeSynced(path, 'new')
  expect(await readFile(path, 'utf8')).toBe('new')
})

test('a whole file makes its folder, and clears away what a kill left', async () => {
  const deep = join(dir, 'a', 'b', 'file')
  await mkdir(join(dir, 'a', 'b'), { recursive: true })
  await writeFile(partOf(deep), 'half of an ear')
  await writeWhole(deep, 'whole', 0o600)
  expect(await readFile(deep, 'utf8')).toBe('whole')
  expect((await stat(deep)).mode & 0o777).toBe(0o600)
  expect(await readdir(join(dir, 'a', 'b'))).toEqual(['file'])
})

test('a folder that is not there can’t be synced', async () => {
  await expect(syncFolder(join(dir, 'none'))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('on a full disk the old file stays whole, and the half of the new one goes', async (context) => {
  const disk = join(dir, 'disk')
  await mkdir(disk)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).status === 0
  if (!mounted) return context.skip('no file system can be mounted here')
  try {
    const full = join(disk, 'file')
    await writeWhole(full, 'old')
    await expect(writeWhole(full, 'x'.repeat(128 * 1024))).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(await readFile(full, 'utf8')).toBe('old')
    expect(await readdir(disk)).toEqual(['file'])
  } finally {
    inShell(['umount', '-l', disk])
  }
})
