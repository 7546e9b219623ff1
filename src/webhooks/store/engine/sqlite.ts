import { randomUUID } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '../../../base/clock.js'
import { syncFolder } from '../../../base/fs/durable-write.js'
import { hasCode } from '../../../base/fs/read.js'
import type { ReceivedDelivery } from '../store.js'
import type { Engine, Sql } from './engine.js'
import { damagedStore, explainSqlite, StoreError } from './failures.js'
import { insertInTurn } from './insert.js'
import { SqliteConnection } from './sqlite-connection.js'
import { openDatabase } from './sqlite-module.js'

/** Milliseconds between two checks for changes of other processes. */
const pollInterval = 200

export interface SqliteOptions {
  path: string
  clock: Clock
  /** Whether to read the whole file first, so that damage is found before a delivery is taken. */
  isChecked?: boolean | undefined
}

/**
 * @throws ConfigError if the file is damaged, another program's or a newer wizard's, or this Node has
 *   no SQLite; StoreError if it can't be read or written
 */
export async function openSqlite(options: SqliteOptions): Promise<Engine> {
  const { path, clock } = options
  try {
    if (!existsSync(path)) await create(options)
    return new SqliteEngine(await connect(options), path, clock)
  } catch (error) {
    throw explainSqlite(error, path)
  }
}

/**
 * Makes the file under another name, and links it to its own once it is on the disk. So an empty file
 * under that name is never a new store: it is one that has lost everything.
 */
async function create({ path, clock }: SqliteOptions): Promise<void> {
  if (existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0) throw damagedStore(path)
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const fresh = `${path}.${randomUUID()}`
  const file = await open(fresh, 'wx', 0o600)
  try {
    const connection = await connectTo(':memory:', clock)
    await connection.migrate()
    connection.copyTo(fresh)
    connection.close()
    await file.sync()
    linkSync(fresh, path)
    await syncFolder(folder)
  } catch (error) {
    // Another process was quicker.
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    await file.close()
    rmSync(fresh, { force: true })
  }
}

const connectTo = async (path: string, clock: Clock) =>
  new SqliteConnection(await openDatabase(path), path, () => clock.now())

async function connect({ path, clock, isChecked }: SqliteOptions): Promise<SqliteConnection> {
  const connection = await connectTo(path, clock)
  try {
    await connection.prepare()
    if (isChecked) connection.check()
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

/** SQLite over one connection, whose users take turns. */
class SqliteEngine implements Engine {
  readonly name = 'sqlite'
  readonly lease = null
  readonly #connection: SqliteConnection
  readonly #path: string
  readonly #clock: Clock
  /** Settles after the last turn. */
  #turns: Promise<unknown> = Promise.resolve()
  readonly #inode: number
  #isOpen = true

  constructor(connection: SqliteConnection, path: string, clock: Clock) {
    this.#connection = connection
    this.#path = path
    this.#clock = clock
    this.#inode = statSync(path).ino
  }

  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#inTurn(() => {
      this.#assertInPlace()
      return this.#connection.transaction(work)
    })
  }

  unsynced<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#inTurn(() => this.#connection.unsynced(work))
  }

  read<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#inTurn(() => this.#connection.transaction(work, 'BEGIN'))
  }

  /** BEGIN IMMEDIATE has done it. */
  async excludeOthers(): Promise<void> {}

  insertNew(sql: Sql, batch: readonly ReceivedDelivery[]): Promise<(number | null)[]> {
    return insertInTurn(sql, batch)
  }

  /** Without free pages, which the next deliveries will take. */
  usedBytes(): Promise<number> {
    return this.#inTurn(async () => {
      const connection = this.#connection
      const pages = connection.pragma('page_count') - connection.pragma('freelist_count')
      const log = statSync(`${this.#path}-wal`, { throwIfNoEntry: false })?.size ?? 0
      return pages * connection.pragma('page_size') + log
    })
  }

  compact(): Promise<void> {
    return this.#inTurn(async () => {
      this.#connection.run('PRAGMA wal_checkpoint(TRUNCATE)')
    })
  }

  /** Others poll the file. */
  notify(): void {}

  watch(listener: () => void): () => void {
    let seen = this.#dataVersion()
    let cancel = () => {}
    const poll = () => {
      const now = this.#dataVersion()
      if (now !== seen) listener()
      seen = now
      cancel = this.#clock.after(pollInterval, poll)
    }
    cancel = this.#clock.after(pollInterval, poll)
    return () => cancel()
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return
    await this.#inTurn(async () => {
      this.#isOpen = false
      this.#connection.close()
    })
  }

  /** A file that was moved or emptied would still take writes, which nobody would find again. */
  #assertInPlace(): void {
    const found = statSync(this.#path, { throwIfNoEntry: false })
    if (found?.ino === this.#inode && found.size > 0) return
    throw new StoreError(`${this.#path} was moved, replaced or emptied while in use`, {
      hint: 'put it back, or start SERVE again',
    })
  }

  /** A number that changes with each commit of another connection; null if it can't be read now. */
  #dataVersion(): number | null {
    try {
      return this.#isOpen ? this.#connection.pragma('data_version') : null
    } catch {
      return null
    }
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(async () => {
      if (!this.#isOpen) throw new StoreError('the store of deliveries is closed')
      try {
        return await act()
      } catch (error) {
        throw explainSqlite(error, this.#path)
      }
    })
    this.#turns = turn.catch(() => {})
    return turn
  }
}
