import { Readable } from 'node:stream'
import { isCut } from '../failure.js'
import { type Exchange, type HttpRequest, isRepeatable } from '../message.js'

/**
 * Sends a request again, once and without a pause, if its connection turns out to be closed: the
 * server may have closed an idle one. Only repeatable requests qualify, and none whose body is a
 * stream.
 */
export const repeatOnFreshSocket =
  <Q extends HttpRequest, A>(next: Exchange<Q, A>): Exchange<Q, A> =>
  (request) =>
    next(request).catch((error: unknown) => {
      const mayRepeat = isRepeatable(request) && !(request.body instanceof Readable)
      if (mayRepeat && isCut(error)) return next(request)
      throw error
    })
