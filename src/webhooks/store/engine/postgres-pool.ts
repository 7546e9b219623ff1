import type { Client, ClientConfig, CustomTypesConfig, Pool, PoolClient } from 'pg'
import { ConfigError, WizardError } from '../../../base/errors.js'
import { type Sql, type SqlValue, withoutNul } from './engine.js'
import { explainPostgres, isSerializationFailure, isServerError } from './failures.js'

/** Milliseconds. GitHub waits ten seconds for an answer. */
const connectTimeout = 5000
const queryTimeout = 15_000

/** Connections of one process. */
const mostConnections = 6

/** How often a transaction is run that was in another's way. */
const mostTries = 5

/** The number that PostgreSQL gives to the type `bigint`. */
const bigint = 20

type PgModule = Pick<typeof import('pg'), 'Client' | 'Pool' | 'types'>

/** Connections to PostgreSQL with the schema as their own, which outlive a restart of the server. */
export class PostgresPool {
  readonly #pool: Pool
  readonly #pg: PgModule
  readonly #config: ClientConfig

  private constructor(pg: PgModule, config: ClientConfig) {
    this.#pg = pg
    this.#config = config
    this.#pool = new pg.Pool({ ...config, max: mostConnections })
    // Without a listener a server that goes away ends the process: one at the pool for its idle
    // clients, one at each client for the time that it is in use.
    this.#pool.on('error', () => {})
    this.#pool.on('connect', (client) => client.on('error', () => {}))
  }

  /** @throws ConfigError if `pg` is not installed, or the url is wrong */
  static async open(url: string, schema: string): Promise<PostgresPool> {
    const pg = await loadPg()
    const config = {
      connectionString: url,
      options: `-c search_path=${escapeOption(quoteName(schema))}`,
      application_name: 'wizard',
      keepAlive: true,
      connectionTimeoutMillis: connectTimeout,
      query_timeout: queryTimeout,
      types: { getTypeParser: parserFor(pg) },
    }
    assertUrl(pg, url, config)
    return new PostgresPool(pg, config)
  }

  /**
   * @param begin the statements that open it
   * @throws StoreError; ConfigError
   */
  async transaction<T>(work: (sql: Sql) => Promise<T>, begin = 'BEGIN'): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#use(async (sql) => {
          const result = await work(sql)
          await sql.all('COMMIT')
          return result
        }, begin)
      } catch (error) {
        if (!isSerializationFailure(error) || tries === mostTries) throw explainPostgres(error)
      }
    }
  }

  /** @throws StoreError; ConfigError */
  async read<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#use(work)
      } catch (error) {
        if (!isLost(error) || tries > mostConnections) throw explainPostgres(error)
      }
    }
  }

  /** A connection of its own, for LISTEN. @throws errors of `pg` */
  async connect(): Promise<Client> {
    const client = new this.#pg.Client({ ...this.#config, query_timeout: 0 })
    client.on('error', () => {})
    await client.connect()
    return client
  }

  end(): Promise<void> {
    return this.#pool.end()
  }

  async #use<T>(work: (sql: Sql) => Promise<T>, begin?: string): Promise<T> {
    const client = await (begin === undefined ? this.#pool.connect() : this.#begin(begin))
    try {
      const result = await work(new PostgresSql(client))
      client.release()
      return result
    } catch (error) {
      if (begin !== undefined && !isLost(error)) await client.query('ROLLBACK').catch(() => {})
      client.release(isLost(error))
      throw error
    }
  }

  /** An idle connection may have lost its server: until this is answered another one will do. */
  async #begin(statements: string): Promise<PoolClient> {
    for (let tries = 1; ; tries++) {
      const client = await this.#pool.connect()
      try {
        await client.query(statements)
        return client
      } catch (error) {
        client.release(true)
        if (tries > mostConnections) throw error
      }
    }
  }
}

/** Whether the connection can't be used again; an error of wizard's own does not harm it. */
const isLost = (error: unknown) => !(error instanceof WizardError || isServerError(error))

class PostgresSql implements Sql {
  readonly forUpdate = 'FOR UPDATE'
  readonly #client: PoolClient

  constructor(client: PoolClient) {
    this.#client = client
  }

  async all<Row extends object>(
    text: string,
    values: readonly SqlValue[] = [],
    name?: string,
  ): Promise<Row[]> {
    const query = { text, values: values.map(withoutNul), ...(name !== undefined && { name }) }
    const { rows } = await this.#client.query<Row>(query)
    return rows
  }
}

async function loadPg(): Promise<PgModule> {
  try {
    const loaded = await import('pg')
    return loaded.default ?? loaded
  } catch (cause) {
    throw new ConfigError('the store of deliveries needs the package pg for PostgreSQL', {
      hint: 'npm install -g pg@8',
      cause,
    })
  }
}

/** Counts and times are exact as numbers. */
function parserFor({ types }: PgModule): CustomTypesConfig['getTypeParser'] {
  return (id, format) => (id === bigint ? Number : types.getTypeParser(id, format))
}

/** Refuses here what `pg` would quote in an error. */
function assertUrl({ Client }: PgModule, url: string, config: ClientConfig): void {
  try {
    if (!/^postgres(?:ql)?:/.test(url)) throw new Error('another protocol')
    new Client(config)
  } catch {
    throw new ConfigError('webhooks.store.url is not an address of PostgreSQL', {
      hint: 'write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE',
    })
  }
  if (/[?&]options=/.test(url)) {
    throw new ConfigError('webhooks.store.url has options, which wizard sets itself', {
      hint: 'name the schema in webhooks.store.schema',
    })
  }
}

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** In `options` a backslash is before a space, and before itself. */
const escapeOption = (value: string) => value.replaceAll(/[\\ ]/g, '\\$&')
