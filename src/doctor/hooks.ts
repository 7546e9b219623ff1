import type { Hint } from '../base/hint.js'
import type { WebhooksConfig } from '../config/files/webhooks.js'
import type { GitHubClient } from '../github/client.js'
import { deliveryPages, getHook, type HookData, type HookTarget } from '../github/rest/hooks.js'
import { isGoodStatus } from '../webhooks/hooks/good-status.js'
import { findReadHook } from '../webhooks/hooks/target.js'
import { type Check, ok, runCheck, warning } from './check.js'

/** The hooks on GitHub that webhooks.yaml names in `recover`. */
export async function inspectHooks(
  client: GitHubClient,
  webhooks: WebhooksConfig,
): Promise<Check[]> {
  const checks: Check[] = []
  for (const name of webhooks.recover) {
    checks.push(await runCheck(`webhooks: hook of ${name}`, () => hookOf(client, webhooks, name)))
  }
  return checks
}

async function hookOf(client: GitHubClient, webhooks: WebhooksConfig, name: string) {
  const { target, hookId } = await findReadHook({ client, webhooks }, name, undefined)
  const hook = await getHook(client, target, hookId)
  return judgeHook(name, hook, webhooks.events, await lastCode(client, target, hook))
}

/** An organization's hook has no `last_response`. null: GitHub has sent nothing yet. */
async function lastCode(
  client: GitHubClient,
  target: HookTarget,
  { id, last_response: last }: HookData,
): Promise<number | null> {
  if (last != null) return last.status === 'unused' ? null : (last.code ?? 0)
  for await (const [newest] of deliveryPages(client, target, id)) return newest?.status_code ?? null
  return null
}

function judgeHook(
  name: string,
  { id, active, events, config: { url } }: HookData,
  wanted: readonly string[],
  code: number | null,
) {
  const hook = `hook ${id} at ${url}`
  const setup: Hint = [
    { verb: ['WEBHOOK', 'SETUP'], target: name, flags: { url: url ?? 'URL' } },
    ' corrects it',
  ]
  if (!active) return warning(`${hook} is not active`, setup)
  const missing = events.includes('*') ? [] : wanted.filter((event) => !events.includes(event))
  if (missing.length > 0) return warning(`${hook} does not send ${missing.join(', ')}`, setup)
  if (code === null) return ok(`${hook}; nothing was delivered yet`)
  if (isGoodStatus(code)) return ok(`${hook}; the last delivery was answered with ${code}`)
  if (code === 401)
    return warning(`${hook}: the last delivery had a wrong signature`, [
      { verb: ['WEBHOOK', 'SETUP'], target: name, flags: { url: url ?? 'URL' } },
      ' sends the secret of webhooks.yaml',
    ])
  const how = code === 0 ? 'not answered' : `answered with ${code}`
  return warning(`${hook}: the last delivery was ${how}`, [
    'check that GitHub reaches WEBHOOK SERVE there; then ',
    { verb: ['WEBHOOK', 'RECOVER'], target: name },
    ' fetches what was missed',
  ])
}
