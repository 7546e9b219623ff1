import { GitHubNetworkError } from '../../base/errors.js'
import { headersFor, mostRedirects, redirectTarget } from '../../http/redirect.js'
import type { ApiRequest, Layer } from './message.js'

/**
 * A renamed or moved repository answers with 301, 307 or 308, which are followed with the method and the body kept;
 * `fetch` would turn a POST into a GET. What changes something is followed within its origin only.
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
 */
export const followRedirects: Layer = (next) => async (request) => {
  let hop = request
  for (let hops = 0; ; hops++) {
    const response = await next(hop)
    const target = redirectTarget(response.status, response.headers.location, hop.url)
    if (target === undefined) return response
    if (hops === mostRedirects)
      throw new GitHubNetworkError(`${hop.url.host} redirects without end`)
    hop = nextHop(hop, target, response.status)
  }
}

function nextHop(from: ApiRequest, url: URL, status: number): ApiRequest {
  const headers = headersFor(from.headers, from.url, url)
  if (status === 303) return { ...from, method: 'GET', url, headers, body: undefined }
  if (from.method !== 'GET' && from.method !== 'HEAD' && from.url.origin !== url.origin) {
    throw new GitHubNetworkError(`${from.url.host} redirects a ${from.method} to ${url.host}`)
  }
  return { ...from, url, headers }
}
