import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeSqlite } from '../../../src/base/builtin.js'
import { systemClock } from '../../../src/base/clock.js'
import { openStore, type StoreOptions } from '../../../src/webhooks/store/open.js'
import { type Cluster, postgresFolder, startCluster } from '../support/postgres.js'
import { buildStoreChild, type StoreChild } from '../support/store-child.js'

let child: StoreChild
let cluster: Cluster | null = null
const folder = mkdtempSync(join(tmpdir(), 'wizard-kill-'))

beforeAll(async () => {
  child = await buildStoreChild()
  if (postgresFolder() !== null) cluster = startCluster()
})
afterAll(() => {
  child.remove()
  cluster?.remove()
  rmSync(folder, { recursive: true })
})

const optionsOf = { sqlite: sqliteOptions, postgres: postgresOptions }

function sqliteOptions(): StoreOptions {
  return { engine: 'sqlite', path: join(folder, 'kill', 'deliveries.db'), clock: systemClock }
}

function postgresOptions(): StoreOptions | null {
  return cluster && { engine: 'postgres', url: cluster.url, schema: 'kill', clock: systemClock }
}

/** What a process has said of its store until it was killed after so many lines. */
async function killAfter(lines: number, options: StoreOptions): Promise<string[]> {
  const writer = spawn(process.execPath, [child.file, JSON.stringify(options)])
  const said: string[] = []
  let errors = ''
  writer.stderr.on('data', (bytes) => {
    errors += bytes
  })
  for await (const line of createInterface({ input: writer.stdout })) {
    said.push(line)
    if (said.length === lines) writer.kill('SIGKILL')
  }
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit')
  expect([writer.signalCode, errors]).toEqual(['SIGKILL', ''])
  return said
}

describe.each(['sqlite', 'postgres'] as const)('a process that is killed, with %s', (engine) => {
  test('has lost nothing that it was given, and ends no run twice', async ({ skip }) => {
    const options = optionsOf[engine]()
    if (options === null) return skip('PostgreSQL is not installed')
    const said: string[] = []
    for (const lines of [1, 7, 20, 43]) said.push(...(await killAfter(lines, options)))
    const named = (word: string) =>
      said.filter((line) => line.startsWith(word)).flatMap((line) => line.split(' ').slice(1))
    const accepted = named('accepted')
    const ended = named('done')
    expect(accepted.length).toBeGreaterThan(50)
    expect(ended.length).toBeGreaterThan(20)
    expect(new Set(ended).size).toBe(ended.length)

    const store = await openStore(options)
    expect([...(await store.known(accepted))].sort()).toEqual([...accepted].sort())
    const done = await store.list({ status: ['done'], limit: 10_000 })
    const ids = new Set(done.map(({ delivery }) => delivery))
    expect(ended.filter((id) => !ids.has(id))).toEqual([])
    await store.close()
  })
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

test('says what to install where a package is missing', async ({ skip }) => {
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
