import type { Engine, Sql } from './engine/engine.js'
import { places } from './engine/engine.js'
import { unfinished, waiting } from './engine/migrations.js'
import { reclaim, refreshStatus } from './requeue.js'
import { deliveryColumns, type StoredRow, toStored } from './rows.js'
import type { ClaimedRun, ClaimRequest, DeliveryStore } from './store.js'

/**
 * Milliseconds: the longest backoff, and some. A retry that seems further away is due, as the clock
 * was set back.
 */
export const longestRetry = 65 * 60 * 1000

const isDue = `(next_at IS NULL OR next_at <= now_ms() OR next_at > now_ms() + ${longestRetry})`

/** As `DeliveryStore.claim`. */
export async function claimRuns(
  engine: Engine,
  request: ClaimRequest,
): ReturnType<DeliveryStore['claim']> {
  return engine.transaction(async (sql) => {
    await engine.excludeOthers(sql)
    await endLeases(engine, sql)
    const due: DueRow[] = []
    for (const { name, concurrency } of request.handlers) {
      const free = concurrency === null ? request.limit : concurrency - (await running(sql, name))
      const limit = Math.min(request.limit, free)
      if (limit > 0) due.push(...(await dueRuns(sql, name, limit)))
    }
    const oldest = due.sort(byArrival).slice(0, request.limit)
    return start(engine, sql, request, oldest)
  })
}

interface DueRow {
  id: number
  delivery_id: number
}

const byArrival = (one: DueRow, other: DueRow) =>
  one.delivery_id - other.delivery_id || one.id - other.id

/**
 * A lease does not end before the server has been up for its length: while it was down, no owner could
 * renew it.
 */
async function endLeases({ lease }: Engine, sql: Sql): Promise<void> {
  if (lease === null) return
  await reclaim(sql, 'lease_until < now_ms() AND up_since_ms() + $1 <= now_ms()', [lease])
}

async function running(sql: Sql, handler: string): Promise<number> {
  const [row] = await sql.all<{ count: number }>(
    "SELECT count(*) AS count FROM runs WHERE handler = $1 AND status = 'running'",
    [handler],
  )
  return row?.count ?? 0
}

/**
 * The oldest run of each lane in which nothing runs, not even a newer run: several machines do not
 * commit numbers in their order. The recursion steps from lane to lane through the index, so the runs
 * that wait behind are not read.
 */
const inLanes = `WITH RECURSIVE lanes (lane) AS (
    SELECT min(lane) FROM runs WHERE handler = $1 AND ${unfinished}
    UNION ALL
    SELECT (SELECT min(runs.lane) FROM runs WHERE handler = $1 AND ${unfinished} AND runs.lane > lanes.lane)
    FROM lanes WHERE lanes.lane IS NOT NULL),
  heads (head) AS (
    SELECT (SELECT id FROM runs WHERE handler = $1 AND ${unfinished} AND runs.lane = lanes.lane
      ORDER BY delivery_id LIMIT 1)
    FROM lanes
    WHERE lanes.lane IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM runs WHERE handler = $1 AND status = 'running' AND runs.lane = lanes.lane))
  SELECT id, delivery_id FROM heads JOIN runs ON id = head
  WHERE ${waiting} AND ${isDue} ORDER BY delivery_id LIMIT $2`

const withoutLane = `SELECT id, delivery_id FROM runs
  WHERE handler = $1 AND lane IS NULL AND ${unfinished} AND ${waiting} AND ${isDue}
  ORDER BY delivery_id LIMIT $2`

const dueRuns = async (sql: Sql, handler: string, limit: number): Promise<DueRow[]> => [
  ...(await sql.all<DueRow>(inLanes, [handler, limit])),
  ...(await sql.all<DueRow>(withoutLane, [handler, limit])),
]

interface StartedRow extends DueRow {
  token: number
  handler: string
  action: string
  attempts: number
  last_attempt: number
}

async function start(
  { lease }: Engine,
  sql: Sql,
  { machine, owner }: ClaimRequest,
  due: readonly DueRow[],
): Promise<ClaimedRun[]> {
  if (due.length === 0) return []
  const ids = due.map(({ id }) => id)
  const started = await sql.all<StartedRow>(
    `UPDATE runs SET status = 'running', token = token + 1, attempts = attempts + 1,
      machine = $1, owner = $2, lease_until = now_ms() + $3, started_at = now_ms(), next_at = NULL,
      ended_at = NULL, exit_status = NULL, error_code = NULL, error_message = NULL, error_hint = NULL, result = NULL
    WHERE id IN ${places(ids, 3)} AND ${waiting}
    RETURNING id, delivery_id, token, handler, action, attempts, last_attempt`,
    [machine, owner, lease, ...ids],
  )
  const deliveryIds = [...new Set(started.map(({ delivery_id }) => delivery_id))]
  await refreshStatus(sql, deliveryIds)
  const deliveries = new Map((await readStored(sql, deliveryIds)).map((row) => [row.id, row]))
  return started.sort(byArrival).flatMap(({ delivery_id, attempts, last_attempt, ...row }) => {
    const delivery = deliveries.get(delivery_id)
    if (delivery === undefined) return []
    const isLast = attempts >= last_attempt
    return [{ ...row, attempt: attempts, isLast, delivery: toStored(delivery) }]
  })
}

const readStored = async (sql: Sql, ids: readonly number[]): Promise<StoredRow[]> =>
  ids.length === 0
    ? []
    : sql.all<StoredRow>(
        `SELECT ${deliveryColumns}, headers, body
        FROM deliveries JOIN bodies ON bodies.id = deliveries.id
        WHERE deliveries.id IN ${places(ids)}`,
        ids,
      )
