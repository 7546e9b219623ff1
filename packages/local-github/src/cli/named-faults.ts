import type { Fault } from '../faults.js'
import { UsageError } from './errors.js'

/** Named faults and what each does. */
export const namedFaults: Record<string, { does: string; fault: Fault }> = {
  drop: {
    does: 'the work is done, and the connection ends before a byte of the answer',
    fault: { dropAnswer: true },
  },
  cut: { does: 'the connection ends after 100 bytes of the answer', fault: { cutAfter: 100 } },
  slow: { does: 'each answer takes two seconds longer', fault: { delay: 2000 } },
  hang: { does: 'no answer comes', fault: { delay: 'forever' } },
  'rate-limit': {
    does: 'the API answers 403 with `retry-after: 1`, as for its secondary rate limit',
    fault: {
      origin: 'api',
      status: 403,
      headers: { 'retry-after': '1' },
      body: {
        message: 'You have exceeded a secondary rate limit. Please wait a few minutes.',
        documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api',
      },
    },
  },
}

/**
 * Parses a name of the table, or a status from 400 to 599: `drop`, `502`. With `:3`, only the first
 * three requests meet it.
 *
 * @throws UsageError
 */
export function parseFault(text: string): Fault {
  const [, kind = '', digits] = /^([\w-]+)(?::(\d{1,6}))?$/.exec(text) ?? []
  const fault = namedFaults[kind]?.fault ?? statusFault(kind)
  if (fault && digits === undefined) return fault
  if (fault && Number(digits) > 0) return { ...fault, times: Number(digits) }
  const names = Object.keys(namedFaults).join(', ')
  throw new UsageError(
    `${JSON.stringify(text)} is not a fault, or FAULT:TIMES`,
    `one of ${names}, or a status such as 502`,
  )
}

function statusFault(kind: string): Fault | undefined {
  if (!/^[45]\d\d$/.test(kind)) return undefined
  return { status: Number(kind), body: { message: `The local GitHub was asked for ${kind}` } }
}
