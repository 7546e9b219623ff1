import type { DeliveryStatus, HandlerRunStatus } from '../delivery.js'
import { places, type Sql } from './engine/engine.js'
import { waiting } from './engine/migrations.js'

/**
 * Makes handlers of a delivery due again: the named one; otherwise those that failed of a dead
 * delivery, and all of any other. What already runs goes on. Without such a run it is routed again.
 *
 * @returns false, with nothing changed, if its body was pruned
 */
export async function requeue(sql: Sql, id: number, handler: string | null): Promise<boolean> {
  const status = await lockDelivery(sql, id)
  if (status === null) return false
  const runs = await sql.all<{ id: number; handler: string; status: HandlerRunStatus }>(
    'SELECT id, handler, status FROM runs WHERE delivery_id = $1',
    [id],
  )
  const again = runs.filter((run) =>
    handler === null ? status !== 'dead' || run.status === 'dead' : run.handler === handler,
  )
  if (again.length === 0) {
    await routeAgain(sql, id, handler)
    return true
  }
  await queue(
    sql,
    again.filter((run) => run.status !== 'running').map((run) => run.id),
  )
  await sql.all('UPDATE deliveries SET waiting_since = now_ms() WHERE id = $1', [id])
  await refreshStatus(sql, [id])
  return true
}

/**
 * Locks the row of a delivery before it looks for the body: PRUNE holds the same lock while it
 * removes bodies, so from here on the body stays until the transaction ends.
 *
 * @returns null if there is no body
 */
async function lockDelivery(sql: Sql, id: number): Promise<DeliveryStatus | null> {
  const [delivery] = await sql.all<{ status: DeliveryStatus }>(
    `SELECT status FROM deliveries WHERE id = $1 ${sql.forUpdate}`,
    [id],
  )
  const bodies = await sql.all('SELECT id FROM bodies WHERE id = $1', [id])
  return bodies.length === 0 ? null : (delivery?.status ?? null)
}

const routeAgain = async (sql: Sql, id: number, handler: string | null) => {
  await sql.all(
    // What it is to be routed to already stays: all of its handlers, or others that were named.
    `UPDATE deliveries SET reason = NULL,
      only_handler = CASE WHEN status = 'accepted' THEN only_handler || ',' || $2 ELSE $2 END,
      status = 'accepted',
      waiting_since = now_ms(), changed_at = now_ms()
    WHERE id = $1`,
    [id, handler],
  )
}

async function queue(sql: Sql, ids: number[]): Promise<void> {
  if (ids.length === 0) return
  await sql.all(
    `UPDATE runs SET status = 'queued', next_at = NULL, last_attempt = attempts + budget, token = token + 1
    WHERE id IN ${places(ids)}`,
    ids,
  )
}

/**
 * Takes running runs from owners that can't end them any more, and makes them due. The start that
 * was lost does not count.
 *
 * @param which a condition in SQL
 * @returns the delivery of each run
 */
export async function reclaim(
  sql: Sql,
  which: string,
  values: readonly (string | number)[],
): Promise<number[]> {
  const rows = await sql.all<CoalescedRow>(
    `UPDATE runs SET status = 'queued', next_at = NULL, lease_until = NULL,
      last_attempt = last_attempt + 1, token = token + 1
    WHERE status = 'running' AND (${which})
    RETURNING delivery_id, handler, coalesce_key`,
    values,
  )
  const superseded = await supersede(sql, rows)
  const deliveries = rows.map(({ delivery_id }) => delivery_id)
  await refreshStatus(sql, [...deliveries, ...superseded])
  return deliveries
}

export interface CoalescedRow {
  delivery_id: number
  handler: string
  coalesce_key: string | null
}

/**
 * Ends coalesced runs that wait while a newer one of the same handler, repository and ref waits too.
 *
 * @returns their deliveries
 */
export async function supersede(
  sql: Sql,
  runs: readonly Omit<CoalescedRow, 'delivery_id'>[],
): Promise<number[]> {
  const keys = new Map(runs.map((run) => [`${run.handler}\0${run.coalesce_key}`, run]))
  const ended: number[] = []
  for (const { handler, coalesce_key } of keys.values()) {
    if (coalesce_key === null) continue
    const those = `${waiting} AND handler = $1 AND coalesce_key = $2`
    const rows = await sql.all<{ delivery_id: number }>(
      `UPDATE runs SET status = 'superseded', next_at = NULL, ended_at = now_ms()
      WHERE ${those} AND delivery_id < (SELECT max(delivery_id) FROM runs WHERE ${those})
      RETURNING delivery_id`,
      [handler, coalesce_key],
    )
    ended.push(...rows.map(({ delivery_id }) => delivery_id))
  }
  return ended
}

/** The status of a delivery is the first of these that one of its runs has, otherwise `done`. */
const precedence: DeliveryStatus[] = ['running', 'queued', 'retry', 'dead', 'cancelled']

const any = (status: string) =>
  `EXISTS (SELECT 1 FROM runs WHERE delivery_id = deliveries.id AND runs.status = '${status}')`
const statusOfRuns = `CASE ${precedence.map((status) => `WHEN ${any(status)} THEN '${status}'`).join(' ')} ELSE 'done' END`
const reasonOfRuns = `(SELECT handler || ': ' || error_message FROM runs
  WHERE delivery_id = deliveries.id AND runs.status = 'dead' ORDER BY id LIMIT 1)`

/**
 * Whether a delivery takes its status from its runs: not while it waits to be routed, and not without
 * runs, as a `repeat` or `ignored` one.
 */
const hasStatusOfRuns =
  "status <> 'accepted' AND EXISTS (SELECT 1 FROM runs WHERE delivery_id = deliveries.id)"

/** Sets the status and reason of deliveries by their runs. */
export async function refreshStatus(sql: Sql, deliveries: readonly number[]): Promise<void> {
  const ids = [...new Set(deliveries)].sort((one, other) => one - other)
  if (ids.length === 0) return
  // Locks them: of two runs that end at once, the second must see how the first one ended.
  if (sql.forUpdate !== '') {
    await sql.all(
      `SELECT id FROM deliveries WHERE id IN ${places(ids)} ORDER BY id ${sql.forUpdate}`,
      ids,
    )
  }
  await sql.all(
    `UPDATE deliveries SET status = ${statusOfRuns}, changed_at = now_ms()
    WHERE id IN ${places(ids)} AND ${hasStatusOfRuns}`,
    ids,
  )
  await sql.all(
    `UPDATE deliveries SET reason = CASE status WHEN 'dead' THEN ${reasonOfRuns} END
    WHERE id IN ${places(ids)} AND ${hasStatusOfRuns}`,
    ids,
  )
}
