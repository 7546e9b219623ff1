import { abortable } from '../../base/async/once.js'
import type { Clock } from '../../base/clock.js'
import { createWaits, type Waits } from '../../http/policy/waits.js'
import type { RequestListener, TransportCall } from '../transport/record.js'
import type { Credentials } from './credentials.js'

/** The credential for one call. A signal ends only this call's wait; default: the call's own. */
export interface CallCredentials {
  /** @see Credentials.token */
  token(signal?: AbortSignal): Promise<string | undefined>
  /** @see Credentials.source */
  source(signal?: AbortSignal): Promise<string | null>
  /** @see Credentials.renew */
  renew(refused: string, signal?: AbortSignal): Promise<boolean>
}

/**
 * The calls that wait for their client's credential. One fetch serves them all: if a call is
 * stopped, it stops waiting, and the others still get the token.
 */
export class CredentialWaiters {
  readonly #waiting = new Set<{ call: TransportCall }>()

  forCall(credentials: Credentials, call: TransportCall): CallCredentials {
    const wait = async <T>(work: Promise<T>, signal = call.signal): Promise<T> => {
      const waiter = { call }
      this.#waiting.add(waiter)
      try {
        return await abortable(work, signal)
      } finally {
        this.#waiting.delete(waiter)
      }
    }
    return {
      token: (signal) => wait(credentials.token(), signal),
      source: (signal) => wait(credentials.source(), signal),
      renew: (refused, signal) => wait(credentials.renew(refused), signal),
    }
  }

  /**
   * The call that fetches a token. It reports its requests to every waiting call, and waits for a
   * rate limit if one of them can.
   *
   * @param signal ends it together with the client
   */
  fetchingCall(clock: Clock, signal: AbortSignal): TransportCall {
    const listener: RequestListener = {
      onRequest: (record) => this.#notify(({ listener }) => listener.onRequest(record)),
      onWait: (wait) => this.#notify(({ listener }) => listener.onWait(wait)),
    }
    const waits: Waits = {
      ...createWaits({ clock, deadline: null, signal, onWait: listener.onWait }),
      fits: (begun, until) => [...this.#waiting].some(({ call }) => call.waits.fits(begun, until)),
    }
    return { signal, waits, listener }
  }

  /** Once per call, however many of its requests wait. */
  #notify(one: (call: TransportCall) => void): void {
    for (const call of new Set([...this.#waiting].map(({ call }) => call))) one(call)
  }
}
