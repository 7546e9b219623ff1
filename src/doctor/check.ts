import { reportError } from '../base/error-report.js'
import { WizardError } from '../base/errors.js'
import { codeOf } from '../base/fs/read.js'
import type { Hint } from '../base/hint.js'
import { maskCredentials } from '../base/redact.js'

/** One check and its result. */
export interface Check {
  name: string
  /** `warning`: it works, but may stop, or does not work for everything. */
  status: 'ok' | 'warning' | 'failed'
  detail: string
  /** What to do about it; null if all is well. */
  remedy: Hint | null
}

type Found = Omit<Check, 'name'>

export const ok = (detail: string): Found => ({ status: 'ok', detail, remedy: null })
export const warning = (detail: string, remedy: Hint): Found => ({
  status: 'warning',
  detail,
  remedy,
})
export const failed = (detail: string, remedy: Hint): Found => ({
  status: 'failed',
  detail,
  remedy,
})

/**
 * Runs a check; its failure is its result.
 *
 * @throws errors that are neither wizard's nor the system's
 */
export async function runCheck(name: string, find: () => Promise<Found> | Found): Promise<Check> {
  try {
    const found = await find()
    return { name, ...found, detail: maskCredentials(found.detail) }
  } catch (error) {
    if (error instanceof WizardError) {
      const { message, hint, remedy } = reportError(error)
      return { name, ...failed(message, remedy ?? hint ?? 'run the command again') }
    }
    if (codeOf(error) !== '') {
      const { message } = reportError(error)
      return { name, ...failed(message, 'check the permissions of this user') }
    }
    throw error
  }
}
