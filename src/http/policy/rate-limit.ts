import { type HttpAnswer, type HttpRequest, type Policy, requestIdOf } from '../message.js'
import { retryAfter, serverTime, type Waits } from './waits.js'

/** Until when nothing more may be asked, and the answer that said so. */
export interface RateLimitState {
  kind: 'primary' | 'secondary'
  /** Milliseconds since 1970. */
  until: number
  status: number
  requestId: string | undefined
}

/** The limits that are on, by what they limit; `*`: everything. */
export type RateLimits = Map<string, RateLimitState>

export interface RateLimitRules<Q, A> {
  waits: Waits
  /** Shared by all requests that hold each other back. */
  limits: RateLimits
  /** What a request counts for; each is limited by itself. */
  resourceOf(request: Q): string
  /** Whether an answer tells of a limit. @see isRateLimited */
  isRefusal(answer: A, resource: string): boolean
  /** The error where the wait would be too long. @param answer the one that was refused just now, if one was */
  tooLong(request: Q, limit: RateLimitState, answer: A | undefined): Promise<Error>
}

const secondaryPause = 60_000

/**
 * Waits for the primary and the secondary rate limits, where that fits into the deadline. A refused request was not
 * carried out, so that holds for a POST too; and while a limit is on, other requests wait instead of being refused, as
 * GitHub asks. @octokit/plugin-throttling knows no deadline and no `Date`, and holds every write back for a second.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 *
 * @throws what `tooLong` gives, where the wait would be too long
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
      if (!rules.isRefusal(answer, resource)) {
        const exhausted = exhaustionOf(answer, waits.now())
        if (exhausted !== undefined) limits.set(resource, exhausted)
        return answer
      }
      const limit = limitOf(answer, refusals, waits.now())
      // A secondary limit is on everything, a primary one on its resource.
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

/** By its head alone: 429, or 403 with one of two marks. */
export function isRateLimited({ status, headers }: HttpAnswer): boolean {
  if (status === 429) return true
  if (status !== 403) return false
  return 'retry-after' in headers || headers['x-ratelimit-remaining'] === '0'
}

/** @param refusals in a row before this one: each waits for longer at least, should the server say too short a time */
function limitOf(answer: HttpAnswer, refusals: number, now: number): RateLimitState {
  const { status, headers } = answer
  const about = { status, requestId: requestIdOf(answer) }
  const atLeast = now + 1000 * 2 ** refusals
  const after = retryAfter(headers, now)
  const reset = headers['x-ratelimit-remaining'] === '0' ? resetOf(headers, now) : undefined
  if (after === undefined && reset !== undefined) {
    return { ...about, kind: 'primary', until: Math.max(atLeast, reset) }
  }
  const pause = after ?? secondaryPause * 2 ** refusals
  return { ...about, kind: 'secondary', until: Math.max(atLeast, now + pause) }
}

/** The last call of the window was this one: the next would be refused. */
function exhaustionOf(answer: HttpAnswer, now: number): RateLimitState | undefined {
  const { status, headers } = answer
  if (headers['x-ratelimit-remaining'] !== '0') return undefined
  const until = resetOf(headers, now)
  if (until === undefined || until <= now) return undefined
  return { kind: 'primary', until, status, requestId: requestIdOf(answer) }
}

/** `x-ratelimit-reset` on this machine's clock, a second late, as it counts whole ones. */
function resetOf(headers: Record<string, string>, now: number): number | undefined {
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN)
  if (!Number.isFinite(reset)) return undefined
  return now + reset * 1000 - serverTime(headers, now) + 1000
}
