import type { ErrorCode, ErrorReport } from '../base/errors.js'
import type { PartialFailure } from './verb.js'

/** One of several things that were tried. */
export interface Tried {
  error: ErrorReport | null
}

/** One cause that stopped every one of them is the exit status; else that one of them failed. */
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

/** Whether it is about GitHub or the command, and not about one of several things. */
export const stopsAll = (code: ErrorCode): boolean => causes.includes(code)

function sharedCause(tried: Tried[]): ErrorCode | null {
  const [code, ...others] = new Set(tried.map(({ error }) => error?.code))
  return code !== undefined && others.length === 0 && stopsAll(code) ? code : null
}
