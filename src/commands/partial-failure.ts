import type { ErrorReport } from '../base/error-report.js'
import type { ErrorCode } from '../base/errors.js'

import type { PartialFailure } from './verb.js'

/** The result of one of several attempts. */
export interface Tried {
  error: ErrorReport | null
}

/**
 * If one cause stopped every attempt, it is the exit status; otherwise the status says that some
 * failed.
 */
export function sharedFailure(
  bad: Tried[],
  { of, message }: { of: Tried[]; message: string },
): PartialFailure | null {
  const [first] = bad
  if (!first) return null
  return sharedCause(of) !== null && first.error ? first.error : { code: 'FAILED', message }
}

const causes: ErrorCode[] = [
  'GITHUB_AUTH',
  'GITHUB_RATE_LIMIT',
  'GITHUB_NETWORK',
  'TIMEOUT',
  'INTERRUPTED',
]

/** Whether the error concerns GitHub or the command, rather than one of several attempts. */
export const stopsAll = (code: ErrorCode): boolean => causes.includes(code)

function sharedCause(tried: Tried[]): ErrorCode | null {
  const [code, ...others] = new Set(tried.map(({ error }) => error?.code))
  return code !== undefined && others.length === 0 && stopsAll(code) ? code : null
}
