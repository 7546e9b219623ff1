import { getBuiltinModule } from 'node:process'

/*
 * Node's large modules, each loaded by its first use: a short command needs neither, and a start
 * without them is a tenth quicker.
 */

export const crypto = (): typeof import('node:crypto') => getBuiltinModule('node:crypto')

/** The standard name of an HTTP status, such as "Not Found". */
export const statusName = (status: number): string | undefined =>
  getBuiltinModule('node:http').STATUS_CODES[status]
