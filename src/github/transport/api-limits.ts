import { GitHubRateLimitError } from '../../base/errors.js'
import {
  isRateLimited,
  type RateLimitRules,
  type RateLimits,
} from '../../http/policy/rate-limit.js'
import type { Waits } from '../../http/policy/waits.js'
import { type ApiRequest, type ApiResponse, jsonOf } from './message.js'

/**
 * The API's rate limits. https://docs.github.com/en/rest/rate-limit/rate-limit
 *
 * @param authenticated whether there is a credential, for the hint
 */
export function apiLimits(
  waits: Waits,
  limits: RateLimits,
  authenticated: (signal: AbortSignal | undefined) => Promise<boolean>,
): RateLimitRules<ApiRequest, ApiResponse> {
  return {
    waits,
    limits,
    resourceOf,
    isRefusal,
    async tooLong(request, { kind, until, status, requestId }) {
      const { url, signal } = request
      const which =
        kind === 'secondary' ? 'secondary rate limit' : `rate limit for ${resourceOf(request)}`
      const seconds = Math.ceil((until - waits.now()) / 1000)
      return new GitHubRateLimitError(
        `${url.host}: the ${which} is reached; it resets at ${new Date(until).toISOString()}, in ${inWords(seconds)}`,
        {
          status,
          requestId,
          hint: (await authenticated(signal))
            ? ['run the command again then, or give ', { flag: 'timeout' }, ' enough time to wait']
            : 'few requests are allowed without a token: set GITHUB_TOKEN, or run `gh auth login`',
        },
      )
    },
  }
}

/** GitHub counts each of these resources separately. */
function resourceOf({ url: { pathname } }: ApiRequest): string {
  if (pathname.endsWith('/graphql')) return 'graphql'
  if (/\/search\/code$/.test(pathname)) return 'code search'
  return /\/search\/[\w-]+$/.test(pathname) ? 'search' : 'calls'
}

/** A rate limit is in the answer's headers, in the message of a 403, or for GraphQL in a 200. */
function isRefusal(response: ApiResponse, resource: string): boolean {
  if (isRateLimited(response)) return true
  const { status, body } = response
  if (status === 403) return /rate limit|abuse detection/i.test(messageOf(response))
  if (status !== 200 || resource !== 'graphql' || !body.includes('RATE_LIMIT')) return false
  return graphqlErrorTypes(response).some((type) => /^RATE_LIMIT(?:ED)?$/.test(type))
}

function messageOf(response: ApiResponse): string {
  const body = jsonOf(response)
  return typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : ''
}

function graphqlErrorTypes(response: ApiResponse): string[] {
  const body = jsonOf(response)
  if (typeof body !== 'object' || body === null || !('errors' in body)) return []
  const errors: unknown[] = Array.isArray(body.errors) ? body.errors : []
  return errors.flatMap((error) =>
    typeof error === 'object' && error !== null && 'type' in error ? [String(error.type)] : [],
  )
}

function inWords(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  return seconds < 7200
    ? `${Math.ceil(seconds / 60)} minutes`
    : `${Math.ceil(seconds / 3600)} hours`
}
