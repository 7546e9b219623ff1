import { join } from 'node:path'
import { type ErrorReport, reportError, WizardError } from '../errors.js'
import { existsAt } from '../files.js'
import { readLocal } from '../git/local.js'
import type { LocalState } from '../git/types.js'

/**
 * What is at a destination; `unreadable` where that can't be told, as of a clone that a power cut has damaged, and
 * `unread` of a clone that is left alone whatever is in it.
 */
export type Local = LocalState | { kind: 'unreadable'; error: ErrorReport } | { kind: 'unread' }

/** As readLocal; but one folder that can't be read is no reason to stop at, so it throws nothing. */
export async function lookAtFolder(path: string): Promise<Local> {
  try {
    return await readLocal(path)
  } catch (error) {
    return unreadable(path, error)
  }
}

/** Whether there is a clone, for which nothing of it is read. */
export const hasClone = (path: string): Promise<boolean> => existsAt(join(path, '.git'))

export function unreadable(path: string, cause: unknown): Local {
  const { message, hint, ...report } = reportError(cause)
  const told = cause instanceof WizardError ? message : `${path} can't be read: ${message}`
  return { kind: 'unreadable', error: { ...report, message: told, hint: hint ?? remedy } }
}

const remedy = 'see what `git status` says there; moved away, it is cloned anew by REPO SYNC'
