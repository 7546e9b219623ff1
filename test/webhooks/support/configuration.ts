import type { WebhooksConfig } from '../../../src/config/files/webhooks.js'
import { load } from '../../config/support.js'

export const secret = '0123456789abcdef'

/** webhooks.yaml with these handlers, as flow YAML or JSON. */
export async function webhooksConfig(handlers: object, more: object = {}): Promise<WebhooksConfig> {
  const webhooks = { enabled: true, secret, repositories: ['uDOS/*'], handlers, ...more }
  const config = await load({
    files: { 'config/webhooks.yaml': JSON.stringify({ webhooks }) },
    env: {},
  })
  const found = await config.webhooks()
  if (found === null) throw new Error('there is no webhooks.yaml')
  return found
}
