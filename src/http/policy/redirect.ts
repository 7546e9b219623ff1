import { Readable } from 'node:stream'
import { PermanentNetworkError } from '../failure.js'
import type { HttpAnswer, HttpRequest, Policy } from '../message.js'

const mostRedirects = 5

const statuses = new Set([301, 302, 303, 307, 308])

/**
 * A renamed or moved repository answers with 301, 307 or 308. These are followed with the same
 * method and body; `fetch` would turn a POST into a GET, which only 303 asks for (RFC 9110,
 * 15.4.4). Credentials stay with their origin, and do not come back to it on a path that another
 * origin chose, as with `fetch`.
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
 *
 * @param mayLeave whether a request may go to another origin. API requests that change something
 *   may not; git's POSTs change nothing, and a mirror may send them anywhere.
 * @throws PermanentNetworkError if the redirect leaves https, never ends, has no address, or leads to
 *   a forbidden origin
 */
export function followRedirects<Q extends HttpRequest, A extends HttpAnswer>(
  mayLeave: (request: HttpRequest) => boolean,
): Policy<Q, A> {
  return (next) => async (request) => {
    let hop = request
    for (let hops = 0; ; hops++) {
      const answer = await next(hop)
      const target = redirectTarget(answer, hop.url)
      if (target === undefined) return hop.foreign ? { ...answer, foreign: true } : answer
      await answer.discard?.()
      if (hops === mostRedirects) {
        throw new PermanentNetworkError(`${hop.url.host} redirects in a loop`)
      }
      hop = nextHop(hop, target, answer.status, mayLeave)
    }
  }
}

function nextHop<Q extends HttpRequest>(
  from: Q,
  url: URL,
  status: number,
  mayLeave: (request: HttpRequest) => boolean,
): Q {
  const leaves = from.url.origin !== url.origin
  const headers = leaves ? withoutCredentials(from.headers) : from.headers
  const next = leaves ? { ...from, url, headers, foreign: true } : { ...from, url, headers }
  if (status === 303) return { ...next, method: 'GET', body: undefined }
  if (leaves && !mayLeave(from)) {
    throw new PermanentNetworkError(`${from.url.host} redirects a ${from.method} to ${url.host}`)
  }
  if (from.body instanceof Readable) {
    throw new PermanentNetworkError(`${from.url.host} redirects an upload to ${url.host}`)
  }
  return next
}

/**
 * The target of a redirect; undefined if the answer is not a redirect.
 *
 * @throws PermanentNetworkError if it leaves https or has no valid address
 */
function redirectTarget({ status, headers: { location } }: HttpAnswer, from: URL): URL | undefined {
  if (!statuses.has(status) || location === undefined) return undefined
  if (!URL.canParse(location, from.href)) {
    throw new PermanentNetworkError(`${from.host} redirects to an invalid address`)
  }
  const to = new URL(location, from)
  if (to.protocol !== 'https:' && to.protocol !== from.protocol) {
    throw new PermanentNetworkError(`${from.host} redirects to ${to.origin}, which is not https`)
  }
  return to
}

const bound = new Set(['authorization', 'cookie', 'proxy-authorization'])

const withoutCredentials = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !bound.has(name.toLowerCase())))
