import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { identify, livenessOf } from '../../src/process/identity.js'

const stat = (state: string, started: string) =>
  `42 (a ) b) ${state} ${Array.from({ length: 18 }, () => '0').join(' ')} ${started} 0\n`
const owner = { host: hostname(), boot: 'boot', pid: 42, started: '777' }

describe('livenessOf', () => {
  let proc: string

  beforeEach(async () => {
    proc = await mkdtemp(join(tmpdir(), 'wizard-proc-'))
    await put('sys/kernel/random', 'boot_id', 'boot\n')
    await put('self', 'stat', stat('R', '1'))
    await put('42', 'stat', stat('S', '777'))
  })
  afterEach(() => rm(proc, { recursive: true, force: true }))

  async function put(folder: string, name: string, text: string): Promise<void> {
    await mkdir(join(proc, folder), { recursive: true })
    await writeFile(join(proc, folder, name), text)
  }
  const remove = (path: string) => rm(join(proc, path), { recursive: true })
  /** A folder instead of the file can't be read, but exists. */
  const spoil = async (path: string) => {
    await remove(path)
    await mkdir(join(proc, path))
  }

  it.each<[string, () => Promise<void>, string]>([
    ['a process that is there', async () => {}, 'alive'],
    ['one that is gone', () => remove('42'), 'dead'],
    ['a zombie', () => put('42', 'stat', stat('Z', '777')), 'dead'],
    ['another with its number', () => put('42', 'stat', stat('S', '778')), 'dead'],
    ['another boot', () => put('sys/kernel/random', 'boot_id', 'next\n'), 'dead'],
    ['one whose start cannot be read', () => spoil('42/stat'), 'unknown'],
    ['a boot that cannot be read', () => spoil('sys/kernel/random/boot_id'), 'unknown'],
    [
      'one that is gone as far as a broken /proc says',
      async () => {
        await remove('42')
        await spoil('self/stat')
      },
      'unknown',
    ],
  ])('%s', async (_name, change, expected) => {
    await change()
    expect(await livenessOf(owner, proc)).toBe(expected)
  })

  it.each(['boot', 'started'])('an owner that could not find out its own %s', async (key) => {
    expect(await livenessOf({ ...owner, [key]: '' }, proc)).toBe('unknown')
  })

  it("another host's", async () => {
    expect(await livenessOf({ ...owner, host: 'elsewhere.example' }, proc)).toBe('unknown')
  })
})

describe('identify', () => {
  it('tells a living process in a way that it is known by', async () => {
    expect(await livenessOf(await identify(process.pid))).toBe('alive')
  })
})
