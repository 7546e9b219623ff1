import { UsageError } from '../../base/errors.js'
import type { DeliveryWithRuns } from '../delivery.js'
import { type Engine, places, type Sql } from './engine/engine.js'
import { waiting } from './engine/migrations.js'
import { findDelivery } from './find.js'
import { readWithRuns } from './read.js'
import { refreshStatus, requeue } from './requeue.js'
import type { DeliveryStore } from './store.js'

/** As `DeliveryStore.replay`. */
export async function replayDeliveries(
  engine: Engine,
  ids: string[],
  handler: string | null,
): ReturnType<DeliveryStore['replay']> {
  const replayed = await engine.transaction(async (sql) => {
    const found = await findAll(sql, ids)
    for (const id of found) {
      await assertBody(sql, id)
      await requeue(sql, id, handler)
    }
    return readAll(sql, found)
  })
  engine.notify()
  return replayed
}

async function findAll(sql: Sql, ids: readonly string[]): Promise<number[]> {
  const found = new Set<number>()
  for (const id of ids) found.add(await findDelivery(sql, id))
  return [...found]
}

async function readAll(sql: Sql, ids: readonly number[]): Promise<DeliveryWithRuns[]> {
  const deliveries: DeliveryWithRuns[] = []
  for (const id of ids) deliveries.push(await readWithRuns(sql, id))
  return deliveries
}

async function assertBody(sql: Sql, id: number): Promise<void> {
  const rows = await sql.all('SELECT id FROM bodies WHERE id = $1', [id])
  if (rows.length > 0) return
  throw new UsageError(`delivery ${id} can't be replayed: its body was pruned`, {
    hint: 'GitHub redelivers it for three days, on the page of the hook',
  })
}

/** As `DeliveryStore.cancel`. */
export async function cancelDeliveries(
  engine: Engine,
  ids: string[],
): ReturnType<DeliveryStore['cancel']> {
  const cancelled = await engine.transaction(async (sql) => {
    const found = await findAll(sql, ids)
    if (found.length === 0) return []
    await sql.all(
      `UPDATE runs SET status = 'cancelled', next_at = NULL, ended_at = now_ms()
      WHERE ${waiting} AND delivery_id IN ${places(found)}`,
      found,
    )
    await refreshStatus(sql, found)
    await sql.all(
      `UPDATE deliveries SET status = 'cancelled', only_handler = NULL, changed_at = now_ms()
      WHERE status = 'accepted' AND id IN ${places(found)}`,
      found,
    )
    return readAll(sql, found)
  })
  engine.notify()
  return cancelled
}
