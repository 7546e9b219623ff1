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
  /** Milliseconds to wait after this many tries, from 1; null: give up. */
  pause(tries: number): number | null
  /** Whether to retry after a lost connection, as after a 5xx; default: yes. */
  afterLoss?: boolean
}

const firstDelay = 500
const longestDelay = 30_000

/**
 * Pauses that grow and vary, so that many waiting clients do not come back at once.
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
 * Retries a request after a lost connection or a 5xx. The pause is `Retry-After`, or the rules'
 * own. A request that changes something is repeated only if it certainly was not carried out: the
 * connection failed, or a 503 says when to come back. @octokit/plugin-retry repeats every POST,
 * knows no deadline and ignores the `Retry-After` of a 5xx; hence this policy.
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
      const until = waits.now() + Math.max(pause, requestedPause(outcome, waits))
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
    if (isRepeatable(request)) return true
    return status === 503 && 'retry-after' in headers && request.once !== true
  }
  const { error } = outcome
  return afterLoss && isTransient(error) && (isRepeatable(request) || isNeverSent(error))
}

const requestedPause = (outcome: Outcome<HttpAnswer>, waits: Waits): number =>
  ('answer' in outcome && retryAfter(outcome.answer.headers, waits.now())) || 0

function conclude<A>(outcome: Outcome<A>, tries: number): A {
  if ('answer' in outcome) return outcome.answer
  const { error } = outcome
  if (tries === 1 || !(error instanceof GitHubNetworkError)) throw error
  throw new GitHubNetworkError(`${error.message} (${tries} attempts)`, {
    hint: error.remedy,
    cause: error.cause,
  })
}
