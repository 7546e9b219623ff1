import { GitHubError, NotFoundError, UsageError } from '../../base/errors.js'
import { webhookEvents } from '../../base/names/webhook-events.js'
import { didYouMean } from '../../base/text.js'
import {
  createHook,
  deleteHook,
  type HookData,
  type HookResponse,
  type HookSettings,
  type HookTarget,
  listHooks,
  nameOfTarget,
  updateHook,
} from '../../github/rest/hooks.js'
import { firstSecretOf, type WebhookSession } from '../session.js'
import { type KnownSecrets, openKnownSecrets } from './known-secrets.js'
import { pingAndWait } from './ping.js'
import { parseHookTarget } from './target.js'

export interface HookSetupRequest {
  /** `owner/repo`, or an organization. */
  target: string
  /** Where SERVE is reached from GitHub. */
  url: string
  /** Default: webhooks.yaml's. */
  events?: string[] | undefined
  remove?: boolean | undefined
  /** Says what would be done, and does nothing. */
  dryRun?: boolean | undefined
}

export interface HookSetup {
  /** null: with `dryRun`, there is none yet. */
  hook_id: string | null
  url: string
  events: string[]
  active: boolean
  status: 'created' | 'updated' | 'unchanged' | 'removed'
  /** The answer to a ping; null: none came within 30 seconds, or none was sent. */
  last_response: HookResponse | null
}

/**
 * Makes or changes the hook of this URL, pings it, and waits for the answer.
 *
 * @throws ConfigError without a secret; UsageError for a wrong URL or event, or where several hooks
 *   have the URL; NotFoundError if there is none to remove; GitHubAuthError without the scope
 */
export async function setUpHook(
  session: WebhookSession,
  request: HookSetupRequest,
): Promise<HookSetup> {
  const target = parseHookTarget(request.target)
  const url = checkedUrl(request.url)
  const secrets = openKnownSecrets(session)
  if (request.remove) return removeHook(session, target, url, secrets, request)
  const settings = settingsOf(session, url, request.events)
  const found = await hookAt(session, target, url)
  const status = await statusOf(found, settings, secrets)
  const planned = { url, events: settings.events, active: true, status }
  if (request.dryRun) return { hook_id: found?.id ?? null, ...planned, last_response: null }
  const hookId = await carryOut(session, target, settings, found, status)
  if (status !== 'unchanged') await secrets.remember(hookId, settings.secret)
  const last_response = await pingAndWait(session, target, hookId)
  session.log.write('webhooks', 'INFO', `SETUP: hook ${hookId} of ${request.target} ${status}`)
  return { hook_id: hookId, ...planned, last_response }
}

async function removeHook(
  session: WebhookSession,
  target: HookTarget,
  url: string,
  secrets: KnownSecrets,
  { dryRun = false }: HookSetupRequest,
): Promise<HookSetup> {
  const found = await hookAt(session, target, url)
  if (found === null) throw new NotFoundError(`${nameOfTarget(target)} has no webhook at ${url}`)
  if (!dryRun) {
    await deleteHook(session.client, target, found.id)
    await secrets.forget(found.id)
    const line = `SETUP: hook ${found.id} of ${nameOfTarget(target)} removed`
    session.log.write('webhooks', 'INFO', line)
  }
  const { id: hook_id, events } = found
  return { hook_id, url, events, active: false, status: 'removed', last_response: null }
}

async function statusOf(
  found: HookData | null,
  { events, secret }: HookSettings,
  secrets: KnownSecrets,
): Promise<HookSetup['status']> {
  if (found === null) return 'created'
  const { config, active } = found
  const isSame =
    active &&
    config.content_type === 'json' &&
    String(config.insecure_ssl ?? '0') === '0' &&
    config.secret != null &&
    [...found.events].sort().join() === [...events].sort().join() &&
    (await secrets.isSet(found.id, secret))
  return isSame ? 'unchanged' : 'updated'
}

/** @returns the hook's id */
async function carryOut(
  session: WebhookSession,
  target: HookTarget,
  settings: HookSettings,
  found: HookData | null,
  status: HookSetup['status'],
): Promise<string> {
  const { client } = session
  if (found === null) return (await createOnce(session, target, settings)).id
  if (status === 'updated') await updateHook(client, target, found.id, settings)
  return found.id
}

/**
 * GitHub may have created the hook although its answer was lost. This hook, or one that somebody
 * created at the same time, is updated.
 */
async function createOnce(
  session: WebhookSession,
  target: HookTarget,
  settings: HookSettings,
): Promise<HookData> {
  try {
    return await createHook(session.client, target, settings)
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error
    const made = await hookAt(session, target, settings.url).catch(() => null)
    if (made === null) throw error
    return updateHook(session.client, target, made.id, settings)
  }
}

async function hookAt(
  { client }: WebhookSession,
  target: HookTarget,
  url: string,
): Promise<HookData | null> {
  const hooks = await listHooks(client, target)
  const found = hooks.filter(({ config }) => isSameUrl(config.url, url))
  const [first, another] = found
  if (another === undefined) return first ?? null
  const ids = found.map(({ id }) => id).join(', ')
  throw new UsageError(`${nameOfTarget(target)} has several webhooks at ${url}: ${ids}`, {
    hint: "remove all but one in GitHub's settings",
  })
}

const isSameUrl = (one: string | null | undefined, other: string): boolean =>
  one != null && URL.canParse(one) && new URL(one).href === new URL(other).href

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && /^https?:$/.test(url.protocol)) return text
  throw new UsageError(`not the URL of a webhook: ${text}`, {
    hint: 'for example https://example.org/webhook',
  })
}

function settingsOf(
  { webhooks, client }: WebhookSession,
  url: string,
  named: string[] | undefined,
): HookSettings {
  const secret = firstSecretOf(webhooks)
  client.redactor.add(secret)
  const events = [...new Set(named ?? webhooks.events)]
  if (events.length === 0) {
    throw new UsageError('no event given', {
      hint: ['webhooks.yaml has no handlers: give events with ', { flag: 'events' }],
    })
  }
  for (const event of events) assertEvent(event)
  return { url, events, secret }
}

function assertEvent(event: string): void {
  if (event === '*' || webhookEvents.has(event)) return
  throw new UsageError(`${event} is not an event of GitHub's webhooks`, {
    hint: didYouMean(event, [...webhookEvents]),
  })
}
