import { NotFoundError, UsageError } from '../../base/errors.js'
import type { Sql } from './engine/engine.js'

/** Characters of GitHub's id that are enough to name a delivery. */
const shortest = 8

/**
 * wizard's number of a delivery.
 *
 * @param id wizard's number, GitHub's id, or 8 or more of its first characters
 * @throws NotFoundError; UsageError if several begin with it
 */
export async function findDelivery(sql: Sql, id: string): Promise<number> {
  const found =
    (await byNumber(sql, id)) ?? (await byDelivery(sql, id)) ?? (await byPrefix(sql, id))
  if (found === undefined) {
    throw new NotFoundError(`no delivery ${id}`, {
      hint: [
        { verb: ['WEBHOOK', 'LIST'] },
        ' lists them',
        ...(id.length < shortest ? [`; for GitHub's id give at least ${shortest} characters`] : []),
      ],
    })
  }
  return found
}

interface IdRow {
  id: number
}

async function byNumber(sql: Sql, id: string): Promise<number | undefined> {
  if (!/^[0-9]{1,15}$/.test(id)) return undefined
  const [row] = await sql.all<IdRow>('SELECT id FROM deliveries WHERE id = $1', [Number(id)])
  return row?.id
}

/** The one that stands for the event, or if it was pruned, the oldest repeat of its id. */
async function byDelivery(sql: Sql, id: string): Promise<number | undefined> {
  for (const isEvent of [1, 0]) {
    const [row] = await sql.all<IdRow>(
      `SELECT id FROM deliveries WHERE delivery = $1 AND is_event = ${isEvent} ORDER BY id LIMIT 1`,
      [id],
    )
    if (row !== undefined) return row.id
  }
  return undefined
}

async function byPrefix(sql: Sql, id: string): Promise<number | undefined> {
  if (id.length < shortest) return undefined
  // `~` sorts after all characters of a delivery's id.
  const rows = await sql.all<{ delivery: string }>(
    `SELECT delivery FROM deliveries WHERE delivery >= $1 AND delivery < $2 AND is_event = 1
    ORDER BY delivery LIMIT 2`,
    [id, `${id}~`],
  )
  const [first, second] = rows.map(({ delivery }) => delivery)
  if (second !== undefined) {
    throw new UsageError(`several deliveries begin with ${id}: ${first}, ${second} …`, {
      hint: 'give more characters',
    })
  }
  return first === undefined ? undefined : byDelivery(sql, first)
}
