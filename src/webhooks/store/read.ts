import { NotFoundError } from '../../base/errors.js'
import {
  type DeliveryStatus,
  type DeliveryWithRuns,
  type HandlerRunStatus,
  type ListedDelivery,
  noDeliveries,
} from '../delivery.js'
import { type Engine, places, type Sql, type SqlValue } from './engine/engine.js'
import { findDelivery } from './find.js'
import {
  type DeliveryRow,
  deliveryColumns,
  isoTime,
  type RunRow,
  toDelivery,
  toHandlerRun,
} from './rows.js'
import { liveServers } from './servers.js'
import type { DeliveryFilter, DeliveryStore } from './store.js'

/** As `DeliveryStore.list`. */
export function listDeliveries(
  engine: Engine,
  filter: DeliveryFilter,
): ReturnType<DeliveryStore['list']> {
  return engine.read(async (sql) => {
    const rows = await selectDeliveries(sql, filter)
    const runs = await handlersOf(
      sql,
      rows.map(({ id }) => id),
    )
    const byDelivery = new Map<number, ListedDelivery['handlers']>(rows.map(({ id }) => [id, []]))
    for (const { delivery_id, handler, status } of runs) {
      byDelivery.get(delivery_id)?.push({ handler, status })
    }
    return rows.map((row) => ({
      ...toDelivery(row),
      handlers: byDelivery.get(row.id) ?? [],
    }))
  })
}

function selectDeliveries(
  sql: Sql,
  { status, event, repo, since, limit = 50 }: DeliveryFilter,
): Promise<DeliveryRow[]> {
  const values: SqlValue[] = []
  const conditions: string[] = []
  const add = (condition: string, added: SqlValue[]) => {
    conditions.push(`${condition} ${places(added, values.length)}`)
    values.push(...added)
  }
  if (status !== undefined) add('status IN', status)
  if (event !== undefined) add('event IN', [event])
  if (repo !== undefined) add('repo_key IN', [repo.toLowerCase()])
  if (since !== undefined) add('received_at >=', [since])
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  values.push(limit)
  return sql.all<DeliveryRow>(
    `SELECT ${deliveryColumns} FROM deliveries ${where} ORDER BY id DESC LIMIT $${values.length}`,
    values,
  )
}

interface HandlerRow {
  delivery_id: number
  handler: string
  status: HandlerRunStatus
}

async function handlersOf(sql: Sql, ids: readonly number[]): Promise<HandlerRow[]> {
  const found: HandlerRow[] = []
  for (let from = 0; from < ids.length; from += mostParameters) {
    const some = ids.slice(from, from + mostParameters)
    const rows = await sql.all<HandlerRow>(
      `SELECT delivery_id, handler, status FROM runs WHERE delivery_id IN ${places(some)} ORDER BY id`,
      some,
    )
    for (const row of rows) found.push(row)
  }
  return found
}

/** As `DeliveryStore.view`. */
export function viewDelivery(engine: Engine, id: string): ReturnType<DeliveryStore['view']> {
  return engine.read(async (sql) => {
    const found = await findDelivery(sql, id)
    const [row] = await sql.all<{ headers: string }>('SELECT headers FROM bodies WHERE id = $1', [
      found,
    ])
    const headers = row === undefined ? {} : JSON.parse(row.headers)
    return { ...(await readWithRuns(sql, found)), headers }
  })
}

/** @throws NotFoundError */
export async function readWithRuns(sql: Sql, id: number): Promise<DeliveryWithRuns> {
  const [row] = await sql.all<DeliveryRow>(
    `SELECT ${deliveryColumns} FROM deliveries WHERE id = $1`,
    [id],
  )
  if (row === undefined) throw new NotFoundError(`no delivery ${id}`)
  const runs = await sql.all<RunRow>('SELECT * FROM runs WHERE delivery_id = $1 ORDER BY id', [id])
  return { ...toDelivery(row), runs: runs.map(toHandlerRun) }
}

/** As `DeliveryStore.body`. */
export function readDeliveryBody(engine: Engine, id: string): ReturnType<DeliveryStore['body']> {
  return engine.read(async (sql) => {
    const found = await findDelivery(sql, id)
    const [row] = await sql.all<{ body: Uint8Array }>('SELECT body FROM bodies WHERE id = $1', [
      found,
    ])
    if (row === undefined) throw new NotFoundError(`the body of delivery ${id} was pruned`)
    return row.body
  })
}

/** As `DeliveryStore.output`. */
export function readRunOutput(
  engine: Engine,
  id: string,
  handler: string,
): ReturnType<DeliveryStore['output']> {
  return engine.read(async (sql) => {
    const found = await findDelivery(sql, id)
    const [row] = await sql.all<{ output: Uint8Array | null }>(
      `SELECT output FROM runs LEFT JOIN outputs ON run = id WHERE delivery_id = $1 AND handler = $2`,
      [found, handler],
    )
    if (row === undefined) throw new NotFoundError(`delivery ${id} has no run of ${handler}`)
    if (row.output === null) throw new NotFoundError(`${handler} of delivery ${id} has no output`)
    return row.output
  })
}

/** As `DeliveryStore.counts`. */
export async function countDeliveries(engine: Engine): ReturnType<DeliveryStore['counts']> {
  const store_bytes = await engine.usedBytes()
  return engine.read(async (sql) => {
    const counts = noDeliveries()
    const rows = await sql.all<{ status: DeliveryStatus; count: number }>(
      'SELECT status, count(*) AS count FROM deliveries GROUP BY status',
    )
    for (const { status, count } of rows) counts[status] = count
    const [times] = await sql.all<{ now: number; oldest: number | null; last: number | null }>(
      `SELECT now_ms() AS now,
        (SELECT min(waiting_since) FROM deliveries WHERE status IN ('accepted', 'queued', 'retry')) AS oldest,
        (SELECT received_at FROM deliveries ORDER BY id DESC LIMIT 1) AS last`,
    )
    const { now = 0, oldest = null, last = null } = times ?? {}
    return {
      serving: await liveServers(sql),
      counts,
      oldest_waiting_seconds: oldest === null ? null : Math.max(0, (now - oldest) / 1000),
      last_received_at: last === null ? null : isoTime(last),
      store_bytes,
    }
  })
}

/** Parameters of one statement. */
const mostParameters = 500

/** As `DeliveryStore.known`. */
export function knownDeliveries(
  engine: Engine,
  deliveries: string[],
): ReturnType<DeliveryStore['known']> {
  return engine.read(async (sql) => {
    const known = new Set<string>()
    for (let from = 0; from < deliveries.length; from += mostParameters) {
      const some = deliveries.slice(from, from + mostParameters)
      const rows = await sql.all<{ delivery: string }>(
        `SELECT delivery FROM deliveries WHERE delivery IN ${places(some)} AND is_event = 1`,
        some,
      )
      for (const { delivery } of rows) known.add(delivery)
    }
    return known
  })
}
