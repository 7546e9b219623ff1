import { Readable } from 'node:stream'
import type { Dispatcher } from './dispatcher.js'
import { isCut } from './failure.js'
import { type Exchange, type HttpRequest, isRepeatable, type Policy, stack } from './message.js'
import { followRedirects } from './policy/redirect.js'
import { type StreamedAnswer, send } from './send.js'

export interface RequestOptions extends Omit<Partial<HttpRequest>, 'url'> {
  /** Called for each origin, so that a redirect carries no credential elsewhere. */
  authorization?: ((url: URL) => Promise<string | undefined>) | undefined
}

/**
 * Sends one request outside the API: git's, for example. Follows redirects to any origin and leaves
 * the body unread.
 *
 * @throws GitHubNetworkError for DNS, connection, TLS or a time-out; the signal's reason when it is
 *   aborted
 */
export function request(
  dispatcher: Dispatcher,
  address: string | URL,
  { authorization, method = 'GET', headers = {}, ...rest }: RequestOptions = {},
): Promise<StreamedAnswer> {
  const policies: Policy<HttpRequest, StreamedAnswer>[] = [
    followRedirects(() => true),
    authorize(authorization),
    repeatOnFreshSocket,
  ]
  const exchange = stack(policies, (one) => send(dispatcher, one))
  return exchange({ ...rest, method, headers, url: new URL(address) })
}

function authorize(
  authorization: RequestOptions['authorization'],
): Policy<HttpRequest, StreamedAnswer> {
  return (next) => async (request) => {
    const credential = request.foreign ? undefined : await authorization?.(request.url)
    if (credential === undefined) return next(request)
    return next({ ...request, headers: { ...request.headers, authorization: credential } })
  }
}

/**
 * Sends a request again, once and without a pause, if its connection turns out to be closed: the
 * server may have closed an idle one. Only repeatable requests qualify, and none whose body is a
 * stream.
 */
const repeatOnFreshSocket =
  <Q extends HttpRequest, A>(next: Exchange<Q, A>): Exchange<Q, A> =>
  (request) =>
    next(request).catch((error: unknown) => {
      const mayRepeat = isRepeatable(request) && !(request.body instanceof Readable)
      if (mayRepeat && isCut(error)) return next(request)
      throw error
    })
