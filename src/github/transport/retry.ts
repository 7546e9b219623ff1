import { GitHubNetworkError } from '../../base/errors.js'
import { isFinal, isNeverSent } from '../../http/failure.js'
import { retryAfter, type Waits } from '../../http/waits.js'
import { type ApiRequest, type ApiResponse, isRepeatable, type Layer } from './message.js'

export interface RetryOptions {
  waits: Waits
  /** How many times a request is sent again. */
  attempts: number
  /** From 0 to 1, so that many waiting clients do not come back at once. */
  random: () => number
}

const firstDelay = 500
const longestDelay = 30_000
const worthRetrying = new Set([500, 502, 503, 504])

type Outcome = { response: ApiResponse } | { error: unknown }

/**
 * Sends a request again after a lost connection or a 5xx, waiting longer each time, or as long as `Retry-After` says.
 * What changes something is sent again only where it is known not to have been carried out: the connection was never
 * made, or a 503 says when to come back. @octokit/plugin-retry repeats every POST, knows no deadline and reads no
 * `Retry-After` of a 5xx; hence this layer.
 */
export function retry({ waits, attempts, random }: RetryOptions): Layer {
  return (next) => async (request) => {
    const begun = waits.now()
    for (let tries = 1; ; tries++) {
      const outcome = await settle(next(request))
      const delay = mayRepeat(request, outcome) ? delayAfter(outcome, tries, waits, random) : null
      const until = waits.now() + (delay ?? 0)
      if (delay === null || tries > attempts || !waits.fits(begun, until)) {
        return conclude(outcome, tries)
      }
      await waits.wait({ reason: 'retry', host: request.url.host, until }, request.signal)
    }
  }
}

const settle = (sent: Promise<ApiResponse>): Promise<Outcome> =>
  sent.then(
    (response) => ({ response }),
    (error: unknown) => ({ error }),
  )

function mayRepeat(request: ApiRequest, outcome: Outcome): boolean {
  if ('response' in outcome) {
    const { status, headers } = outcome.response
    if (!worthRetrying.has(status)) return false
    return isRepeatable(request) || (status === 503 && 'retry-after' in headers)
  }
  const { error } = outcome
  if (!(error instanceof GitHubNetworkError) || isFinal(error)) return false
  return isRepeatable(request) || isNeverSent(error)
}

function delayAfter(outcome: Outcome, tries: number, waits: Waits, random: () => number): number {
  const backoff = Math.min(longestDelay, firstDelay * 2 ** (tries - 1)) * (0.5 + random() / 2)
  const told = 'response' in outcome ? retryAfter(outcome.response.headers, waits.now()) : undefined
  return Math.max(backoff, told ?? 0)
}

function conclude(outcome: Outcome, tries: number): ApiResponse {
  if ('response' in outcome) return outcome.response
  const { error } = outcome
  if (tries === 1 || !(error instanceof GitHubNetworkError)) throw error
  throw new GitHubNetworkError(`${error.message} (tried ${tries} times)`, {
    hint: error.remedy,
    cause: error.cause,
  })
}
