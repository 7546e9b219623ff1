import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeSqlite } from '../../../src/base/builtin.js'
import { buildStoreChild, type StoreChild } from '../support/store-child.js'

let child: StoreChild
const folder = mkdtempSync(join(tmpdir(), 'wizard-process-'))

beforeAll(async () => {
  child = await buildStoreChild()
})
afterAll(() => {
  child.remove()
  rmSync(folder, { recursive: true })
})

/** A container may forbid it. */
const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0

test.skipIf(!canTrace)('SQLite syncs each batch before it is acknowledged', () => {
  const trace = join(folder, 'trace')
  const options = { engine: 'sqlite', path: join(folder, 'sync', 'deliveries.db') }
  const calls = ['-f', '-e', 'trace=fsync,fdatasync,write', '-o', trace]
  const command = [process.execPath, child.file, JSON.stringify(options), '6']
  const { status, stderr } = spawnSync('strace', [...calls, ...command], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
  const events = readFileSync(trace, 'utf8').match(
    /f(?:data)?sync\(|write\(1, "(?:opened|accepted|done)/g,
  )
  const before = (events ?? []).map((event, index) => [events?.[index - 1] ?? '', event])
  const acknowledged = before.filter(([, event]) => /accepted|done/.test(event ?? ''))
  expect(acknowledged).toHaveLength(18)
  expect(acknowledged.filter(([last]) => !/sync/.test(last ?? ''))).toEqual([])
})

describe('without the packages that a user may install', () => {
  let bare: StoreChild
  beforeAll(async () => {
    bare = await buildStoreChild(false)
  })
  afterAll(() => bare.remove())
  const run = (options: Record<string, string>) =>
    spawnSync(process.execPath, [bare.file, JSON.stringify(options)], { encoding: 'utf8' })

  test('PostgreSQL says what to install', { tags: ['deep'] }, () => {
    const url = 'postgres://wizard:hunter2@127.0.0.1:1/x'
    const { stdout } = run({ engine: 'postgres', url, schema: 'wizard' })
    expect(stdout).toMatch(/^CONFIG .* \(npm install -g pg@8\)\n$/)
  })

  test.skipIf(nodeSqlite() !== undefined)('SQLite says so too', { tags: ['deep'] }, () => {
    const { stdout } = run({ engine: 'sqlite', path: join(folder, 'none.db') })
    expect(stdout).toMatch(/^CONFIG this Node has no SQLite .*@photostructure\/sqlite@1\)\n$/)
  })
})
