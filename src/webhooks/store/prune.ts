import { type Engine, places, type Sql } from './engine/engine.js'
import type { DeliveryStore, Retention } from './store.js'

const day = 24 * 60 * 60 * 1000

/** Deliveries of one transaction, so that it does not hold others up. */
const atOnce = 200

const ended = "status IN ('done', 'ignored', 'repeat', 'cancelled')"

/** As `DeliveryStore.prune`. */
export async function pruneDeliveries(
  engine: Engine,
  { keep, keepIds, keepDead, maxBytes }: Retention,
): ReturnType<DeliveryStore['prune']> {
  const older = (days: number) => `changed_at < now_ms() - ${Math.round(days * day)}`
  const old = `((${ended} AND ${older(keep)}) OR (status = 'dead' AND ${older(keepDead)}))`
  const gone = `((${ended} AND ${older(keepIds)}) OR (status = 'dead' AND ${older(Math.max(keepIds, keepDead))}))`
  const removed = await inSteps(engine, (sql) => removeDeliveries(sql, gone))
  const stripped = await inSteps(engine, (sql) => removeBodies(sql, old))
  const fitted = maxBytes === null ? 0 : await shrink(engine, maxBytes)
  const pruned = removed + stripped + fitted
  if (pruned > 0) await engine.compact()
  return pruned
}

async function inSteps(engine: Engine, step: (sql: Sql) => Promise<number>): Promise<number> {
  for (let sum = 0; ; ) {
    const count = await engine.transaction(step)
    sum += count
    if (count < atOnce) return sum
  }
}

async function removeDeliveries(sql: Sql, which: string): Promise<number> {
  const rows = await sql.all<{ id: number }>(
    `SELECT id FROM deliveries WHERE ${which} ORDER BY id LIMIT ${atOnce} ${sql.forUpdate}`,
  )
  if (rows.length === 0) return 0
  const ids = rows.map(({ id }) => id)
  await sql.all(`DELETE FROM deliveries WHERE id IN ${places(ids)}`, ids)
  return rows.length
}

/**
 * Removes bodies and outputs: first those of what is done, the oldest first.
 *
 * @param enough bytes: it stops once it has freed as many
 */
async function removeBodies(sql: Sql, which: string, enough = Infinity): Promise<number> {
  const rows = await sql.all<{ id: number; bytes: number }>(
    `SELECT deliveries.id, bytes FROM bodies JOIN deliveries ON deliveries.id = bodies.id WHERE ${which}
    ORDER BY CASE status WHEN 'done' THEN 0 ELSE 1 END, deliveries.id LIMIT ${atOnce} ${sql.forUpdate}`,
  )
  let freed = 0
  const ids: number[] = []
  for (const { id, bytes } of rows) {
    if (freed >= enough) break
    freed += bytes
    ids.push(id)
  }
  if (ids.length === 0) return 0
  await sql.all(`DELETE FROM bodies WHERE id IN ${places(ids)}`, ids)
  await sql.all(
    `DELETE FROM outputs WHERE run IN (SELECT id FROM runs WHERE delivery_id IN ${places(ids)})`,
    ids,
  )
  return ids.length
}

/** Removes bodies until the store fits, or none that may go is left. */
async function shrink(engine: Engine, maxBytes: number): Promise<number> {
  for (let sum = 0; ; ) {
    const excess = await excessOf(engine, maxBytes)
    if (excess <= 0) return sum
    const count = await engine.transaction((sql) => removeBodies(sql, ended, excess))
    if (count === 0) return sum
    sum += count
  }
}

async function excessOf(engine: Engine, maxBytes: number): Promise<number> {
  if ((await engine.usedBytes()) <= maxBytes) return 0
  // Empties the log, which removing makes grow too.
  await engine.compact()
  return (await engine.usedBytes()) - maxBytes
}
