import { randomUUID } from 'node:crypto'
import type { Clock } from '../../../base/clock.js'
import { ConfigError } from '../../../base/errors.js'
import type { ReceivedDelivery } from '../store.js'
import type { Engine, Sql } from './engine.js'
import { newerStore } from './failures.js'
import { insertAtOnce } from './insert.js'
import { migrate, newestVersion } from './migrations.js'
import { NoticeWatch } from './postgres-listen.js'
import { PostgresPool, quoteName } from './postgres-pool.js'

/** Milliseconds of a lease, which its owner renews every 10 seconds. */
const lease = 30_000
/** The oldest major version of PostgreSQL. */
const oldestServer = 13

/** Guessed bytes of a delivery without its body. */
const rowBytes = 1024

export interface PostgresOptions {
  /** A secret: no error has it. */
  url: string
  schema: string
  /** For the pauses of `watch`; all other times are the server's. */
  clock: Clock
}

/**
 * @throws ConfigError: `pg` is not installed, the url is wrong, the server is too old or does not sync
 *   its commits, or a newer wizard made the schema; StoreError: the server can't be reached
 */
export async function openPostgres({ url, schema, clock }: PostgresOptions): Promise<Engine> {
  const pool = await PostgresPool.open(url, schema)
  try {
    await pool.read(assertServer)
    await pool.transaction((sql) => prepareSchema(sql, schema))
    return new PostgresEngine(pool, schema, clock)
  } catch (error) {
    await pool.end()
    throw error
  }
}

async function assertServer(sql: Sql): Promise<void> {
  const [server] = await sql.all<{ version: string; fsync: string; synced: string }>(
    `SELECT current_setting('server_version_num') AS version, current_setting('fsync') AS fsync,
      current_setting('synchronous_commit') AS synced`,
  )
  if (server === undefined) return
  const major = Math.floor(Number(server.version) / 10_000)
  if (major < oldestServer) {
    throw new ConfigError(`PostgreSQL ${major} is too old for the store of deliveries`, {
      hint: `use version ${oldestServer} or newer`,
    })
  }
  for (const [setting, value] of [
    ['fsync', server.fsync],
    ['synchronous_commit', server.synced],
  ]) {
    if (value !== 'off') continue
    throw new ConfigError(
      `PostgreSQL has ${setting} = off: a delivery that was answered may be lost`,
      {
        hint: `set ${setting} = on in postgresql.conf, or for the user or database of the url`,
      },
    )
  }
}

/** Makes the schema, or brings it up to date. Those who start together take turns. */
async function prepareSchema(sql: Sql, schema: string): Promise<void> {
  await takeTurn(sql, schema)
  const version = await versionOf(sql, schema)
  if (version > newestVersion) throw newerStore(`the schema ${schema} of PostgreSQL`)
  if (version === newestVersion) return
  if (version === 0) for (const statement of foundation) await sql.all(statement)
  await migrate(sql, 'postgres', version)
  await sql.all('UPDATE store SET version = $1', [newestVersion])
}

/** 0: it is empty now. */
async function versionOf(sql: Sql, schema: string): Promise<number> {
  const schemas = await sql.all('SELECT 1 AS one FROM pg_namespace WHERE nspname = $1', [schema])
  if (schemas.length === 0) await sql.all(`CREATE SCHEMA ${quoteName(schema)}`)
  const [table] = await sql.all<{ exists: boolean }>(
    "SELECT to_regclass('store') IS NOT NULL AS exists",
  )
  if (table?.exists !== true) return 0
  const [row] = await sql.all<{ version: number }>('SELECT version FROM store')
  return row?.version ?? 0
}

/** What SQLite has from this program. */
const foundation = [
  'CREATE TABLE store (version INTEGER NOT NULL)',
  'INSERT INTO store (version) VALUES (0)',
  `CREATE FUNCTION now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint'`,
  `CREATE FUNCTION up_since_ms() RETURNS bigint LANGUAGE sql STABLE AS
    'SELECT (extract(epoch FROM pg_postmaster_start_time()) * 1000)::bigint'`,
]

/** Until the transaction ends, nobody else of this schema gets past here. */
async function takeTurn(sql: Sql, schema: string): Promise<void> {
  await sql.all("SELECT pg_advisory_xact_lock(hashtext('wizard'), hashtext($1))", [schema])
}

class PostgresEngine implements Engine {
  readonly name = 'postgres'
  readonly lease = lease
  readonly #pool: PostgresPool
  readonly #schema: string
  readonly #clock: Clock
  /** Tells what this process has notified from what others have. */
  readonly #self = randomUUID()
  #notifying: Promise<void> | null = null
  #isNotifiedAgain = false

  constructor(pool: PostgresPool, schema: string, clock: Clock) {
    this.#pool = pool
    this.#schema = schema
    this.#clock = clock
  }

  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#pool.transaction(work)
  }

  unsynced<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#pool.transaction(work, 'BEGIN; SET LOCAL synchronous_commit = off')
  }

  read<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#pool.read(work)
  }

  excludeOthers(sql: Sql): Promise<void> {
    return takeTurn(sql, this.#schema)
  }

  insertNew(sql: Sql, batch: readonly ReceivedDelivery[]): Promise<(number | null)[]> {
    return insertAtOnce(sql, batch)
  }

  /** A guess, as the size of PostgreSQL's tables has what was removed and will be used again. */
  async usedBytes(): Promise<number> {
    const [row] = await this.read((sql) =>
      sql.all<{ bytes: number }>(
        `SELECT (
          (SELECT count(*) FROM deliveries) * ${rowBytes} +
          (SELECT coalesce(sum(bytes), 0) FROM deliveries JOIN bodies USING (id)) +
          (SELECT coalesce(sum(octet_length(output)), 0) FROM outputs))::bigint AS bytes`,
      ),
    )
    return row?.bytes ?? 0
  }

  /** The server does so itself. */
  async compact(): Promise<void> {}

  /**
   * After the commit and not in it: within, it would make the commits of all machines wait for each
   * other. If it is lost, the others look after five seconds.
   */
  notify(): void {
    this.#isNotifiedAgain = true
    this.#notifying ??= this.#sendNotices().finally(() => {
      this.#notifying = null
    })
  }

  watch(listener: () => void): () => void {
    const listening = new NoticeWatch(this.#pool, this.#clock, {
      channel: channelOf(this.#schema),
      isOwn: (payload) => payload === this.#self,
      listener,
    })
    return () => listening.end()
  }

  async close(): Promise<void> {
    await this.#notifying
    await this.#pool.end()
  }

  async #sendNotices(): Promise<void> {
    while (this.#isNotifiedAgain) {
      this.#isNotifiedAgain = false
      const values = [channelOf(this.#schema), this.#self]
      await this.read((sql) => sql.all('SELECT pg_notify($1, $2)', values)).catch(() => {})
    }
  }
}

/** At most 63 bytes. */
const channelOf = (schema: string) => `wizard_${schema}`.slice(0, 63)
