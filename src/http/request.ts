import { Readable } from 'node:stream'
import { GitHubNetworkError } from '../base/errors.js'
import type { DispatchedAnswer, Dispatcher } from './dispatcher.js'
import { send } from './dispatcher.js'
import { isCut, networkError } from './failure.js'
import { headersFor, mostRedirects, redirectTarget } from './redirect.js'

export { networkError } from './failure.js'

export interface HttpRequest {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  headers?: Record<string, string> | undefined
  body?: string | Uint8Array | Readable
  signal?: AbortSignal | undefined
  /** True where sending it twice does no harm, as git's own POSTs; GET and HEAD always are. */
  repeatable?: boolean | undefined
  /** Called for each origin the request goes to, so that a redirect carries no credential elsewhere. */
  authorization?: ((url: URL) => Promise<string | undefined>) | undefined
}

export interface HttpResponse {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: DispatchedAnswer['body']
  /** Where the answer came from, after redirects. */
  url: URL
}

/**
 * One request, its redirects followed with method and body kept (a renamed repository answers a POST with 301),
 * its body not read yet. Only 303 turns it into a GET (RFC 9110, 15.4.4). A body stream cannot be sent twice,
 * so a redirect of one is an error. What may be sent twice is, once, when a kept-alive socket turns out to be closed.
 *
 * @throws GitHubNetworkError for a name, connection, TLS or silence; the signal's reason when it is aborted.
 */
export async function request(
  dispatcher: Dispatcher,
  address: string | URL,
  options: HttpRequest = {},
): Promise<HttpResponse> {
  let url = new URL(address)
  let { method = 'GET', headers = {}, body } = options
  for (let hops = 0; ; hops++) {
    const credential = await options.authorization?.(url)
    const sent = credential === undefined ? headers : { ...headers, authorization: credential }
    const answer = await sendOverFreshSocket(
      dispatcher,
      url,
      { method, headers: sent, body: body ?? null, signal: options.signal },
      options.repeatable ?? isSafe(method),
    )
    const { statusCode: status } = answer
    const next = redirectTarget(status, answer.headers.location, url)
    if (next === undefined) return { status, headers: answer.headers, body: answer.body, url }
    await answer.body.dump()
    if (hops === mostRedirects) throw new GitHubNetworkError(`${url.host} redirects without end`)
    if (status === 303) [method, body] = ['GET', undefined]
    if (body instanceof Readable) {
      throw new GitHubNetworkError(`${url.host} redirects what was being sent to ${next.host}`)
    }
    headers = headersFor(headers, url, next)
    url = next
  }
}

const isSafe = (method: string) => method === 'GET' || method === 'HEAD'

type SendOptions = Parameters<typeof send>[2]
type Answer = Awaited<ReturnType<typeof send>>

async function sendOverFreshSocket(
  dispatcher: Dispatcher,
  url: URL,
  options: SendOptions,
  repeatable: boolean,
): Promise<Answer> {
  const attempt = () => send(dispatcher, url, options)
  try {
    return await attempt().catch((error) => {
      if (repeatable && isCut(error) && !(options.body instanceof Readable)) {
        return attempt()
      }
      throw error
    })
  } catch (error) {
    throw networkError(error, url, options.signal)
  }
}
