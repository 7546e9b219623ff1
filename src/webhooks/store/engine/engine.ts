import type { ReceivedDelivery } from '../store.js'

export type SqlValue = string | number | null | Uint8Array

/** A connection that nobody else uses meanwhile. */
export interface Sql {
  /**
   * Runs one statement, whose parameters are `$1`, `$2` …
   *
   * @param name of a statement that runs often: the database plans it once
   * @returns its rows; what a statement changes it returns by RETURNING
   */
  all<Row extends object>(text: string, values?: readonly SqlValue[], name?: string): Promise<Row[]>
  /** Ends a SELECT whose rows are changed next. */
  readonly forUpdate: string
}

/**
 * A database. The statements are the same for all: each has the functions `now_ms()`, its clock, and
 * `up_since_ms()`, when it started, both in milliseconds since 1970.
 *
 * @throws every method StoreError; ConfigError where the database is damaged
 */
export interface Engine {
  readonly name: 'sqlite' | 'postgres'
  /** Milliseconds of a lease; null: the one who serves has all runs. */
  readonly lease: number | null
  /** Nothing of it is kept if `work` throws. Synced when the promise resolves. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>
  /**
   * The same without a sync, for what is done again after a power failure: it is lost unless another
   * transaction has followed.
   */
  unsynced<T>(work: (sql: Sql) => Promise<T>): Promise<T>
  /** Without a transaction where it can do without. */
  read<T>(work: (sql: Sql) => Promise<T>): Promise<T>
  /** Until the transaction ends, no other one routes or claims. */
  excludeOthers(sql: Sql): Promise<void>
  /** Inserts what no unique index refuses. @returns ids in the order of the batch, null: refused */
  insertNew(sql: Sql, batch: readonly ReceivedDelivery[]): Promise<(number | null)[]>
  /** Bytes that deliveries take, with the log. */
  usedBytes(): Promise<number>
  /** Gives freed room back, as far as that is cheap. */
  compact(): Promise<void>
  /** Wakes those who watch from elsewhere. */
  notify(): void
  /** @returns a function that ends it */
  watch(listener: () => void): () => void
  close(): Promise<void>
}

/** `($2, $3)`: places for two values after one other. */
export const places = (values: readonly unknown[], after = 0): string =>
  `(${values.map((_, index) => `$${after + index + 1}`).join(', ')})`

/** PostgreSQL's text holds no NUL; a branch's name in a payload may. */
export const withoutNul = (value: SqlValue): SqlValue =>
  typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value
