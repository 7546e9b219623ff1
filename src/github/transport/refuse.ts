import type { RefusalContext } from '../errors.js'
import type { Layer } from './message.js'

/**
 * Turns every answer but 2xx, and 304 where it was asked for, into one of our errors, with GitHub's message: also a redirect
 * that `followRedirects` did not follow.
 */
export function refuse(
  context: (signal: AbortSignal | undefined) => Promise<RefusalContext>,
): Layer {
  return (next) => async (request) => {
    const response = await next(request)
    const isUnchanged = response.status === 304 && 'if-none-match' in request.headers
    if (response.status < 300 || isUnchanged) return response
    const { refusalError } = await import('../errors.js')
    throw refusalError(request, response, await context(request.signal))
  }
}
