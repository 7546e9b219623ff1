import { longestRetry } from './claim.js'
import { type Engine, places, type Sql } from './engine/engine.js'
import { waiting } from './engine/migrations.js'
import { type CoalescedRow, reclaim, refreshStatus, supersede } from './requeue.js'
import type { DeliveryStore, RunClaim, RunEnd } from './store.js'

/** As `DeliveryStore.finish`. */
export async function finishRun(
  engine: Engine,
  run: RunClaim,
  end: RunEnd,
): ReturnType<DeliveryStore['finish']> {
  const isOwn = await engine.transaction(async (sql) => {
    const row = await recordEnd(sql, run, end)
    if (row === undefined) return hasEnded(sql, run)
    await keepOutput(sql, run.id, end.output)
    const superseded = end.status === 'retry' ? await supersede(sql, [row]) : []
    await refreshStatus(sql, [row.delivery_id, ...superseded])
    return true
  })
  engine.notify()
  return isOwn
}

async function recordEnd(
  sql: Sql,
  { id, token }: RunClaim,
  end: RunEnd,
): Promise<CoalescedRow | undefined> {
  const { status, exit, error, result } = end
  const [row] = await sql.all<CoalescedRow>(
    `UPDATE runs SET status = $3, exit_status = $4, error_code = $5, error_message = $6, error_hint = $7,
      result = $8, next_at = now_ms() + $9, ended_at = now_ms(), lease_until = NULL
    WHERE id = $1 AND token = $2 AND status = 'running'
    RETURNING delivery_id, handler, coalesce_key`,
    [
      id,
      token,
      status,
      exit,
      error?.code ?? null,
      error?.message ?? null,
      error?.hint ?? null,
      result === null ? null : JSON.stringify(result),
      end.status === 'retry' ? Math.round(end.after) : null,
    ],
  )
  return row
}

/** Whether this claim has recorded its end before: its answer was lost. */
async function hasEnded(sql: Sql, { id, token }: RunClaim): Promise<boolean> {
  const rows = await sql.all('SELECT 1 AS one FROM runs WHERE id = $1 AND token = $2', [id, token])
  return rows.length > 0
}

async function keepOutput(sql: Sql, run: number, output: Uint8Array): Promise<void> {
  await sql.all(
    `INSERT INTO outputs (run, output) VALUES ($1, $2)
    ON CONFLICT (run) DO UPDATE SET output = excluded.output`,
    [run, output],
  )
}

/** As `DeliveryStore.renew`. */
export async function renewRuns(
  engine: Engine,
  runs: RunClaim[],
): ReturnType<DeliveryStore['renew']> {
  if (runs.length === 0) return []
  const own = await engine.transaction((sql) =>
    sql.all<{ id: number }>(
      `UPDATE runs SET lease_until = now_ms() + $${runs.length * 2 + 1}
      WHERE status = 'running' AND (${claims(runs)}) RETURNING id`,
      [...claimValues(runs), engine.lease],
    ),
  )
  const kept = new Set(own.map(({ id }) => id))
  return runs.filter(({ id }) => !kept.has(id))
}

const claims = (runs: readonly RunClaim[]) =>
  runs.map((_, at) => `id = $${at * 2 + 1} AND token = $${at * 2 + 2}`).join(' OR ')

const claimValues = (runs: readonly RunClaim[]) => runs.flatMap(({ id, token }) => [id, token])

/** As `DeliveryStore.giveBack`. */
export async function giveBackRuns(engine: Engine, runs: RunClaim[]): Promise<void> {
  if (runs.length === 0) return
  await engine.transaction((sql) => reclaim(sql, claims(runs), claimValues(runs)))
  engine.notify()
}

/** As `DeliveryStore.takeOver`. */
export async function takeOverRuns(
  engine: Engine,
  isDead: (owner: string) => Promise<boolean>,
): ReturnType<DeliveryStore['takeOver']> {
  const owners = await engine.read((sql) =>
    sql.all<{ owner: string }>(
      "SELECT owner FROM runs WHERE status = 'running' UNION SELECT owner FROM servers",
    ),
  )
  const dead: string[] = []
  for (const { owner } of owners) if (await isDead(owner)) dead.push(owner)
  if (dead.length === 0) return 0
  const deliveries = await engine.transaction(async (sql) => {
    await sql.all(`DELETE FROM servers WHERE owner IN ${places(dead)}`, dead)
    return reclaim(sql, `owner IN ${places(dead)}`, dead)
  })
  engine.notify()
  return deliveries.length
}

/** As `DeliveryStore.retire`. */
export async function retireRuns(
  engine: Engine,
  configured: string[],
): ReturnType<DeliveryStore['retire']> {
  const count = await engine.transaction(async (sql) => {
    const others = configured.length === 0 ? '' : `AND handler NOT IN ${places(configured)}`
    const rows = await sql.all<{ delivery_id: number }>(
      `UPDATE runs SET status = 'dead', next_at = NULL, ended_at = now_ms(),
        error_code = 'CONFIG', error_message = 'no such handler', error_hint = NULL
      WHERE ${waiting} ${others} RETURNING delivery_id`,
      configured,
    )
    await refreshStatus(
      sql,
      rows.map(({ delivery_id }) => delivery_id),
    )
    return rows.length
  })
  if (count > 0) engine.notify()
  return count
}

/**
 * Milliseconds until the caller looks again at a retry that is due: its lane may be busy, or another
 * machine has its handler.
 */
const pause = 1000

interface WaitingRow {
  now: number
  up_since: number
  /** When the next retry will be due. */
  retry: number | null
  /** How many retries are due. */
  overdue: number
  /** When the first lease ends. */
  lease: number | null
}

/** As `DeliveryStore.nextDue`. */
export async function nextDueRun(engine: Engine): ReturnType<DeliveryStore['nextDue']> {
  const [row] = await engine.read((sql) =>
    sql.all<WaitingRow>(
      `SELECT now_ms() AS now, up_since_ms() AS up_since,
        (SELECT min(next_at) FROM runs WHERE status = 'retry' AND next_at > now_ms()) AS retry,
        (SELECT count(*) FROM runs WHERE status = 'retry' AND next_at <= now_ms()) AS overdue,
        (SELECT min(lease_until) FROM runs WHERE status = 'running') AS lease`,
    ),
  )
  if (row === undefined) return null
  const { now, up_since, retry, overdue, lease } = row
  const waits: number[] = []
  if (retry !== null) waits.push(retry - now > longestRetry ? pause : retry - now)
  if (overdue > 0) waits.push(pause)
  if (lease !== null) {
    waits.push(Math.max(pause, Math.max(lease, up_since + (engine.lease ?? 0)) - now))
  }
  return waits.length === 0 ? null : Math.min(...waits)
}
