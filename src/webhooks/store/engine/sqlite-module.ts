import type { DatabaseSyncInstance, SqliteModule } from '@photostructure/sqlite'
import { nodeSqlite } from '../../../base/builtin.js'
import { ConfigError } from '../../../base/errors.js'

/** A connection of SQLite, whose methods are all synchronous. */
export type SqliteDatabase = DatabaseSyncInstance

/**
 * Opens a file with node's own SQLite, or on Node 20 with a package that has the same API.
 *
 * @throws ConfigError if there is neither
 */
export async function openDatabase(path: string): Promise<SqliteDatabase> {
  const { DatabaseSync } = nodeSqlite() ?? (await installedSqlite())
  return new DatabaseSync(path)
}

async function installedSqlite(): Promise<SqliteModule> {
  try {
    return await import('@photostructure/sqlite')
  } catch (cause) {
    throw new ConfigError('this Node has no SQLite for the store of deliveries', {
      hint: 'use Node 22.13 or newer, or npm install -g @photostructure/sqlite@1',
      cause,
    })
  }
}
