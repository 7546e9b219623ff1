import { createHash, randomUUID } from 'node:crypto'
import { withCleanup } from '../base/async/cleanup.js'
import { GitHubAuthError, UsageError } from '../base/errors.js'
import { webhookEvents } from '../base/names/webhook-events.js'
import { didYouMean } from '../base/text.js'
import { type DeliveryStatus, type DeliveryWithRuns, openStatuses } from './delivery.js'
import { ownHandlers } from './hooks/own-handlers.js'
import { deliveryIdPattern, eventPattern } from './receive/headers.js'
import { isSignedBy, sign, signatureRemedy } from './receive/signature.js'
import { routerFor } from './routing/route.js'
import { commandOf } from './runs/command-line.js'
import { inputOf } from './runs/perform.js'
import { firstSecretOf, type WebhookSession } from './session.js'
import type { DeliveryStore, ReceivedDelivery, StoredDelivery } from './store/store.js'

export interface OneDelivery {
  body: Uint8Array
  event: string
  /** Default: a random one. */
  delivery?: string | undefined
  /** `X-Hub-Signature-256`; `sign`: the one that the first secret gives. */
  signature: string | 'sign'
}

/** What would be done with a delivery. */
export interface PlannedDelivery {
  event: string
  delivery: string
  status: 'queued' | 'ignored' | 'dead'
  reason: string | null
  runs: PlannedHandler[]
}

export interface PlannedHandler {
  handler: string
  action: string
  /** The exact argument list: of a program, or of wizard. */
  argv: string[]
}

/**
 * Verifies a delivery that does not come by HTTP.
 *
 * @throws UsageError for an id or event that GitHub can't send; ConfigError without a secret;
 *   GitHubAuthError for a wrong signature
 */
export function checkDelivery(
  session: WebhookSession,
  { body, event, delivery = randomUUID(), signature }: OneDelivery,
): ReceivedDelivery {
  const { webhooks } = session
  assertEventName(session, event)
  if (!deliveryIdPattern.test(delivery)) {
    throw new UsageError(`not the id of a delivery: ${delivery}`, {
      hint: 'expected, for example, a UUID',
    })
  }
  if (body.length > webhooks.maxBody) {
    throw new UsageError(
      `the payload has ${body.length} bytes, more than max_body, ${webhooks.maxBody}`,
    )
  }
  const first = firstSecretOf(webhooks)
  const shown = signature === 'sign' ? sign(body, first) : signature
  if (!isSignedBy(body, shown, webhooks.secrets)) {
    throw new GitHubAuthError('the signature does not match the file and the secret', {
      hint: signatureRemedy(shown),
    })
  }
  const headers = { 'content-type': 'application/json', 'x-github-event': event }
  const sha256 = createHash('sha256').update(body).digest('hex')
  return { delivery, event, hookId: null, headers, body, sha256, source: 'http' }
}

/** An event that GitHub may have tomorrow is taken, as SERVE does. @throws UsageError if it can be none */
function assertEventName({ emit }: WebhookSession, event: string): void {
  const near = didYouMean(event, [...webhookEvents])
  if (!eventPattern.test(event)) {
    throw new UsageError(`not the name of an event: ${event}`, { hint: near })
  }
  if (webhookEvents.has(event)) return
  const message = `${event} is not an event of GitHub's webhooks${near ? `; ${near}` : ''}`
  emit({ type: 'warning', message })
}

/** Which handlers would run, with their exact commands. Stores nothing. */
export function planDelivery(
  { webhooks }: WebhookSession,
  received: ReceivedDelivery,
): PlannedDelivery {
  const { event, delivery } = received
  const stored = asStored(received)
  const decision = routerFor(webhooks)(stored)
  if (decision.status !== 'queued') {
    return { event, delivery, status: decision.status, reason: decision.reason, runs: [] }
  }
  const runs = decision.runs.flatMap(({ handler, action }): PlannedHandler[] => {
    const config = webhooks.handlers.find(({ name }) => name === handler)
    if (config === undefined) return []
    const command = commandOf(config, inputOf(stored))
    const argv = command.kind === 'program' ? command.cmd : ['wizard', ...command.argv]
    return [{ handler, action, argv }]
  })
  return { event, delivery, status: 'queued', reason: null, runs }
}

const asStored = ({
  delivery,
  hookId,
  event,
  headers,
  body,
  sha256,
}: ReceivedDelivery): StoredDelivery => ({
  id: 0,
  delivery,
  hook_id: hookId,
  event,
  action: null,
  repo: null,
  ref: null,
  status: 'accepted',
  reason: null,
  received_at: '',
  times_received: 1,
  bytes: body.length,
  sha256,
  headers,
  body,
})

/** Milliseconds between two looks at deliveries that another process runs. */
const pause = 200

/**
 * Waits until a delivery has ended. Runs its handlers, and whatever waits, where no SERVE does.
 *
 * @throws the signal's reason
 */
export async function runUntilEnded(
  session: WebhookSession,
  store: DeliveryStore,
  id: number,
): Promise<DeliveryWithRuns> {
  return withCleanup(async (defer) => {
    await ownHandlers(session, store, { command: 'WEBHOOK RECEIVE', defer }).wake()
    return untilEnded(session, store, id)
  })
}

const open = new Set<DeliveryStatus>(openStatuses)

/** Waits until its handlers have ended, wherever they run. @throws the signal's reason */
export async function untilEnded(
  { clock, signal }: WebhookSession,
  store: DeliveryStore,
  id: number,
): Promise<DeliveryWithRuns> {
  for (;;) {
    const { headers, ...delivery } = await store.view(String(id))
    if (!open.has(delivery.status)) return delivery
    await clock.sleep(pause, signal)
  }
}
