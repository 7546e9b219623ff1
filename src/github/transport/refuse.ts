import type { RefusalContext } from '../errors.js'
import type { Layer } from './message.js'

/**
 * Turns every answer from 400 on into one of our errors, with GitHub's message; the outermost
 * layer.
 */
export function refuse(
  context: (signal: AbortSignal | undefined) => Promise<RefusalContext>,
): Layer {
  return (next) => async (request) => {
    const response = await next(request)
    const unexpected = response.status >= 300 && response.status !== 304
    if (!unexpected) return response
    const { refusalError } = await import('../errors.js')
    throw refusalError(request, response, await context(request.signal))
  }
}
