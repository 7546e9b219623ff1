import { setImmediate } from 'node:timers/promises'
import type { StatementSyncInstance } from '@photostructure/sqlite'
import { type Sql, type SqlValue, withoutNul } from './engine.js'
import { damagedStore, isLocked, newerStore } from './failures.js'
import { migrate, newestVersion } from './migrations.js'
import type { SqliteDatabase } from './sqlite-module.js'

/** `wizd`: distinguishes the store from other programs' databases. */
const applicationId = 0x77697a64

/**
 * Another connection may hold the lock for 5 seconds: so many waits of so many milliseconds. A wait
 * blocks this process; between two of them it goes on, as it may have that other connection itself.
 */
const mostWaits = 250
const wait = 20

/**
 * Of the log, until they are written into the database, which takes two syncs more: 16 MB, so that
 * under load only one commit in dozens waits for that.
 */
const pagesOfLog = 4000

/** Prepared statements to keep: lists of ids of each length make too many to keep all. */
const mostStatements = 200

interface Statement {
  prepared: StatementSyncInstance
  /** The index of the value for each `?` in the text. */
  order: number[]
}

/** One connection of SQLite, with the store's settings. @throws errors of SQLite */
export class SqliteConnection implements Sql {
  readonly forUpdate = ''
  readonly #database: SqliteDatabase
  readonly #path: string
  readonly #statements = new Map<string, Statement>()

  constructor(database: SqliteDatabase, path: string, now: () => number) {
    this.#database = database
    this.#path = path
    database.function('now_ms', now)
    database.function('up_since_ms', () => 0)
    database.exec(`PRAGMA busy_timeout = ${wait}`)
  }

  /**
   * Checks before it changes anything that the database is wizard's: any other stays as it is.
   *
   * @throws ConfigError
   */
  async prepare(): Promise<void> {
    const version = await this.#patiently(() => this.#assertOwn())
    await this.#patiently(() =>
      this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA foreign_keys = ON;
      PRAGMA wal_autocheckpoint = ${pagesOfLog};
      PRAGMA journal_size_limit = 67108864`),
    )
    if (version < newestVersion) await this.migrate()
  }

  migrate(): Promise<void> {
    return this.transaction(async (sql) => {
      // Another process may have been faster.
      await migrate(sql, 'sqlite', this.pragma('user_version'))
      this.#database.exec(`
        PRAGMA application_id = ${applicationId};
        PRAGMA user_version = ${newestVersion}`)
    })
  }

  /** Writes a copy to a path where there is nothing, or an empty file. */
  copyTo(path: string): void {
    this.#database.exec(`VACUUM INTO '${path.replaceAll("'", "''")}'`)
  }

  /** @throws ConfigError if a page is damaged */
  check(): void {
    const rows = this.run<{ quick_check: string }>('PRAGMA quick_check(1)')
    if (rows[0]?.quick_check !== 'ok') throw damagedStore(this.#path, rows[0]?.quick_check)
  }

  pragma(name: string): number {
    return Number(Object.values(this.run(`PRAGMA ${name}`)[0] ?? {})[0])
  }

  all<Row extends object>(text: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    try {
      return Promise.resolve(this.run<Row>(text, values))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  run<Row extends object>(text: string, values: readonly SqlValue[] = []): Row[] {
    const { prepared, order } = this.#statements.get(text) ?? this.#prepare(text)
    return prepared.all(...order.map((index) => withoutNul(values[index] ?? null))) as Row[]
  }

  async transaction<T>(work: (sql: Sql) => Promise<T>, begin = 'BEGIN IMMEDIATE'): Promise<T> {
    await this.#patiently(() => this.#database.exec(begin))
    try {
      const result = await work(this)
      this.#database.exec('COMMIT')
      return result
    } catch (error) {
      this.#rollback()
      throw error
    }
  }

  /** https://sqlite.org/pragma.html#pragma_synchronous: with WAL, NORMAL syncs at checkpoints only. */
  async unsynced<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    this.#database.exec('PRAGMA synchronous = NORMAL')
    try {
      return await this.transaction(work)
    } finally {
      this.#database.exec('PRAGMA synchronous = FULL')
    }
  }

  close(): void {
    this.#statements.clear()
    this.#database.close()
  }

  async #patiently<T>(act: () => T): Promise<T> {
    for (let waits = 1; ; waits++) {
      try {
        return act()
      } catch (error) {
        if (!isLocked(error) || waits === mostWaits) throw error
        await setImmediate()
      }
    }
  }

  /** A full disk has rolled it back already. */
  #rollback(): void {
    try {
      this.#database.exec('ROLLBACK')
    } catch {}
  }

  #prepare(text: string): Statement {
    const order: number[] = []
    const numbered = text.replaceAll(/\$(\d+)/g, (_, digits: string) => {
      order.push(Number(digits) - 1)
      return '?'
    })
    const statement = { prepared: this.#database.prepare(numbered), order }
    const oldest = this.#statements.keys().next().value
    if (this.#statements.size >= mostStatements) this.#statements.delete(oldest ?? '')
    this.#statements.set(text, statement)
    return statement
  }

  /** @returns its version */
  #assertOwn(): number {
    const version = this.pragma('user_version')
    if (this.pragma('application_id') !== applicationId) throw damagedStore(this.#path)
    if (version > newestVersion) throw newerStore(this.#path)
    return version
  }
}
