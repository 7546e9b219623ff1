import process, { getBuiltinModule } from 'node:process'
import type { SqliteModule } from '@photostructure/sqlite'

/*
 * Node's large modules, each loaded by its first use: a short command needs neither, and a start
 * without them is a tenth quicker.
 */

export const crypto = (): typeof import('node:crypto') => getBuiltinModule('node:crypto')

/** The standard name of an HTTP status, such as "Not Found". */
export const statusName = (status: number): string | undefined =>
  getBuiltinModule('node:http').STATUS_CODES[status]

/**
 * node's own SQLite; undefined before Node 22.13. Node 22 warns on stderr that it is experimental, but
 * what is used of it is tested on that version. The module loads synchronously, so no other warning
 * is lost.
 */
export function nodeSqlite(): SqliteModule | undefined {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return getBuiltinModule('node:sqlite') as SqliteModule | undefined
  } finally {
    process.emitWarning = emitWarning
  }
}
