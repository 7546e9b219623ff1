import type { WebhooksConfig } from '../config/files/webhooks.js'

/** Warnings about events of webhooks.yaml for which nothing runs. */
export function warningsOfHandlers({ handlers, emptyKeys }: WebhooksConfig): string[] {
  if (handlers.length === 0) return ['webhooks.yaml has no handlers: every delivery is ignored']
  return emptyKeys.map((key) => `webhooks.handlers.${key} is empty: nothing runs for it`)
}
