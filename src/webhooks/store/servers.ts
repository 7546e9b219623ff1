import type { Engine, Sql } from './engine/engine.js'
import { isoTime } from './rows.js'
import type { Server, StoreCounts } from './store.js'

/** Milliseconds without an announcement after which a server counts as gone. */
const silence = 30_000

/** As `DeliveryStore.announce`. */
export async function announceServer(engine: Engine, server: Server): Promise<void> {
  const { owner, machine, pid, address } = server
  await engine.transaction(async (sql) => {
    await sql.all(
      `INSERT INTO servers (owner, machine, pid, address, since, seen_at)
      VALUES ($1, $2, $3, $4, now_ms(), now_ms())
      ON CONFLICT (owner) DO UPDATE SET address = excluded.address, seen_at = excluded.seen_at`,
      [owner, machine, pid, address],
    )
    await sql.all(`DELETE FROM servers WHERE NOT (${isHeard})`)
  })
}

/** As `DeliveryStore.depart`. */
export async function departServer(engine: Engine, owner: string): Promise<void> {
  await engine.transaction((sql) => sql.all('DELETE FROM servers WHERE owner = $1', [owner]))
}

/** The clock may have been set back. */
const isHeard = `abs(now_ms() - seen_at) <= ${silence}`

/** The servers that have announced themselves lately. */
export async function liveServers(sql: Sql): Promise<StoreCounts['serving']> {
  const rows = await sql.all<{ machine: string; pid: number; since: number; address: string }>(
    `SELECT machine, pid, since, address FROM servers WHERE ${isHeard} ORDER BY since, owner`,
  )
  return rows.map((row) => ({ ...row, since: isoTime(row.since) }))
}
