import type { DeliveryStatus } from '../delivery.js'
import type { Engine, Sql } from './engine/engine.js'
import { refreshStatus, supersede } from './requeue.js'
import { deliveryColumns, type StoredRow, toStored } from './rows.js'
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
  limit: number,
  decide: (delivery: StoredDelivery) => RoutingDecision,
): ReturnType<DeliveryStore['route']> {
  const routed = await engine.transaction(async (sql) => {
    await engine.excludeOthers(sql)
    const router = new Router(sql)
    for (const row of await readAccepted(sql, limit)) {
      await router.route(row, decide(toStored(row)))
    }
    return router.end()
  })
  if (routed.length > 0) engine.notify()
  return routed
}

interface AcceptedRow extends StoredRow {
  only_handler: string | null
}

async function readAccepted(sql: Sql, limit: number): Promise<AcceptedRow[]> {
  const sizes = await sql.all<{ id: number; bytes: number }>(
    "SELECT id, bytes FROM deliveries WHERE status = 'accepted' ORDER BY id LIMIT $1",
    [limit],
  )
  let sum = 0
  const fitting = sizes.filter(({ bytes }, index) => {
    sum += bytes
    return index === 0 || sum <= bytesAtOnce
  })
  const last = fitting.at(-1)
  if (last === undefined) return []
  return sql.all<AcceptedRow>(
    `SELECT ${deliveryColumns}, only_handler, headers, body
    FROM deliveries JOIN bodies ON bodies.id = deliveries.id
    WHERE status = 'accepted' AND deliveries.id <= $1 ORDER BY deliveries.id`,
    [last.id],
  )
}

/** One turn of routing, within a transaction. */
class Router {
  readonly #sql: Sql
  readonly #routed: RoutedDelivery[] = []
  readonly #coalesced: { handler: string; coalesce_key: string }[] = []
  /** Had runs before. */
  readonly #again: number[] = []

  constructor(sql: Sql) {
    this.#sql = sql
  }

  async route(row: AcceptedRow, decision: RoutingDecision): Promise<void> {
    const { facts } = decision
    if (decision.status !== 'queued') {
      return this.#note(row, facts, decision.status, decision.reason)
    }
    const only = row.only_handler
    const runs = decision.runs.filter(({ handler }) => only === null || handler === only)
    if (runs.length === 0) {
      const reason = only === null ? 'no handler' : `handler ${only} does not match`
      return this.#note(row, facts, 'ignored', reason)
    }
    await this.#note(row, facts, 'queued', null)
    if (only !== null) this.#again.push(row.id)
    for (const run of runs) await this.#plan(row.id, facts, run)
  }

  async end(): Promise<RoutedDelivery[]> {
    const superseded = await supersede(this.#sql, this.#coalesced)
    await refreshStatus(this.#sql, [...superseded, ...this.#again])
    return this.#routed
  }

  async #note(
    { id, event }: AcceptedRow,
    { action, repo, ref }: DeliveryFacts,
    status: DeliveryStatus,
    reason: string | null,
  ): Promise<void> {
    await this.#sql.all(
      `UPDATE deliveries SET action = $2, repo = $3, repo_key = $4, ref = $5, status = $6, reason = $7,
        only_handler = NULL, changed_at = now_ms()
      WHERE id = $1`,
      [id, action, repo, repo?.toLowerCase() ?? null, ref, status, reason],
    )
    this.#routed.push({ id, event, status, reason })
  }

  async #plan(id: number, { repo, ref }: DeliveryFacts, run: PlannedRun): Promise<void> {
    const { handler, action, order, coalesce, attempts } = run
    const repoKey = repo?.toLowerCase() ?? ''
    const coalesceKey = coalesce ? `${repoKey} ${ref ?? ''}` : null
    await this.#sql.all(
      `INSERT INTO runs (delivery_id, handler, action, lane, coalesce_key, status, budget, last_attempt, attempts, token)
      VALUES ($1, $2, $3, $4, $5, 'queued', $6, $7, 0, 0)
      ON CONFLICT (delivery_id, handler) DO NOTHING`,
      [id, handler, action, order === 'none' ? null : repoKey, coalesceKey, attempts, attempts],
    )
    if (coalesceKey !== null) this.#coalesced.push({ handler, coalesce_key: coalesceKey })
  }
}
