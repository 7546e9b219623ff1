import type { CommonEvent, Emit } from '../../base/call.js'
import type { Clock } from '../../base/clock.js'
import type { Log } from '../../logs/log.js'
import type { RequestListener } from './call.js'
import { formatRecord } from './record.js'

/** Reports the requests and waits of one call to its listener and log, without secrets. */
export interface RequestReporter extends RequestListener {
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
  let reportedUntil = 0
  return {
    get requests() {
      return requests
    },
    onRequest(record) {
      requests++
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
      const why = reason === 'retry' ? 'trying again' : 'the rate limit lifts'
      emit?.({ type: 'waiting', message: `${host}: ${why} in ${seconds} s` })
    },
  }
}
