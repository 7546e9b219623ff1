import { type ErrorReport, reportError } from '../../base/error-report.js'
import {
  GitHubAuthError,
  GitHubError,
  GitHubNetworkError,
  GitHubRateLimitError,
  UsageError,
} from '../../base/errors.js'
import { deliveryPages, type HookDeliveryData, redeliver } from '../../github/rest/hooks.js'
import type { RunError } from '../delivery.js'
import type { WebhookSession } from '../session.js'
import type { DeliveryStore } from '../store/store.js'
import { isGoodStatus } from './good-status.js'
import { type RecoveredDelivery, recoveredCounts } from './recovered.js'
import { findReadHook, type ReadHook } from './target.js'

export interface RecoverRequest {
  /** `owner/repo`, or an organization. */
  target: string
  /** A hook's id; default: the only one, or the one whose URL ends in webhooks.yaml's path. */
  hook?: string | undefined
  /** Milliseconds since 1970; default: 3 days ago. */
  since?: number | undefined
  /** Says what would be done, and does nothing. */
  dryRun?: boolean | undefined
}

/** Milliseconds; GitHub redelivers nothing older. */
const longestAgo = 3 * 86_400_000
const tolerance = 60_000

/**
 * Asks GitHub once to redeliver each event that no attempt has delivered and the store does not
 * have.
 *
 * @param store null: there is none yet
 * @returns oldest first, which is the order of the requests
 * @throws NotFoundError without a hook; UsageError where several fit, or for a time that is too long
 *   ago; GitHubAuthError without the scope
 */
export async function recoverDeliveries(
  session: WebhookSession,
  store: Pick<DeliveryStore, 'known'> | null,
  { target, hook, since, dryRun = false }: RecoverRequest,
): Promise<RecoveredDelivery[]> {
  const oldest = session.clock.now() - longestAgo
  if (since !== undefined && since < oldest - tolerance) {
    throw new UsageError('GitHub redelivers only deliveries of the last 3 days', {
      hint: ['give ', { flag: 'since', value: '3d' }, ' or less'],
    })
  }
  const read = await findReadHook(session, target, hook)
  const events = await eventsSince(session, read, since ?? oldest)
  const missed = events.filter((attempts) => !attempts.some(isDelivered))
  const known = (await store?.known(missed.map(guidOf))) ?? new Set()
  const ask = dryRun ? planned : asker(session, read)
  const recovered: RecoveredDelivery[] = []
  for (const attempts of events) {
    const [newest] = attempts
    const outcome = attempts.some(isDelivered)
      ? isThere('delivered')
      : known.has(newest.guid)
        ? isThere('known')
        : await ask(newest)
    const { guid: delivery, event, delivered_at, status_code } = newest
    recovered.push({ delivery, event, delivered_at, status_code, ...outcome })
  }
  if (!dryRun)
    session.log.write('webhooks', 'INFO', `RECOVER ${target}: ${recoveredCounts(recovered)}`)
  return recovered
}

/** The attempts of one event, newest first. */
type Attempts = [HookDeliveryData, ...HookDeliveryData[]]

const isDelivered = ({ status_code: code }: HookDeliveryData) => isGoodStatus(code)
const guidOf = ([{ guid }]: Attempts) => guid

/** The attempts of all events since then, in the order of the events' newest attempts. */
async function eventsSince(
  { client }: WebhookSession,
  { target, hookId }: ReadHook,
  since: number,
): Promise<Attempts[]> {
  const events = new Map<string, Attempts>()
  for await (const page of deliveryPages(client, target, hookId)) {
    for (const one of page) {
      if (Date.parse(one.delivered_at) < since) return [...events.values()].reverse()
      const attempts = events.get(one.guid)
      if (attempts === undefined) events.set(one.guid, [one])
      else attempts.push(one)
    }
  }
  return [...events.values()].reverse()
}

type Outcome = Pick<RecoveredDelivery, 'status' | 'error'>

const isThere = (status: Outcome['status']): Outcome => ({ status, error: null })
const planned = async () => isThere('planned')

/** Network failures in a row after which no further request is sent. */
const mostLosses = 3

/** After an error that every request would meet, the others fail without one. */
function asker({ client, signal }: WebhookSession, { target, hookId }: ReadHook) {
  let losses = 0
  let stopped: RunError | null = null
  return async ({ id }: HookDeliveryData): Promise<Outcome> => {
    if (stopped !== null) return { status: 'failed', error: stopped }
    try {
      await redeliver(client, target, hookId, id)
      losses = 0
      return isThere('redelivered')
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof GitHubError)) throw error
      losses = error instanceof GitHubNetworkError ? losses + 1 : 0
      const failure = errorOf(reportError(error))
      if (isForAll(error) || losses === mostLosses) stopped = failure
      return { status: 'failed', error: failure }
    }
  }
}

const isForAll = (error: GitHubError): boolean =>
  error instanceof GitHubAuthError || error instanceof GitHubRateLimitError

const errorOf = ({ code, message, hint }: ErrorReport): RunError => ({
  ...{ code, message, hint: hint ?? null },
})
