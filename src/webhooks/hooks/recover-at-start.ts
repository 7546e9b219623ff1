import { reportError } from '../../base/error-report.js'
import { reportWarning, type WebhookSession } from '../session.js'
import type { DeliveryStore } from '../store/store.js'
import { recoverDeliveries } from './recover.js'

/**
 * Has GitHub redeliver what SERVE missed while it was down: for each repository and organization in
 * `recover` of webhooks.yaml. A failure is a warning, and SERVE goes on.
 */
export async function recoverAtStart(session: WebhookSession, store: DeliveryStore): Promise<void> {
  const { webhooks, signal } = session
  for (const target of webhooks.recover) {
    const failure = await failureOf(session, store, target)
    if (signal?.aborted) return
    if (failure === null) continue
    reportWarning(session, `RECOVER ${target}: ${failure}`)
  }
}

async function failureOf(
  session: WebhookSession,
  store: DeliveryStore,
  target: string,
): Promise<string | null> {
  try {
    const recovered = await recoverDeliveries(session, store, { target })
    const failed = recovered.filter(({ status }) => status === 'failed')
    const [first] = failed
    return first === undefined
      ? null
      : `${failed.length} were not redelivered: ${first.error?.message}`
  } catch (error) {
    return reportError(error).message
  }
}
