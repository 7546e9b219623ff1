import { statSync } from 'node:fs'
import type { Clock } from '../base/clock.js'
import { readTextIfThere } from '../base/fs/read.js'
import type { WebhooksConfig } from '../config/files/webhooks.js'
import { openStatuses } from '../webhooks/delivery.js'
import { warningsOfHandlers } from '../webhooks/idle-handlers.js'
import { openStoreOf } from '../webhooks/open.js'
import { openDatabase } from '../webhooks/store/engine/sqlite-module.js'
import type { StoreCounts } from '../webhooks/store/store.js'
import { type Check, ok, runCheck, warning } from './check.js'

/** What webhooks.yaml needs on this machine; nothing unless it says `enabled`. */
export async function inspectWebhooks(
  webhooks: WebhooksConfig,
  { file, clock }: { /** webhooks.yaml */ file: string; clock: Clock },
): Promise<Check[]> {
  const { store } = webhooks
  const checks: Check[] = [
    await runCheck('webhooks: secret', () => secretIn(webhooks, file)),
    { name: 'webhooks: handlers', ...judgeHandlers(webhooks) },
  ]
  if (store.engine === 'sqlite') {
    const version = await runCheck('webhooks: SQLite', sqliteVersion)
    checks.push(version)
    if (version.status === 'failed') return checks
    if (statSync(store.path, { throwIfNoEntry: false }) === undefined) {
      return [...checks, { name: 'webhooks: store', ...ok(`${store.path}, not created yet`) }]
    }
  }
  const found: StoreCounts[] = []
  const opened = await runCheck('webhooks: store', async () => {
    const counts = await countsIn(webhooks, clock)
    found.push(counts)
    return ok(store.engine === 'sqlite' ? store.path : `PostgreSQL, schema ${store.schema}`)
  })
  return [...checks, opened, ...found.flatMap(judgeCounts)]
}

/** The configuration has seen that there is one. */
function secretIn({ secrets }: WebhooksConfig, file: string) {
  const text = readTextIfThere(file) ?? ''
  const isPublic = ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0
  if (isPublic && secrets.some((secret) => text.includes(secret))) {
    return warning(`${file} contains a secret, and others can read it`, `chmod 600 ${file}`)
  }
  return ok(secrets.length === 1 ? 'set' : `${secrets.length} secrets are valid`)
}

function judgeHandlers(webhooks: WebhooksConfig) {
  const [first] = warningsOfHandlers(webhooks)
  if (first === undefined) return ok(webhooks.handlers.map(({ name }) => name).join(', '))
  return warning(first, 'docs/webhooks.md shows handlers')
}

/**
 * The first release in which a write that meets a checkpoint of another connection can't damage the
 * database. https://sqlite.org/wal.html#walresetbug
 */
const safeVersion = [3, 51, 3]

async function sqliteVersion() {
  const database = await openDatabase(':memory:')
  const [row] = database.prepare('SELECT sqlite_version() AS version').all()
  database.close()
  return judgeSqlite(String(row?.version))
}

/** @param version `3.51.3` */
export function judgeSqlite(version: string) {
  const parts = version.split('.').map(Number)
  const differs = safeVersion.findIndex((number, index) => number !== parts[index])
  const isSafe = differs === -1 || (parts[differs] ?? 0) > (safeVersion[differs] ?? 0)
  if (isSafe) return ok(version)
  return warning(
    `${version} has a bug that can damage the store in rare cases`,
    `use a Node whose process.versions.sqlite is ${safeVersion.join('.')} or later`,
  )
}

/** Reads the whole store, so that a damaged page is found. */
async function countsIn({ store }: WebhooksConfig, clock: Clock): Promise<StoreCounts> {
  const opened = await openStoreOf(store, clock, { isChecked: true })
  try {
    return await opened.counts()
  } finally {
    await opened.close()
  }
}

/** Seconds, as STATUS has it. */
const stale = 600

function judgeCounts({ serving, counts, oldest_waiting_seconds: oldest }: StoreCounts): Check[] {
  const machines = serving.map(({ machine, address }) => `${machine} at ${address}`)
  const served =
    machines.length > 0
      ? ok(machines.join(', '))
      : warning('not running', [{ verb: ['WEBHOOK', 'SERVE'] }, ', as a service: docs/webhooks.md'])
  return [
    { name: 'webhooks: SERVE', ...served },
    { name: 'webhooks: deliveries', ...judgeDeliveries(counts, oldest) },
  ]
}

function judgeDeliveries({ dead, done }: StoreCounts['counts'], oldest: number | null) {
  if (dead > 0) {
    return warning(`${dead} dead`, [
      { verb: ['WEBHOOK', 'LIST'], flags: { status: 'dead' } },
      ' lists them, and ',
      { verb: ['WEBHOOK', 'REPLAY'], brief: true },
      ' runs them again',
    ])
  }
  if (oldest !== null && oldest > stale) {
    return warning(`one has been waiting for ${Math.round(oldest)} s`, [
      { verb: ['WEBHOOK', 'LIST'], flags: { status: openStatuses.join(',') } },
      ' shows its handler',
    ])
  }
  return ok(`${done} done, none dead`)
}
