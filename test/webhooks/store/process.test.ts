import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
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

test('SQLite syncs each batch before it is acknowledged', ({ skip }) => {
  const trace = join(folder, 'trace')
  const options = { engine: 'sqlite', path: join(folder, 'sync', 'deliveries.db') }
  const calls = ['-f', '-e', 'trace=fsync,fdatasync,write', '-o', trace]
  const command = [process.execPath, child.file, JSON.stringify(options), '6']
  const { error, status } = spawnSync('strace', [...calls, ...command])
  if (error !== undefined || status !== 0) return skip('strace can trace nothing here')
  const events = readFileSync(trace, 'utf8').match(/f(?:data)?sync\(|write\(1, "(?:accepted|done)/g)
  const before = (events ?? []).map((event, index) => [events?.[index - 1] ?? '', event])
  const acknowledged = before.filter(([, event]) => event?.startsWith('write'))
  expect(acknowledged).toHaveLength(18)
  expect(acknowledged.filter(([last]) => !/sync/.test(last ?? ''))).toEqual([])
})

test('says what to install where a package is missing', { tags: ['deep'] }, async ({ skip }) => {
  const bare = await buildStoreChild(false)
  const run = (options: Record<string, string>) =>
    spawnSync(process.execPath, [bare.file, JSON.stringify(options)], { encoding: 'utf8' })
  try {
    const url = 'postgres://wizard:hunter2@127.0.0.1:1/x'
    const postgres = run({ engine: 'postgres', url, schema: 'wizard' })
    expect(postgres.stdout).toMatch(/^CONFIG .* \(npm install -g pg@8\)\n$/)
    if (nodeSqlite() !== undefined) return skip('this Node has its own SQLite')
    const sqlite = run({ engine: 'sqlite', path: join(folder, 'none.db') })
    expect(sqlite.stdout).toMatch(
      /^CONFIG this Node has no SQLite .*@photostructure\/sqlite@1\)\n$/,
    )
  } finally {
    bare.remove()
  }
})
