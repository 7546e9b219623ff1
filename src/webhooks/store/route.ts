import { type Engine, places, type Sql } from './engine/engine.js'
import type { DeliveryContent, RecentBodies } from './recent-bodies.js'
import { type CoalescedRow, refreshStatus, supersede } from './requeue.js'
import { type DeliveryRow, deliveryColumns, toDelivery } from './rows.js'
import type {
  DeliveryFacts,
  DeliveryStore,
  PlannedRun,
  RoutedDelivery,
  RoutingDecision,
  StoredDelivery,
} from './store.js'

/** Bytes of bodies that are in memory at once, apart from the first. */
const bytesAtOnce = 32 * 1024 * 1024

/** As `DeliveryStore.route`. */
export async function routeAccepted(
  engine: Engine,
  recent: RecentBodies,
  limit: number,
  decide: (delivery: StoredDelivery) => RoutingDecision,
): ReturnType<DeliveryStore['route']> {
  // After a power failure they are accepted still, and routed again.
  const routed = await engine.unsynced(async (sql) => {
    await engine.excludeOthers(sql)
    const router = new Router()
    for (const [row, delivery] of await readAccepted(sql, recent, limit)) {
      router.route(row, decide(delivery))
    }
    return router.write(sql)
  })
  if (routed.length > 0) engine.notify()
  return routed
}

interface AcceptedRow extends DeliveryRow {
  /** The names of those that are to run, separated by commas; null: all. */
  only_handler: string | null
}

/** The oldest, as far as the bodies that have to be read fit into memory together. */
async function readAccepted(
  sql: Sql,
  recent: RecentBodies,
  limit: number,
): Promise<[AcceptedRow, StoredDelivery][]> {
  const rows = await sql.all<AcceptedRow>(
    `SELECT ${deliveryColumns}, only_handler FROM deliveries
    WHERE status = 'accepted' ORDER BY id LIMIT $1`,
    [limit],
  )
  const contents = new Map<number, DeliveryContent>()
  const unread: number[] = []
  let bytes = 0
  const fitting = rows.findIndex((row) => {
    const content = recent.take(row)
    if (content !== undefined) {
      contents.set(row.id, content)
      return false
    }
    bytes += row.bytes
    if (unread.length > 0 && bytes > bytesAtOnce) return true
    unread.push(row.id)
    return false
  })
  const taken = rows.slice(0, fitting === -1 ? rows.length : fitting)
  recent.forgetUpTo(taken.at(-1)?.id ?? 0)
  for (const [id, content] of await readContents(sql, unread)) contents.set(id, content)
  return taken.flatMap((row) => {
    const content = contents.get(row.id)
    if (content === undefined) return []
    const { headers, body } = content
    return [[row, { ...toDelivery(row), headers, body }]]
  })
}

async function readContents(
  sql: Sql,
  ids: readonly number[],
): Promise<Map<number, DeliveryContent>> {
  if (ids.length === 0) return new Map()
  const rows = await sql.all<{ id: number; headers: string; body: Uint8Array }>(
    `SELECT id, headers, body FROM bodies WHERE id IN ${places(ids)}`,
    ids,
  )
  return new Map(rows.map(({ id, headers, body }) => [id, { headers: JSON.parse(headers), body }]))
}

/** One turn of routing, within a transaction. Decides first and writes after, many rows at once. */
class Router {
  readonly #routed: (RoutedDelivery & DeliveryFacts)[] = []
  readonly #runs: (CoalescedRow & { lane: string | null; run: PlannedRun })[] = []
  /** Deliveries that may have had runs before. */
  readonly #again: number[] = []

  route({ id, event, only_handler }: AcceptedRow, decision: RoutingDecision): void {
    const only = only_handler?.split(',') ?? null
    const planned = decision.status === 'queued' ? decision.runs : []
    const runs = planned.filter(({ handler }) => only === null || only.includes(handler))
    const outcome = outcomeOf(decision, runs, only)
    this.#routed.push({ id, event, ...outcome, ...decision.facts })
    if (only !== null) this.#again.push(id)
    for (const run of runs) this.#plan(id, decision.facts, run)
  }

  async write(sql: Sql): Promise<RoutedDelivery[]> {
    for (const rows of inPortions(this.#routed)) await noteRouted(sql, rows)
    for (const rows of inPortions(this.#runs)) await insertRuns(sql, rows)
    const superseded = await supersede(sql, this.#runs)
    await refreshStatus(sql, [...superseded, ...this.#again])
    return this.#routed.map(({ id, event, status, reason }) => ({ id, event, status, reason }))
  }

  #plan(id: number, { repo, ref }: DeliveryFacts, run: PlannedRun): void {
    const { handler, order, coalesce } = run
    const repoKey = repo?.toLowerCase() ?? ''
    const coalesce_key = coalesce ? `${repoKey} ${ref ?? ''}` : null
    const lane = order === 'none' ? null : repoKey
    this.#runs.push({ delivery_id: id, handler, coalesce_key, lane, run })
  }
}

function outcomeOf(
  decision: RoutingDecision,
  runs: readonly PlannedRun[],
  only: string[] | null,
): Pick<RoutedDelivery, 'status' | 'reason'> {
  if (decision.status !== 'queued') return { status: decision.status, reason: decision.reason }
  if (runs.length > 0) return { status: 'queued', reason: null }
  const reason = only === null ? 'no handler' : `handler ${only.join(', ')} does not match`
  return { status: 'ignored', reason }
}

/** Rows of one statement. */
const portion = 50

function* inPortions<T>(rows: readonly T[]): Generator<T[]> {
  for (let from = 0; from < rows.length; from += portion) yield rows.slice(from, from + portion)
}

async function noteRouted(
  sql: Sql,
  rows: readonly (RoutedDelivery & DeliveryFacts)[],
): Promise<void> {
  const values = rows.map(({ id, action, repo, ref, status, reason }) => [
    id,
    action,
    repo,
    repo?.toLowerCase() ?? null,
    ref,
    status,
    reason,
  ])
  await sql.all(
    `UPDATE deliveries SET action = column2, repo = column3, repo_key = column4, ref = column5,
      status = column6, reason = column7, only_handler = NULL, changed_at = now_ms()
    FROM (VALUES ${values.map((row, index) => castFirst(places(row, index * row.length))).join(', ')}) AS routed
    WHERE id = column1`,
    values.flat(),
  )
}

/** PostgreSQL takes a parameter in VALUES for text. */
const castFirst = (row: string) => row.replace(/\$\d+/, (place) => `CAST(${place} AS BIGINT)`)

async function insertRuns(
  sql: Sql,
  rows: readonly (CoalescedRow & { lane: string | null; run: PlannedRun })[],
): Promise<void> {
  const values = rows.map(({ delivery_id, handler, coalesce_key, lane, run }) => [
    delivery_id,
    handler,
    run.action,
    lane,
    coalesce_key,
    'queued',
    run.attempts,
    run.attempts,
    0,
    0,
  ])
  await sql.all(
    `INSERT INTO runs (delivery_id, handler, action, lane, coalesce_key, status, budget, last_attempt, attempts, token)
    VALUES ${values.map((row, index) => places(row, index * row.length)).join(', ')}
    ON CONFLICT (delivery_id, handler) DO NOTHING`,
    values.flat(),
  )
}
