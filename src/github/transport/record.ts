import type { CommonEvent, Emit } from '../../base/call.js'
import type { Clock } from '../../base/clock.js'
import { reportError } from '../../base/error-report.js'
import { requestIdOf } from '../../http/message.js'
import type { Wait, Waits } from '../../http/policy/waits.js'
import type { Log } from '../../logs/log.js'
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
  { onStart, onRequest: report }: Pick<RequestListener, 'onStart' | 'onRequest'>,
): Layer {
  return (next) => async (request) => {
    const begun = now()
    onStart(request.url.host)
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

/** One call of a client, for the transport. */
export interface TransportCall {
  signal: AbortSignal | undefined
  waits: Waits
  listener: RequestListener
}

/** Receives requests and waits. */
export interface RequestListener {
  /** Each start is followed by one `onRequest`. */
  onStart(host: string): void
  onRequest(record: RequestRecord): void
  onWait(wait: Wait): void
}

/** Reports the requests and waits of one call to its listener and log, without secrets. */
interface RequestReporter extends RequestListener {
  /** How many requests there were. */
  readonly requests: number
}

/** Milliseconds: requests that are rejected together report slightly different ends of the wait. */
const together = 2000

export function createRequestReporter({
  emit,
  log,
  clock,
  redact,
}: {
  emit?: Emit<CommonEvent> | undefined
  log?: Log | undefined
  clock: Clock
  redact: (text: string) => string
}): RequestReporter {
  let requests = 0
  let running = 0
  let reportedUntil = 0
  return {
    get requests() {
      return requests
    },
    onStart(host) {
      if (running++ === 0) emit?.({ type: 'activity', message: `waiting for ${host}` })
    },
    onRequest(record) {
      requests++
      running = Math.max(0, running - 1)
      if (running === 0) emit?.({ type: 'activity', message: null })
      const message = redact(formatRecord(record))
      const failed = record.status === null || record.status >= 500
      log?.write('api', failed ? 'WARN' : 'INFO', message)
      emit?.({ type: 'request', message })
    },
    onWait({ reason, host, until }) {
      if (reason === 'rate limit') {
        if (Math.abs(until - reportedUntil) < together) return
        reportedUntil = until
      }
      const seconds = Math.ceil((until - clock.now()) / 1000)
      const why = reason === 'retry' ? 'retrying' : 'the rate limit resets'
      emit?.({ type: 'waiting', message: `${host}: ${why} in ${seconds} s` })
    },
  }
}
