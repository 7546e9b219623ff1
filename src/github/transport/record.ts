import { reportError } from '../../base/error-report.js'
import { requestIdOf } from '../../http/message.js'
import type { ApiRequest, Layer } from './message.js'

/** One request and its result, without headers, bodies or secret parts of the query. */
export interface RequestRecord {
  method: string
  /** With the host if it is not the API's own. */
  path: string
  /** null if there was no answer. */
  status: number | null
  milliseconds: number
  requestId: string | null
  /** Calls left before the rate limit, if the answer says so. */
  remaining: number | null
  /** The error if there was no answer. */
  error: string | null
}

const secretParameters =
  /^(?:.*token|.*secret|.*signature|.*credential|sig|key|code|password|jwt)$/i

/** Reports every request: each attempt, each hop of a redirect, each 304. */
export function record(
  now: () => number,
  apiOrigin: string,
  report: (record: RequestRecord) => void,
): Layer {
  return (next) => async (request) => {
    const begun = now()
    const entry = (rest: Partial<RequestRecord>): RequestRecord => ({
      method: request.method,
      path: pathOf(request, apiOrigin),
      status: null,
      milliseconds: Math.round(now() - begun),
      requestId: null,
      remaining: null,
      error: null,
      ...rest,
    })
    try {
      const response = await next(request)
      const remaining = response.headers['x-ratelimit-remaining']
      report(
        entry({
          status: response.status,
          requestId: requestIdOf(response) ?? null,
          remaining: remaining === undefined ? null : Number(remaining),
        }),
      )
      return response
    } catch (error) {
      report(entry({ error: reportError(error).message }))
      throw error
    }
  }
}

/** Queries to other hosts contain storage signatures, so they are left out. */
function pathOf({ url }: ApiRequest, apiOrigin: string): string {
  if (url.origin !== apiOrigin) return `${url.origin}${url.pathname}`
  if (url.search === '') return url.pathname
  const shown = new URL(url)
  for (const name of url.searchParams.keys()) {
    if (secretParameters.test(name)) shown.searchParams.set(name, '***')
  }
  return `${shown.pathname}${shown.search}`
}

/** The line of the API's log: `GET /repos/o/r 200 123 ms id=0F1D left=4999`. */
export function formatRecord(record: RequestRecord): string {
  const { method, path, status, milliseconds, requestId, remaining, error } = record
  return [
    `${method} ${path} ${status ?? '-'} ${milliseconds} ms`,
    requestId === null ? '' : ` id=${requestId}`,
    remaining === null ? '' : ` left=${remaining}`,
    error === null ? '' : ` (${error})`,
  ].join('')
}
