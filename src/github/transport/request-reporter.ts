import type { Clock } from '../../base/clock.js'
import type { CommonEvent, Emit } from '../../base/events.js'
import type { Wait } from '../../http/waits.js'
import type { Log } from '../../logs/log.js'
import { formatRecord, type RequestRecord } from './record.js'

export interface TellerOptions {
  log?: Log | undefined
  emit?: Emit<CommonEvent> | undefined
  clock: Clock
  redact: (text: string) => string
}

/** Tells the log and whoever listens of requests and waits, without secrets. */
export interface Teller {
  /** How many there were. */
  readonly requests: number
  onRequest(record: RequestRecord): void
  onWait(wait: Wait): void
}

/** Of requests refused together each knows its own end of the wait, some moments apart. */
const together = 2000

export function createTeller({ log, emit, clock, redact }: TellerOptions): Teller {
  let requests = 0
  let toldUntil = 0
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
        if (Math.abs(until - toldUntil) < together) return
        toldUntil = until
      }
      const seconds = Math.ceil((until - clock.now()) / 1000)
      const why = reason === 'retry' ? 'trying again' : 'the rate limit lifts'
      emit?.({ type: 'waiting', message: `${host}: ${why} in ${seconds} s` })
    },
  }
}
