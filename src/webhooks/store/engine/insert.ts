import type { ReceivedDelivery } from '../store.js'
import type { Sql } from './engine.js'

const columns =
  'delivery, hook_id, event, source, sha256, bytes, is_event, owns_bytes, status, times_received, received_at, waiting_since, changed_at'

const insertDelivery = `INSERT INTO deliveries (${columns}, reason)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, now_ms(), now_ms(), now_ms(), $10)
  ON CONFLICT DO NOTHING RETURNING id`

/** What a delivery is when it comes. */
export interface Arrival {
  isEvent: boolean
  ownsBytes: boolean
  /** Why it is held; null: it is not. */
  repeats: 'same-event' | 'same-bytes' | null
}

/** The first of its id and of its bytes. GitHub did not sign those that its API gives: no other one repeats them. */
const firstArrival = ({ source }: ReceivedDelivery): Arrival => ({
  isEvent: true,
  ownsBytes: source === 'http',
  repeats: null,
})

/** @returns its id; null if a unique index refuses it */
export async function insertOne(
  sql: Sql,
  received: ReceivedDelivery,
  { isEvent, ownsBytes, repeats }: Arrival,
): Promise<number | null> {
  const { delivery, hookId, event, source, sha256, headers, body } = received
  const [row] = await sql.all<{ id: number }>(insertDelivery, [
    delivery,
    hookId,
    event,
    source,
    sha256,
    body.length,
    Number(isEvent),
    Number(ownsBytes),
    repeats === null ? 'accepted' : 'repeat',
    repeats,
  ])
  if (row === undefined) return null
  await sql.all('INSERT INTO bodies (id, headers, body) VALUES ($1, $2, $3)', [
    row.id,
    JSON.stringify(headers),
    body,
  ])
  return row.id
}

/** For SQLite, where a statement costs nearly nothing. */
export async function insertInTurn(
  sql: Sql,
  batch: readonly ReceivedDelivery[],
): Promise<(number | null)[]> {
  const ids: (number | null)[] = []
  for (const received of batch) ids.push(await insertOne(sql, received, firstArrival(received)))
  return ids
}

const insertAll = `WITH input AS (
    SELECT * FROM json_to_recordset($1::json) AS t (n int, delivery text, hook_id text, event text,
      source text, sha256 text, bytes int, owns_bytes int, headers text, first int)),
  inserted AS (
    INSERT INTO deliveries (${columns})
    SELECT delivery, hook_id, event, source, sha256, bytes, 1, owns_bytes, 'accepted', 1, now_ms(), now_ms(), now_ms()
    FROM input ORDER BY n
    ON CONFLICT DO NOTHING RETURNING id, delivery, sha256),
  kept AS (
    INSERT INTO bodies (id, headers, body)
    SELECT DISTINCT ON (inserted.id) inserted.id, headers, substring($2::bytea FROM first FOR bytes)
    FROM inserted JOIN input ON inserted.delivery = input.delivery COLLATE "C"
      AND inserted.sha256 = input.sha256 COLLATE "C"
    ORDER BY inserted.id, n)
  SELECT id, delivery, sha256 FROM inserted`

/** For PostgreSQL, where each statement is a way to the server and back. */
export async function insertAtOnce(
  sql: Sql,
  batch: readonly ReceivedDelivery[],
): Promise<(number | null)[]> {
  let first = 1
  const input = batch.map((received, n) => {
    const { delivery, hookId, event, source, sha256, headers, body } = received
    const row = { n, delivery, hook_id: hookId, event, source, sha256, bytes: body.length }
    const place = { headers: JSON.stringify(headers), first }
    first += body.length
    return { ...row, ...place, owns_bytes: Number(firstArrival(received).ownsBytes) }
  })
  const rows = await sql.all<{ id: number; delivery: string; sha256: string }>(
    insertAll,
    [JSON.stringify(input), Buffer.concat(batch.map(({ body }) => body))],
    'insert-deliveries',
  )
  const ids = new Map(rows.map(({ id, delivery, sha256 }) => [`${delivery} ${sha256}`, id]))
  return batch.map(({ delivery, sha256 }) => {
    const key = `${delivery} ${sha256}`
    const id = ids.get(key) ?? null
    ids.delete(key)
    return id
  })
}
