import type { CommonEvent } from '../base/call.js'
import { reportError } from '../base/error-report.js'
import { ConfigError } from '../base/errors.js'
import type { WebhooksConfig } from '../config/files/webhooks.js'
import type { Config } from '../config/load.js'
import type { ConfiguredSession } from '../session.js'
import type { ReceiverEvent } from './receive/receiver.js'
import type { RunCommand } from './runs/perform.js'
import type { RunEnd } from './store/store.js'

export type WebhookEvent =
  | CommonEvent
  | ReceiverEvent
  /** SERVE takes deliveries at this address. */
  | { type: 'webhooks-listening'; address: string; pid: number }
  | { type: 'webhooks-reloaded' }
  | ({ type: 'handler-started' } & HandlerSubject)
  | ({ type: 'handler-ended'; end: RunEnd; milliseconds: number } & HandlerSubject)

export interface HandlerSubject {
  handler: string
  attempt: number
  event: string
  repo: string | null
  ref: string | null
  /** GitHub's id. */
  delivery: string
}

export interface WebhookSession extends ConfiguredSession<WebhookEvent> {
  webhooks: WebhooksConfig
  /** Reads webhooks.yaml again. @throws ConfigError, PathError */
  reload(): Promise<WebhooksConfig>
  runCommand: RunCommand
}

/** A warning for the caller, and for the log. */
export function reportWarning(
  { emit, log }: Pick<WebhookSession, 'emit' | 'log'>,
  message: string,
): void {
  emit({ type: 'warning', message })
  log.write('webhooks', 'WARN', message)
}

/**
 * A listener whose errors are in the log: deliveries that are already answered must be handled,
 * whatever it throws.
 */
export const loggedEmit =
  (emit: WebhookSession['emit'], log: WebhookSession['log']): WebhookSession['emit'] =>
  (event) => {
    try {
      emit(event)
    } catch (error) {
      const { message } = reportError(error)
      log.write('webhooks', 'ERROR', `the listener failed at ${event.type}: ${message}`)
    }
  }

/**
 * The secret that wizard signs with and gives to GitHub.
 *
 * @throws ConfigError if there is none: no delivery can be verified
 */
export function firstSecretOf({ secrets: [first] }: WebhooksConfig): string {
  if (first !== undefined) return first
  throw new ConfigError('webhooks.yaml has no secret', { hint: 'set GITHUB_WEBHOOK_SECRET' })
}

/** @throws ConfigError without a webhooks.yaml */
export async function webhooksOf(config: Config): Promise<WebhooksConfig> {
  const webhooks = await config.webhooks()
  if (webhooks !== null) return webhooks
  throw new ConfigError(config.absent('webhooks'), {
    hint: 'it says which deliveries to handle, and how: docs/webhooks.md',
  })
}
