import { GitHubNetworkError } from '../base/errors.js'

export const mostRedirects = 5

const statuses = new Set([301, 302, 303, 307, 308])

/**
 * Where an answer sends the request on to; undefined where it does not.
 *
 * @throws GitHubNetworkError where it leads away from https, or to no address.
 */
export function redirectTarget(
  status: number,
  location: string | string[] | null | undefined,
  from: URL,
): URL | undefined {
  if (!statuses.has(status) || typeof location !== 'string') return undefined
  if (!URL.canParse(location, from.href)) {
    throw new GitHubNetworkError(`${from.host} redirects to something that is no address`)
  }
  const to = new URL(location, from)
  if (to.protocol !== 'https:' && to.protocol !== from.protocol) {
    throw new GitHubNetworkError(`${from.host} redirects to ${to.origin}, which is not https`)
  }
  return to
}

const bound = new Set(['authorization', 'cookie', 'proxy-authorization'])

/** The headers that may go along to another address: credentials stay with their origin. */
export function headersFor(
  headers: Record<string, string>,
  from: URL,
  to: URL,
): Record<string, string> {
  if (from.origin === to.origin) return headers
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !bound.has(name.toLowerCase())),
  )
}
