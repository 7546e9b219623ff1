import { type HttpAnswer, type HttpRequest, type Policy, requestIdOf } from '../message.js'
import { retryAfter, serverTime, type Waits } from './waits.js'

/** A rate limit, when it lifts, and the answer that reported it. */
export interface RateLimitState {
  kind: 'primary' | 'secondary'
  /** Milliseconds since 1970. */
  until: number
  status: number
  requestId: string | undefined
}

/** The active limits by resource; `*` limits everything. */
export type RateLimits = Map<string, RateLimitState>

export interface RateLimitRules<Q, A> {
  waits: Waits
  /** Shared by all requests that the same limits hold back. */
  limits: RateLimits
  /** The resource that a request counts against; each resource has its own limit. */
  resourceOf(request: Q): string
  /** Whether an answer reports a rate limit. @see isRateLimited */
  isRefusal(answer: A, resource: string): boolean
  /**
   * The error to throw if the wait would be too long.
   *
   * @param answer the rejected one, if this request was rejected
   */
  tooLong(request: Q, limit: RateLimitState, answer: A | undefined): Promise<Error>
}

const secondaryPause = 60_000

/**
 * Waits for the primary and secondary rate limits if the deadline allows it. GitHub did not carry
 * out a rejected request, so a POST may be repeated too. While a limit is active, other requests
 * wait and do not run into it, as GitHub asks. @octokit/plugin-throttling knows neither a deadline
 * nor `Date`, and delays every write by a second.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 *
 * @throws the error of `tooLong` if the wait would be too long
 */
export function waitForRateLimits<Q extends HttpRequest, A extends HttpAnswer>({
  waits,
  limits,
  ...rules
}: RateLimitRules<Q, A>): Policy<Q, A> {
  return (next) => async (request) => {
    const begun = waits.now()
    const resource = rules.resourceOf(request)
    let refused: A | undefined
    for (let refusals = 0; ; refusals++) {
      await untilLifted(request, begun, resource, refused)
      const answer = await next(request)
      // Another host's limit holds back none of our requests.
      if (answer.foreign) return answer
      if (!rules.isRefusal(answer, resource)) {
        const exhausted = exhaustionOf(answer, waits.now())
        if (exhausted !== undefined) limits.set(resource, exhausted)
        return answer
      }
      const limit = limitOf(answer, refusals, waits.now())
      // A secondary limit covers everything, a primary one only its resource.
      limits.set(limit.kind === 'primary' ? resource : '*', limit)
      refused = answer
    }
  }

  async function untilLifted(
    request: Q,
    begun: number,
    resource: string,
    refused: A | undefined,
  ): Promise<void> {
    for (const name of ['*', resource]) {
      const limit = limits.get(name)
      if (limit === undefined || limit.until <= waits.now()) continue
      if (!waits.fits(begun, limit.until)) throw await rules.tooLong(request, limit, refused)
      await refused?.discard?.()
      const wait = { reason: 'rate limit', host: request.url.host, until: limit.until } as const
      await waits.wait(wait, request.signal)
    }
  }
}

/** Milliseconds. A server that names a later time is not believed; a date could not hold every number. */
const longest = 366 * 24 * 3_600_000

/** Decides by status and headers only: 429, or 403 with one of two marks. */
export function isRateLimited({ status, headers }: HttpAnswer): boolean {
  if (status === 429) return true
  if (status !== 403) return false
  return 'retry-after' in headers || headers['x-ratelimit-remaining'] === '0'
}

/**
 * @param refusals before this one in a row: each makes the minimal wait longer, in case the
 *   server's is too short
 */
function limitOf(answer: HttpAnswer, refusals: number, now: number): RateLimitState {
  const { status, headers } = answer
  const about = { status, requestId: requestIdOf(answer) }
  const atLeast = now + 1000 * 2 ** refusals
  const after = retryAfter(headers, now)
  const reset = headers['x-ratelimit-remaining'] === '0' ? resetOf(headers, now) : undefined
  if (after === undefined && reset !== undefined) {
    return { ...about, kind: 'primary', until: Math.max(atLeast, Math.min(reset, now + longest)) }
  }
  const pause = after ?? secondaryPause * 2 ** refusals
  return { ...about, kind: 'secondary', until: Math.max(atLeast, now + Math.min(pause, longest)) }
}

/** This call was the last one of the window: the next would be rejected. */
function exhaustionOf(answer: HttpAnswer, now: number): RateLimitState | undefined {
  const { status, headers } = answer
  if (headers['x-ratelimit-remaining'] !== '0') return undefined
  const until = resetOf(headers, now)
  if (until === undefined || until <= now) return undefined
  return {
    kind: 'primary',
    until: Math.min(until, now + longest),
    status,
    requestId: requestIdOf(answer),
  }
}

/** `x-ratelimit-reset` by this machine's clock, plus one second because it counts whole seconds. */
function resetOf(headers: Record<string, string>, now: number): number | undefined {
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN)
  if (!Number.isFinite(reset)) return undefined
  return now + reset * 1000 - serverTime(headers, now) + 1000
}
