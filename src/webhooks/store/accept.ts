import type { Engine, Sql } from './engine/engine.js'
import { insertOne } from './engine/insert.js'
import type { RecentBodies } from './recent-bodies.js'
import { requeue } from './requeue.js'
import type { AcceptedDelivery, DeliveryStore, ReceivedDelivery } from './store.js'

/** Two of them may rightly have the same bytes. */
const alike = new Set(['repository_dispatch', 'workflow_dispatch', 'ping'])

/** As `DeliveryStore.accept`. Nearly all are new, so they are inserted first and looked at after. */
export async function acceptBatch(
  engine: Engine,
  recent: RecentBodies,
  batch: ReceivedDelivery[],
): ReturnType<DeliveryStore['accept']> {
  if (batch.length === 0) return []
  const accepted = await engine.transaction(async (sql) => {
    const ids = await engine.insertNew(sql, batch)
    const results: AcceptedDelivery[] = []
    for (const [index, received] of batch.entries()) {
      const id = ids[index] ?? null
      results.push(id === null ? await acceptKnown(sql, received) : { id, outcome: 'accepted' })
    }
    return results
  })
  for (const [index, { id, outcome }] of accepted.entries()) {
    const received = batch[index]
    if (outcome === 'accepted' && received !== undefined) recent.add({ id, ...received })
  }
  engine.notify()
  return accepted
}

interface KnownRow {
  id: number
  event: string
  source: string
  sha256: string
  is_event: number
}

/** In two parts, as each has its index. */
const withDelivery = [1, 0]
  .map(
    (isEvent) => `SELECT id, event, source, sha256, is_event FROM deliveries
      WHERE delivery = $1 AND is_event = ${isEvent}`,
  )
  .join(' UNION ALL ')

/** Accepts a delivery of which something is known: its id, or its bytes. */
async function acceptKnown(sql: Sql, received: ReceivedDelivery): Promise<AcceptedDelivery> {
  const { delivery, sha256, source } = received
  for (;;) {
    const known = await sql.all<KnownRow>(withDelivery, [delivery])
    const event = known.find(({ is_event }) => is_event === 1)
    const isOfApi = source === 'api' || event?.source === 'api'
    const same = known.find((row) => row.sha256 === sha256) ?? (isOfApi ? event : undefined)
    if (same !== undefined) return receiveAgain(sql, same.id)
    const bytes = source === 'http' ? await ownerOf(sql, sha256) : undefined
    const repeats =
      event !== undefined ? 'same-event' : isRepeat(received, bytes) ? 'same-bytes' : null
    const id = await insertOne(sql, received, {
      isEvent: event === undefined,
      ownsBytes: source === 'http' && bytes === undefined,
      repeats,
    })
    // Another machine was quicker: what it has inserted is seen now.
    if (id === null) continue
    return { id, outcome: repeats === null ? 'accepted' : 'repeat' }
  }
}

async function ownerOf(sql: Sql, sha256: string): Promise<{ event: string } | undefined> {
  const [owner] = await sql.all<{ event: string }>(
    'SELECT event FROM deliveries WHERE sha256 = $1 AND owns_bytes = 1',
    [sha256],
  )
  return owner
}

/**
 * The event's name is in a header, which GitHub does not sign: captured bytes that come under
 * another name are a repeat too.
 */
const isRepeat = ({ event }: ReceivedDelivery, bytes: { event: string } | undefined) =>
  bytes !== undefined && !(alike.has(event) && bytes.event === event)

async function receiveAgain(sql: Sql, id: number): Promise<AcceptedDelivery> {
  const [row] = await sql.all<{ status: string }>(
    'UPDATE deliveries SET times_received = times_received + 1 WHERE id = $1 RETURNING status',
    [id],
  )
  // It stays dead if its body was pruned.
  if (row?.status === 'dead') await requeue(sql, id, null)
  return { id, outcome: 'duplicate' }
}
