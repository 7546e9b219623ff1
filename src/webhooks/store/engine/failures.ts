import { ConfigError, type ErrorOptions, WizardError } from '../../../base/errors.js'
import { codeOf } from '../../../base/fs/read.js'
import { reasonOf } from '../../../base/fs/system-error.js'

/** The store can't keep or read deliveries now; another try may succeed. */
export class StoreError extends WizardError {}

/** Why SQLite failed, by its message (https://sqlite.org/rescode.html), and the remedy. */
const sqliteFailures: Record<string, { reason: string; hint?: string }> = {
  'access permission denied': { reason: 'permission denied' },
  'attempt to write a readonly database': { reason: 'it is read-only' },
  'database is locked': { reason: 'another program has locked it for too long' },
  'database or disk is full': {
    reason: 'no space is left on the disk',
    hint: 'free some space: nothing that was stored is lost',
  },
  'disk I/O error': {
    reason: 'the disk reports an error',
    hint: 'run dmesg; the disk may be failing',
  },
  'unable to open database file': { reason: "it, or its folder, can't be opened" },
}

/** SQLite's messages about a file that is damaged, or not a database. */
const damage = /^(?:database disk image is malformed|file is not a database|malformed database)/

/** Explains an error of SQLite or of the file system; any other is returned unchanged. */
export function explainSqlite(error: unknown, path: string): unknown {
  if (!(error instanceof Error)) return error
  if ('syscall' in error) return unusable(path, reasonOf(error), { cause: error })
  if (codeOf(error) !== 'ERR_SQLITE_ERROR') return error
  if (damage.test(error.message)) return damagedStore(path, error)
  const { reason, hint } = sqliteFailures[error.message] ?? { reason: error.message }
  return unusable(path, reason, { hint, cause: error })
}

/** Whether another connection has SQLite's lock. */
export const isLocked = (error: unknown): boolean =>
  error instanceof Error && error.message === 'database is locked'

const unusable = (path: string, reason: string, options: ErrorOptions) =>
  new StoreError(`the store of deliveries, ${path}, can't be used: ${reason}`, options)

export const damagedStore = (path: string, cause?: unknown): ConfigError =>
  new ConfigError(`${path} is damaged, or not a store of deliveries`, {
    hint: `move it away, with ${path}-wal and ${path}-shm; wizard then creates a new one`,
    cause,
  })

/** @param place where the store is, in words */
export const newerStore = (place: string): ConfigError =>
  new ConfigError(`${place} was created by a newer wizard`, {
    hint: 'use that version, or another store',
  })

/** Why PostgreSQL failed, by the first characters of its code (PostgreSQL, appendix A). */
const postgresFailures: [code: string, message: string, hint?: string][] = [
  [
    '53100',
    "no space is left on the server's disk",
    'free some space: nothing that was stored is lost',
  ],
  ['53300', 'it allows no more connections', 'raise max_connections'],
  ['25006', 'it is read-only', 'name the primary server in webhooks.store.url'],
  ['42501', 'the user of webhooks.store.url may not do that', 'grant it the schema'],
  ['57P', 'it is stopping or starting'],
  ['08', 'the connection was lost'],
  ['XX001', 'it reports a damaged page', 'see its log'],
  ['XX002', 'it reports a damaged index', 'see its log'],
]

/** What no second try can mend: a wrong user, password or database. */
const wrongUrl: [code: string, message: string][] = [
  ['28', 'PostgreSQL refuses the user or password of webhooks.store.url'],
  ['3D000', 'PostgreSQL does not have the database of webhooks.store.url'],
]

/**
 * Explains an error of PostgreSQL or of the connection. The url is a secret, so the messages and
 * causes of `pg` are not passed on.
 */
export function explainPostgres(error: unknown): unknown {
  const code = codeOf(error)
  if (error instanceof WizardError || (code === '' && isMistake(error))) return error
  const wrong = wrongUrl.find(([prefix]) => code.startsWith(prefix))
  if (wrong !== undefined) return new ConfigError(wrong[1])
  const known = postgresFailures.find(([prefix]) => code.startsWith(prefix))
  const reason = known?.[1] ?? (code === '' ? 'the connection was lost' : `it reports ${code}`)
  return new StoreError(`the store of deliveries, PostgreSQL, can't be used: ${reason}`, {
    hint: known?.[2],
  })
}

/** A mistake in wizard's code, such as a TypeError; without a code, `pg` throws a plain Error. */
const isMistake = (error: unknown) => !(error instanceof Error) || error.name !== 'Error'

/** Whether the server itself reported it, so that the connection is still good. */
export const isServerError = (error: unknown): boolean =>
  /^(?!57P|08)[0-9A-Z]{5}$/.test(codeOf(error))

/** Whether two transactions were in each other's way, so that running this one again succeeds. */
export const isSerializationFailure = (error: unknown): boolean =>
  ['40001', '40P01'].includes(codeOf(error))
