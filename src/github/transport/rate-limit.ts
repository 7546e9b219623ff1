import { GitHubRateLimitError } from '../../base/errors.js'
import { retryAfter, serverTime, type Waits } from '../../http/waits.js'
import { type ApiRequest, type ApiResponse, jsonOf, type Layer, requestIdOf } from './message.js'

/** Until when nothing more may be asked, and the answer that said so. */
interface Limit {
  kind: 'primary' | 'secondary'
  /** Milliseconds since 1970. */
  until: number
  status: number
  requestId: string | undefined
}

/** The limits that are on, by what they limit; `*`: everything. */
export type RateLimits = Map<string, Limit>

const secondaryPause = 60_000

/**
 * Waits for the primary and the secondary rate limits, where that fits into the deadline. A refused request was not
 * carried out, so that holds for a POST too; and while a limit is on, other requests wait instead of being refused, as
 * GitHub asks. @octokit/plugin-throttling knows no deadline and no `Date`, and holds every write back for a second.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 *
 * @throws GitHubRateLimitError where the wait would be too long.
 */
export function waitForRateLimits(
  waits: Waits,
  limits: RateLimits,
  authenticated: (signal: AbortSignal | undefined) => Promise<boolean>,
): Layer {
  return (next) => async (request) => {
    const begun = waits.now()
    const resource = resourceOf(request.url)
    for (let refusals = 0; ; refusals++) {
      await untilLifted(request, begun, resource)
      const response = await next(request)
      const refusal = refusalOf(response, resource, refusals, waits.now())
      if (refusal === undefined) {
        const exhausted = exhaustionOf(response, waits.now())
        if (exhausted !== undefined) limits.set(resource, exhausted)
        return response
      }
      // A secondary limit is on everything, a primary one on its resource.
      limits.set(refusal.kind === 'primary' ? resource : '*', refusal)
    }
  }

  async function untilLifted(request: ApiRequest, begun: number, resource: string): Promise<void> {
    for (const name of ['*', resource]) {
      const limit = limits.get(name)
      if (limit === undefined || limit.until <= waits.now()) continue
      if (!waits.fits(begun, limit.until)) throw await tooLong(request, resource, limit)
      const wait = { reason: 'rate limit', host: request.url.host, until: limit.until } as const
      await waits.wait(wait, request.signal)
    }
  }

  async function tooLong(
    { url, signal }: ApiRequest,
    resource: string,
    limit: Limit,
  ): Promise<Error> {
    const { kind, until, status, requestId } = limit
    const which = kind === 'secondary' ? 'secondary rate limit' : `rate limit for ${resource}`
    const seconds = Math.ceil((until - waits.now()) / 1000)
    return new GitHubRateLimitError(
      `${url.host}: the ${which} is reached; it lifts at ${new Date(until).toISOString()}, in ${inWords(seconds)}`,
      {
        status,
        requestId,
        hint: (await authenticated(signal))
          ? ['run the command again then, or give ', { flag: 'timeout' }, ' the time to wait']
          : 'without a token few calls are allowed: set GITHUB_TOKEN, or run `gh auth login`',
      },
    )
  }
}

/** https://docs.github.com/en/rest/rate-limit/rate-limit: each of these is counted by itself. */
function resourceOf({ pathname }: URL): string {
  if (pathname.endsWith('/graphql')) return 'graphql'
  if (/\/search\/code$/.test(pathname)) return 'code search'
  return /\/search\/[\w-]+$/.test(pathname) ? 'search' : 'calls'
}

function refusalOf(
  response: ApiResponse,
  resource: string,
  refusals: number,
  now: number,
): Limit | undefined {
  const { status, headers } = response
  const answer = { status, requestId: requestIdOf(response) }
  // Each refusal in a row waits for longer at least, should the server say too short a time.
  const atLeast = now + 1000 * 2 ** refusals
  const after = retryAfter(headers, now)
  const secondary = (pause: number): Limit => ({
    ...answer,
    kind: 'secondary',
    until: Math.max(atLeast, now + pause),
  })
  if (!isRefusal(response, resource)) return undefined
  if (after !== undefined) return secondary(after)
  const reset = headers['x-ratelimit-remaining'] === '0' ? resetOf(headers, now) : undefined
  if (reset !== undefined) {
    return { ...answer, kind: 'primary', until: Math.max(atLeast, reset) }
  }
  return secondary(secondaryPause * 2 ** refusals)
}

/** A limit is told by 429, by 403 with one of several marks, and by GraphQL within a 200. */
function isRefusal(response: ApiResponse, resource: string): boolean {
  const { status, headers } = response
  if (status === 429) return true
  if (status === 403) {
    return (
      'retry-after' in headers ||
      headers['x-ratelimit-remaining'] === '0' ||
      /rate limit|abuse detection/i.test(messageOf(response))
    )
  }
  if (status !== 200 || resource !== 'graphql' || !response.body.includes('RATE_LIMIT'))
    return false
  return graphqlErrorTypes(response).some((type) => /^RATE_LIMIT(?:ED)?$/.test(type))
}

/** The last call of the window was this one: the next would be refused. */
function exhaustionOf(response: ApiResponse, now: number): Limit | undefined {
  const { status, headers } = response
  if (headers['x-ratelimit-remaining'] !== '0') return undefined
  const until = resetOf(headers, now)
  if (until === undefined || until <= now) return undefined
  return { kind: 'primary', until, status, requestId: requestIdOf(response) }
}

/** `x-ratelimit-reset` on this machine's clock, a second late, as it counts whole ones. */
function resetOf(headers: Record<string, string>, now: number): number | undefined {
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN)
  if (!Number.isFinite(reset)) return undefined
  return now + reset * 1000 - serverTime(headers, now) + 1000
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
