import { withCleanup } from '../../base/async/cleanup.js'
import { reportError } from '../../base/error-report.js'
import { GitHubNetworkError, GitHubRateLimitError, UsageError } from '../../base/errors.js'
import { type DeliveryWithRuns, openStatuses } from '../delivery.js'
import type { ReceivedSummary } from '../receive/receiver.js'
import { untilEnded } from '../receive-one.js'
import { reportWarning, type WebhookSession } from '../session.js'
import type { DeliveryStore } from '../store/store.js'
import { ownHandlers } from './own-handlers.js'
import { createPoll } from './poll.js'
import { findReadHook } from './target.js'

export interface DeliveryPullRequest {
  /** `owner/repo`, or an organization. */
  target: string
  /** A hook's id; default: the only one, or the one whose URL ends in webhooks.yaml's path. */
  hook?: string | undefined
  /** Seconds between two polls, at least 1; default: 60. */
  interval?: number | undefined
}

/**
 * Takes a hook's new deliveries from the API into the store until the signal, and runs their
 * handlers where no SERVE does. A poll that fails because of the network or a rate limit is a
 * warning; the next one catches up.
 *
 * @returns how many were taken
 * @throws NotFoundError without a hook; UsageError; GitHubAuthError without the scope
 */
export async function pullDeliveries(
  session: WebhookSession,
  store: DeliveryStore,
  request: DeliveryPullRequest,
): Promise<number> {
  const { clock, signal } = session
  const { interval = 60 } = request
  if (interval < 1) throw new UsageError('the interval must be at least 1 second')
  const poll = createPoll(session, store, await findReadHook(session, request.target, request.hook))
  return withCleanup(async (defer) => {
    const handlers = ownHandlers(session, store, { command: 'WEBHOOK PULL', defer })
    let count = 0
    const take = async () => {
      for await (const taken of poll()) {
        count += taken.length
        reportPulled(session, taken)
        await handlers.wake()
      }
    }
    while (!signal?.aborted) {
      await take().catch((error: unknown) => warnUnlessFinal(session, request, error))
      await handlers.wake()
      await clock.sleep(interval * 1000, signal).catch(() => {})
    }
    return count
  })
}

const most = 100_000

/**
 * Polls once, and waits for the handlers of what is new. If they run here, also for those of the
 * deliveries that were left unfinished.
 *
 * @throws as `pullDeliveries`; GitHubNetworkError
 */
export async function pullOnce(
  session: WebhookSession,
  store: DeliveryStore,
  { target, hook }: Omit<DeliveryPullRequest, 'interval'>,
): Promise<DeliveryWithRuns[]> {
  const poll = createPoll(session, store, await findReadHook(session, target, hook))
  const ids: number[] = []
  for await (const taken of poll()) {
    ids.push(...taken.map(({ id }) => id))
    reportPulled(session, taken)
  }
  return withCleanup(async (defer) => {
    const handlers = ownHandlers(session, store, { command: 'WEBHOOK PULL', defer })
    const areOwn = await handlers.wake()
    const left = areOwn ? await store.list({ status: [...openStatuses], limit: most }) : []
    const ended = new Map<number, DeliveryWithRuns>()
    for (const id of new Set([...ids, ...left.map((one) => one.id)])) {
      ended.set(id, await untilEnded(session, store, id))
    }
    return ids.flatMap((id) => ended.get(id) ?? [])
  })
}

/** @throws the error, if the next poll would fail in the same way */
function warnUnlessFinal(
  session: WebhookSession,
  { target }: DeliveryPullRequest,
  error: unknown,
): void {
  if (session.signal?.aborted) return
  const isPassing = error instanceof GitHubNetworkError || error instanceof GitHubRateLimitError
  if (!isPassing) throw error
  reportWarning(session, `PULL ${target}: ${reportError(error).message}`)
}

function reportPulled({ emit, log }: WebhookSession, deliveries: ReceivedSummary[]): void {
  emit({ type: 'deliveries-received', deliveries })
  for (const { id, event, delivery, outcome } of deliveries) {
    log.write('webhooks', 'INFO', `${event} ${delivery} is delivery ${id}: ${outcome} (PULL)`)
  }
}
