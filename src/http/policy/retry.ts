import { GitHubNetworkError } from '../../base/errors.js'
import { isNeverSent, isTransient, isTransientStatus } from '../failure.js'
import {
  type Exchange,
  type HttpAnswer,
  type HttpRequest,
  isRepeatable,
  type Policy,
} from '../message.js'
import { retryAfter, type Waits } from './waits.js'

export interface RetryRules {
  waits: Waits
  /** Milliseconds to wait after so many tries, from 1; null: it is not tried again. */
  pause(tries: number): number | null
  /** Whether a lost connection is worth another try, as a 5xx is; default: it is. */
  afterLoss?: boolean
}

const firstDelay = 500
const longestDelay = 30_000

/**
 * Longer each time, and never the same, so that many waiting clients do not come back at once.
 *
 * @param attempts how many times a request is sent again
 * @param random from 0 to 1
 */
export const backoff =
  (attempts: number, random: () => number): RetryRules['pause'] =>
  (tries) =>
    tries > attempts
      ? null
      : Math.min(longestDelay, firstDelay * 2 ** (tries - 1)) * (0.5 + random() / 2)

type Outcome<A> = { answer: A } | { error: unknown }

/**
 * Sends a request again after a lost connection or a 5xx, waiting as long as `Retry-After` says, or as its rules do.
 * What changes something is sent again only where it is known not to have been carried out: the connection was never
 * made, or a 503 says when to come back. @octokit/plugin-retry repeats every POST, knows no deadline and reads no
 * `Retry-After` of a 5xx; hence this policy.
 */
export function retry<Q extends HttpRequest, A extends HttpAnswer>(
  rules: RetryRules,
): Policy<Q, A> {
  const { waits, afterLoss = true } = rules
  return (next: Exchange<Q, A>) => async (request) => {
    const begun = waits.now()
    for (let tries = 1; ; tries++) {
      const outcome = await settle(next(request))
      const pause = mayRepeat(request, outcome, afterLoss) ? rules.pause(tries) : null
      if (pause === null) return conclude(outcome, tries)
      const until = waits.now() + Math.max(pause, toldPause(outcome, waits))
      if (!waits.fits(begun, until)) return conclude(outcome, tries)
      if ('answer' in outcome) await outcome.answer.discard?.()
      await waits.wait({ reason: 'retry', host: request.url.host, until }, request.signal)
    }
  }
}

const settle = <A>(sent: Promise<A>): Promise<Outcome<A>> =>
  sent.then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  )

function mayRepeat(
  request: HttpRequest,
  outcome: Outcome<HttpAnswer>,
  afterLoss: boolean,
): boolean {
  if ('answer' in outcome) {
    const { status, headers } = outcome.answer
    if (!isTransientStatus(status)) return false
    return isRepeatable(request) || (status === 503 && 'retry-after' in headers)
  }
  const { error } = outcome
  return afterLoss && isTransient(error) && (isRepeatable(request) || isNeverSent(error))
}

const toldPause = (outcome: Outcome<HttpAnswer>, waits: Waits): number =>
  ('answer' in outcome && retryAfter(outcome.answer.headers, waits.now())) || 0

function conclude<A>(outcome: Outcome<A>, tries: number): A {
  if ('answer' in outcome) return outcome.answer
  const { error } = outcome
  if (tries === 1 || !(error instanceof GitHubNetworkError)) throw error
  throw new GitHubNetworkError(`${error.message} (tried ${tries} times)`, {
    hint: error.remedy,
    cause: error.cause,
  })
}
