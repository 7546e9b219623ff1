import type { StepValues, WebhooksFile } from '../schema/webhooks.js'
import type { ConfigDocument } from '../yaml/document.js'
import type { Fault, Position } from '../yaml/place.js'

/**
 * `fallback` is GITHUB_WEBHOOK_SECRET, used if the file has no secret.
 *
 * @throws ConfigError if deliveries are enabled without a secret to verify them, or a handler would
 *   never run
 */
export function readWebhooks(
  document: ConfigDocument<WebhooksFile>,
  fallback: string | undefined,
): WebhooksConfig {
  const { enabled, secret, events, repositories, forks, handlers } = document.value.webhooks
  const own = secret == null ? [] : [secret].flat()
  const secrets = own.length > 0 || !fallback ? own : [fallback]
  document.refuse([
    ...(enabled && secrets.length === 0 ? [withoutSecret] : []),
    ...deafHandlers(events, Object.keys(handlers)),
  ])
  return {
    enabled,
    secrets,
    events,
    repositories,
    forks,
    handlers: Object.fromEntries(
      Object.entries(handlers).map(([name, steps]) => [
        name,
        steps.map((step, index) =>
          stepOf(step, document.position(['webhooks', 'handlers', name, index])),
        ),
      ]),
    ),
  }
}

const stepOf = (
  { action, exec = [], payload = {} }: StepValues,
  position: Position,
): WebhookStep => (action === 'exec' ? { action, exec, position } : { action, payload, position })

const withoutSecret: Fault = {
  path: ['webhooks', 'secret'],
  at: 'missing',
  message: 'missing; with enabled: true every delivery must be signed',
  hint: 'set GITHUB_WEBHOOK_SECRET, or enabled: false',
}

const deafHandlers = (events: string[], handlers: string[]): Fault[] =>
  handlers
    .filter((name) => events.length > 0 && !events.includes(name.split(':', 1)[0] ?? ''))
    .map((name) => ({
      path: ['webhooks', 'handlers', name],
      at: 'key',
      message: 'its event is not among webhooks.events, so it would never run',
    }))

export interface WebhooksConfig {
  enabled: boolean
  /** Several while a secret is being rotated. */
  secrets: string[]
  events: string[]
  /** `owner/repo`: deliveries of other repositories are refused. */
  repositories: string[]
  /** Whether pull requests from forks are handled. */
  forks: boolean
  /** By `event`, `event:branch` or `event:action`. */
  handlers: Record<string, WebhookStep[]>
}

export type WebhookStep =
  | { action: 'exec'; exec: string[]; position: Position }
  | { action: WebhookAction; payload: Record<string, unknown>; position: Position }

export type WebhookAction =
  | 'run_tests'
  | 'run_workflow'
  | 'sync_repo'
  | 'sync_release'
  | 'publish_release'
