import type { Readable } from 'node:stream'
import { type Dispatcher, request as send } from 'undici'
import { GitHubNetworkError } from '../errors.js'

export interface HttpRequest {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  headers?: Record<string, string>
  body?: string | Uint8Array | Readable
  signal?: AbortSignal | undefined
  /** True where sending it twice does no harm, as git's own POSTs; GET and HEAD always are. */
  repeatable?: boolean
  /** Called for each origin the request goes to, so that a redirect carries no credential elsewhere. */
  authorization?: ((url: URL) => Promise<string | undefined>) | undefined
}

export interface HttpResponse {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Dispatcher.ResponseData['body']
  /** Where the answer came from, after redirects. */
  url: URL
}

const redirects = new Set([301, 302, 303, 307, 308])
const mostRedirects = 5

/**
 * One request, its redirects followed with method and body kept (a renamed repository answers a POST with 301),
 * its body not read yet. A body stream cannot be sent twice, so a redirect of one is an error.
 * What may be sent twice is, once, when a kept-alive socket turns out to be closed.
 *
 * @throws GitHubNetworkError for a name, connection, TLS or silence; the signal's reason when it is aborted.
 */
export async function request(
  dispatcher: Dispatcher,
  address: string | URL,
  { method = 'GET', headers = {}, body, signal, repeatable, authorization }: HttpRequest = {},
): Promise<HttpResponse> {
  const again = repeatable ?? (method === 'GET' || method === 'HEAD')
  let url = new URL(address)
  for (let hops = 0; ; hops++) {
    const credential = await authorization?.(url)
    const sent = credential === undefined ? headers : { ...headers, authorization: credential }
    const options = { method, headers: sent, body: body ?? null, signal }
    const answer = await sendOverFreshSocket(dispatcher, url, options, again)
    const location = answer.headers.location
    if (!redirects.has(answer.statusCode) || typeof location !== 'string') {
      return { status: answer.statusCode, headers: answer.headers, body: answer.body, url }
    }
    await answer.body.dump()
    if (hops === mostRedirects) throw new GitHubNetworkError(`${url.origin} redirects without end`)
    url = nextHop(url, location)
  }
}

function nextHop(from: URL, location: string): URL {
  const to = new URL(location, from)
  if (to.protocol !== 'https:' && to.protocol !== from.protocol) {
    throw new GitHubNetworkError(`${from.origin} redirects to ${to.origin}, which is not https`)
  }
  return to
}

type SendOptions = NonNullable<Parameters<typeof send>[1]>
type Answer = Awaited<ReturnType<typeof send>>

async function sendOverFreshSocket(
  dispatcher: Dispatcher,
  url: URL,
  options: SendOptions,
  repeatable: boolean,
): Promise<Answer> {
  try {
    return await send(url, { dispatcher, ...options })
  } catch (error) {
    if (repeatable && isStaleSocket(error)) {
      return send(url, { dispatcher, ...options }).catch((again) => {
        throw networkError(again, url, options.signal)
      })
    }
    throw networkError(error, url, options.signal)
  }
}

/** undici says so when the other side closed the socket before a byte of the answer. */
const isStaleSocket = (error: unknown) =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'UND_ERR_SOCKET' || error.code === 'ECONNRESET')

const reasons: Record<string, string> = {
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection closed',
  ETIMEDOUT: 'connection timed out',
  EHOSTUNREACH: 'no route to it',
  ENETUNREACH: 'no network',
  UND_ERR_SOCKET: 'connection closed',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  UND_ERR_HEADERS_TIMEOUT: 'no answer: silent for too long',
  UND_ERR_BODY_TIMEOUT: 'silent in the middle of its answer for too long',
  UND_ERR_ABORTED: 'connection closed',
}

/** What happened to a request or to the body of its answer, in the words of this tool. */
export function networkError(error: unknown, url: URL, signal?: unknown): unknown {
  if (signal instanceof AbortSignal && signal.aborted) return signal.reason
  if (!(error instanceof Error)) return error
  const code = causeCode(error)
  const why = (code && reasons[code]) ?? (code ? `${code}` : error.message)
  return new GitHubNetworkError(`${url.host}: ${why}`, {
    cause: error,
    hint: 'check the network and the proxy settings; running the command again is safe',
  })
}

function causeCode(error: Error): string | undefined {
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause instanceof Error ? causeCode(error.cause) : undefined
}
