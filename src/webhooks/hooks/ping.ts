import type { GitHubClient } from '../../github/client.js'
import {
  deliveryPages,
  getHook,
  type HookDeliveryData,
  type HookResponse,
  type HookTarget,
  pingHook,
} from '../../github/rest/hooks.js'
import type { WebhookSession } from '../session.js'
import { isGoodStatus } from './good-status.js'

/** Milliseconds for GitHub to send the ping and to record its answer. */
const longest = 30_000
const pause = 1000

/**
 * Pings a hook and waits for the answer of its receiver. The ping is found among the hook's
 * deliveries, because an organization's hook has no `last_response`, and that of a repository's
 * hook has no time.
 *
 * @returns null if GitHub has recorded none within 30 seconds
 */
export async function pingAndWait(
  { client, clock, signal }: WebhookSession,
  target: HookTarget,
  hookId: string,
): Promise<HookResponse | null> {
  const before = new Set((await newestPings(client, target, hookId)).map(({ id }) => id))
  await pingHook(client, target, hookId)
  const end = clock.now() + longest
  while (clock.now() < end) {
    await clock.sleep(pause, signal)
    const pings = await newestPings(client, target, hookId)
    const answered = pings.find(({ id }) => !before.has(id))
    if (answered !== undefined) return responseOf(client, target, hookId, answered)
  }
  return null
}

async function newestPings(
  client: GitHubClient,
  target: HookTarget,
  hookId: string,
): Promise<HookDeliveryData[]> {
  for await (const page of deliveryPages(client, target, hookId)) {
    return page.filter(({ event }) => event === 'ping')
  }
  return []
}

/** The hook's `last_response`, if that is about this delivery, or the same from the delivery. */
async function responseOf(
  client: GitHubClient,
  target: HookTarget,
  hookId: string,
  { status_code: code, status: message }: HookDeliveryData,
): Promise<HookResponse> {
  const last = 'org' in target ? null : (await getHook(client, target, hookId)).last_response
  if (last?.code === code) return last
  return { code, status: isGoodStatus(code) ? 'active' : 'failed', message }
}
