import type { DispatchedAnswer, Dispatcher } from './dispatcher.js'
import { networkError } from './failure.js'
import type { HttpAnswer, HttpRequest } from './message.js'

/** An answer with an unread body. The caller reads or discards it. */
export interface StreamedAnswer extends HttpAnswer {
  body: DispatchedAnswer['body']
  discard(): Promise<void>
}

/**
 * The only way to the network: sends one request over the dispatcher's connections and returns the
 * head of its answer. Redirects and retries belong to the policies above it.
 *
 * @throws GitHubNetworkError for DNS, connection, TLS or a time-out; the signal's reason when it is
 *   aborted
 */
export async function send(to: Dispatcher, request: HttpRequest): Promise<StreamedAnswer> {
  const { method, url, headers, body = null, signal = null } = request
  const { origin, pathname, search } = url
  try {
    const path = pathname + search
    const answer = await to.request({ origin, path, method, headers, body, signal })
    return {
      status: answer.statusCode,
      headers: joinHeaders(answer.headers),
      url,
      body: answer.body,
      discard: () => answer.body.dump(),
    }
  } catch (error) {
    throw networkError(error, url, signal)
  }
}

const joinHeaders = (headers: DispatchedAnswer['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]),
  )
