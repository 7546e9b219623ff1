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
    await engine.excludeOthers(sql)
    const found = await findAll(sql, ids)
    for (const id of found) {
      if (!(await requeue(sql, id, handler))) throw withoutBody(id)
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

const withoutBody = (id: number) =>
  new UsageError(`delivery ${id} can't be replayed: its body was pruned`, {
    hint: 'GitHub can redeliver it for three days, on the page of the hook',
  })

/** As `DeliveryStore.cancel`. */
export async function cancelDeliveries(
  engine: Engine,
  ids: string[],
): ReturnType<DeliveryStore['cancel']> {
  const result = await engine.transaction(async (sql) => {
    // A router that has read a delivery before would give it runs afterwards.
    await engine.excludeOthers(sql)
    const found = await findAll(sql, ids)
    if (found.length === 0) return { deliveries: [], unchanged: [] }
    const cancelled = new Set([...(await cancelRuns(sql, found)), ...(await unroute(sql, found))])
    await refreshStatus(sql, found)
    const unchanged = found.filter((id) => !cancelled.has(id))
    return { deliveries: await readAll(sql, found), unchanged }
  })
  engine.notify()
  return result
}

/** @returns the deliveries whose runs they are */
async function cancelRuns(sql: Sql, deliveries: readonly number[]): Promise<number[]> {
  const rows = await sql.all<{ delivery_id: number }>(
    `UPDATE runs SET status = 'cancelled', next_at = NULL, ended_at = now_ms()
    WHERE ${waiting} AND delivery_id IN ${places(deliveries)} RETURNING delivery_id`,
    deliveries,
  )
  return rows.map(({ delivery_id }) => delivery_id)
}

/** Those that wait to be routed get no runs; what they have from before may still be running. */
async function unroute(sql: Sql, deliveries: readonly number[]): Promise<number[]> {
  const rows = await sql.all<{ id: number }>(
    `UPDATE deliveries SET status = 'cancelled', only_handler = NULL, changed_at = now_ms()
    WHERE status = 'accepted' AND id IN ${places(deliveries)} RETURNING id`,
    deliveries,
  )
  return rows.map(({ id }) => id)
}
