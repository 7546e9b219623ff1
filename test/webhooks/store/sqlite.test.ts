import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeSqlite } from '../../../src/base/builtin.js'
import { ConfigError, type WizardError } from '../../../src/base/errors.js'
import { StoreError } from '../../../src/webhooks/store/engine/failures.js'
import { openDatabase } from '../../../src/webhooks/store/engine/sqlite-module.js'
import { openStore } from '../../../src/webhooks/store/open.js'
import { testClock } from '../../support/clock.js'
import { received } from '../support/deliveries.js'

const folder = mkdtempSync(join(tmpdir(), 'wizard-sqlite-'))
const sound = join(folder, 'sound.db')
const open = (path: string, isChecked = false) =>
  openStore({ engine: 'sqlite', path, clock: testClock(), isChecked })

beforeAll(async () => {
  const path = join(folder, 'made', 'deliveries.db')
  const store = await open(path)
  await store.accept(Array.from({ length: 200 }, () => received()))
  // Brings the log into the file.
  await store.prune({ keep: 1, keepIds: 1, keepDead: 1, maxBytes: 1 })
  copyFileSync(path, sound)
  await store.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

test('is for its owner only', () => {
  expect(statSync(join(folder, 'made')).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, 'made', 'deliveries.db')).mode & 0o777).toBe(0o600)
})

const sql = (text: string) => async (path: string) => {
  const database = await openDatabase(path)
  database.exec(text)
  database.close()
}

describe('a file that is not sound', () => {
  test.each<[string, (path: string) => unknown, RegExp]>([
    [
      'no database',
      (path) => writeFileSync(path, 'a text, and no database at all\n'.repeat(99)),
      /damaged/,
    ],
    ['cut off', (path) => truncateSync(path, 40_000), /damaged/],
    ['emptied', (path) => truncateSync(path, 0), /damaged/],
    ['with a damaged page', damagePage, /damaged/],
    ["another program's", sql('PRAGMA application_id = 0'), /not a store of deliveries/],
    ["a newer wizard's", sql('PRAGMA user_version = 99'), /a newer wizard/],
  ])('is refused and kept: %s', async (name, damage, message) => {
    const path = join(folder, `${createHash('sha1').update(name).digest('hex')}.db`)
    copyFileSync(sound, path)
    await damage(path)
    const before = readFileSync(path)
    const error: WizardError = await open(path, true).then(
      () => expect.unreachable(),
      (thrown) => thrown,
    )
    expect(error).toBeInstanceOf(ConfigError)
    expect(error.message).toMatch(message)
    expect(error.message).toContain(path)
    expect(error.hint).toBeTruthy()
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  // On Node 20 the garbage collector closes the file.
  test.skipIf(nodeSqlite() === undefined)('is closed again', async () => {
    const path = join(folder, 'closed.db')
    copyFileSync(sound, path)
    damagePage(path)
    await expect(open(path, true)).rejects.toThrow(ConfigError)
    expect(openFiles().filter((file) => file.startsWith(path))).toEqual([])
  })

  test('is refused when a damaged page is read later', async () => {
    const path = join(folder, 'later.db')
    copyFileSync(sound, path)
    damagePage(path)
    const store = await open(path)
    await expect(store.list({ limit: 1000 })).rejects.toThrow(ConfigError)
    await store.close()
  })

  test('is not made anew where its log is left', async () => {
    const path = join(folder, 'gone.db')
    writeFileSync(`${path}-wal`, 'something')
    await expect(open(path)).rejects.toThrow(ConfigError)
    expect(existsSync(path)).toBe(false)
  })
})

/** Those of this process; empty where the system does not list them. */
function openFiles(): string[] {
  const descriptors = '/proc/self/fd'
  if (!existsSync(descriptors)) return []
  return readdirSync(descriptors).flatMap((name) => {
    const file = join(descriptors, name)
    return existsSync(file) ? [readlinkSync(file)] : []
  })
}

/** Overwrites all pages from the fifth on but the last. */
function damagePage(path: string): void {
  const bytes = readFileSync(path)
  bytes.fill(0xa5, 5 * 4096, bytes.length - 4096)
  writeFileSync(path, bytes)
}

test('two that make it at once have one', async () => {
  const path = join(folder, 'together', 'deliveries.db')
  const stores = await Promise.all([open(path), open(path), open(path)])
  await Promise.all(stores.map((store) => store.accept([received()])))
  expect(await stores[0]!.list({})).toHaveLength(3)
  for (const store of stores) await store.close()
  await expect(stores[0]!.list({})).rejects.toThrow(StoreError)
})

test('goes on after a full disk, with all that it has accepted', async ({ skip }) => {
  const disk = join(folder, 'disk')
  mkdirSync(disk)
  const mount = (size: string, ...more: string[]) =>
    spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, ...more, 'tmpfs', disk]).status === 0
  if (!mount('3m')) return skip('no tmpfs can be mounted here')
  try {
    const path = join(disk, 'deliveries.db')
    const store = await open(path)
    const accepted: string[] = []
    const fill = async () => {
      for (let n = 0; n < 200; n++) {
        const delivery = received({ text: JSON.stringify({ n, x: 'x'.repeat(40_000) }) })
        const unique = {
          ...delivery,
          sha256: createHash('sha256').update(delivery.delivery).digest('hex'),
        }
        const failed = await store.accept([unique]).then(
          () => null,
          (thrown: WizardError) => thrown,
        )
        if (failed !== null) return failed
        accepted.push(delivery.delivery)
      }
      return null
    }
    const full = await fill()
    expect(full).toBeInstanceOf(StoreError)
    expect(full?.message).toMatch(/no space is left on the disk/)
    expect(accepted.length).toBeGreaterThan(10)
    expect(await store.known(accepted)).toEqual(new Set(accepted))
    expect(spawnSync('mount', ['-o', 'remount,size=6m', disk]).status).toBe(0)
    const before = accepted.length
    await fill()
    expect(accepted.length).toBeGreaterThan(before)
    await store.close()
    const again = await open(path)
    expect(await again.known(accepted)).toEqual(new Set(accepted))
    await again.close()
  } finally {
    // Lazily: on Node 20 a closed store has its file open for a while.
    spawnSync('umount', ['-l', disk])
  }
})
