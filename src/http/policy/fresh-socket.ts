import { Readable } from 'node:stream'
import { isCut } from '../failure.js'
import { type Exchange, type HttpRequest, isRepeatable } from '../message.js'

/**
 * Sends a request again, at once and once, when its connection turns out to be closed: a server may have ended one
 * that was kept alive for too long. Only what may be sent twice; a body stream is gone after the first time.
 */
export const repeatOnFreshSocket =
  <Q extends HttpRequest, A>(next: Exchange<Q, A>): Exchange<Q, A> =>
  (request) =>
    next(request).catch((error: unknown) => {
      const mayRepeat = isRepeatable(request) && !(request.body instanceof Readable)
      if (mayRepeat && isCut(error)) return next(request)
      throw error
    })
