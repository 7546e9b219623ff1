import { z } from 'zod/mini'
import { GitHubNetworkError } from '../../base/errors.js'
import { parseExactly, withExactNumbers } from '../../base/exact-json.js'
import { fullNameOf, type Repo } from '../../base/names/repository.js'
import { checkServer } from '../errors.js'
import { jsonTextOf } from '../transport/message.js'
import { type Api, addressOf, ask, parseAnswer, type Rest } from './api.js'
import { eachPage, pagesOf } from './pages.js'

/** What webhooks belong to. */
export type HookTarget = Repo | { org: string }

export const nameOfTarget = (target: HookTarget): string =>
  'org' in target ? target.org : fullNameOf(target)

/** Ids of deliveries are beyond 2^53: Octokit gives such a number as a bigint. */
const id = z.pipe(z.union([z.number(), z.bigint()]), z.transform(String))
const text = z.optional(z.nullable(z.string()))

const response = z.object({
  code: z.nullable(z.number()),
  status: z.nullable(z.string()),
  message: z.nullable(z.string()),
}) satisfies z.ZodMiniType<HookResponse>

const hook = z.object({
  id,
  active: z.boolean(),
  events: z.array(z.string()),
  config: z.object({
    url: text,
    content_type: text,
    secret: text,
    insecure_ssl: z.optional(z.nullable(z.union([z.string(), z.number()]))),
  }),
  last_response: z.optional(z.nullable(response)),
})

const delivery = z.object({
  id,
  guid: z.string(),
  delivered_at: z.string(),
  status: z.pipe(text, z.transform(String)),
  /** 0 where there is none. */
  status_code: z.pipe(
    z.optional(z.nullable(z.number())),
    z.transform((code) => code ?? 0),
  ),
  event: z.string(),
})

const sent = z.object({
  request: z.object({
    headers: z.nullable(z.record(z.string(), z.unknown())),
    payload: z.unknown(),
  }),
})

export type HookData = z.output<typeof hook>
/** How a hook's receiver answered last. */
export interface HookResponse {
  /** The HTTP status; null if there was none. */
  code: number | null
  status: string | null
  message: string | null
}
/** One attempt to deliver an event. */
export type HookDeliveryData = z.output<typeof delivery>

export interface HookSettings {
  url: string
  events: string[]
  secret: string
}

/** What GitHub sent. */
export interface SentDelivery {
  headers: Record<string, unknown>
  /** The payload as JSON, each number as GitHub wrote it; null: GitHub has it no more. */
  payload: string | null
}

/**
 * All webhooks. https://docs.github.com/en/rest/repos/webhooks#list-repository-webhooks,
 * https://docs.github.com/en/rest/orgs/webhooks#list-organization-webhooks
 *
 * @throws GitHubAuthError (404) where GitHub names the scope that the token lacks
 */
export async function listHooks(api: Api, target: HookTarget): Promise<HookData[]> {
  const octokit = await api.octokit()
  const { repos, orgs } = octokit.rest
  const list = 'org' in target ? orgs.listWebhooks : repos.listWebhooks
  return parseAnswer(api, z.array(hook), await pagesOf(octokit, list, { ...target }))
}

export const getHook = (api: Api, target: HookTarget, hookId: string): Promise<HookData> =>
  ask(api, hook, ({ repos, orgs }) => {
    const hook_id = numberOf(hookId)
    return 'org' in target
      ? orgs.getWebhook({ ...target, hook_id })
      : repos.getWebhook({ ...target, hook_id })
  })

/**
 * GitHub pings a new hook by itself.
 * https://docs.github.com/en/rest/repos/webhooks#create-a-repository-webhook
 *
 * @throws GitHubNetworkError, after which the hook may exist; GitHubError (422)
 */
export const createHook = (api: Api, target: HookTarget, given: HookSettings): Promise<HookData> =>
  ask(api, hook, ({ repos, orgs }) => {
    const settings = { name: 'web', active: true, events: given.events, config: configOf(given) }
    return 'org' in target
      ? orgs.createWebhook({ ...target, ...settings })
      : repos.createWebhook({ ...target, ...settings })
  })

/**
 * Sets all of a hook. The secret is always sent: GitHub drops it otherwise.
 * https://docs.github.com/en/rest/repos/webhooks#update-a-repository-webhook
 */
export const updateHook = (
  api: Api,
  target: HookTarget,
  hookId: string,
  given: HookSettings,
): Promise<HookData> =>
  ask(api, hook, ({ repos, orgs }) => {
    const hook_id = numberOf(hookId)
    const settings = { hook_id, active: true, events: given.events, config: configOf(given) }
    return 'org' in target
      ? orgs.updateWebhook({ ...target, ...settings })
      : repos.updateWebhook({ ...target, ...settings })
  })

export async function deleteHook(api: Api, target: HookTarget, hookId: string): Promise<void> {
  const { repos, orgs } = (await api.octokit()).rest
  const hook_id = numberOf(hookId)
  if ('org' in target) await orgs.deleteWebhook({ ...target, hook_id })
  else await repos.deleteWebhook({ ...target, hook_id })
}

/** https://docs.github.com/en/rest/repos/webhooks#ping-a-repository-webhook */
export async function pingHook(api: Api, target: HookTarget, hookId: string): Promise<void> {
  const { repos, orgs } = (await api.octokit()).rest
  const hook_id = numberOf(hookId)
  if ('org' in target) await orgs.pingWebhook({ ...target, hook_id })
  else await repos.pingWebhook({ ...target, hook_id })
}

/**
 * The deliveries of the last days, newest first, each page when it is wanted.
 * https://docs.github.com/en/rest/repos/webhooks#list-deliveries-for-a-repository-webhook
 */
export async function* deliveryPages(
  api: Api,
  target: HookTarget,
  hookId: string,
): AsyncGenerator<HookDeliveryData[]> {
  const octokit = await api.octokit()
  const { repos, orgs } = octokit.rest
  const list = 'org' in target ? orgs.listWebhookDeliveries : repos.listWebhookDeliveries
  const parameters = { ...target, hook_id: numberOf(hookId), per_page: 100 }
  for await (const { data } of eachPage(octokit, list, parameters)) {
    yield parseAnswer(api, z.array(delivery), data)
  }
}

/**
 * https://docs.github.com/en/rest/repos/webhooks#get-a-delivery-for-a-repository-webhook
 *
 * @throws GitHubNotFoundError once it is too old
 */
export async function readDelivery(
  api: Api,
  target: HookTarget,
  hookId: string,
  deliveryId: string,
): Promise<SentDelivery> {
  const url = await addressOf(api, ({ repos, orgs }: Rest) => {
    const ids = { hook_id: numberOf(hookId), delivery_id: numberOf(deliveryId) }
    return 'org' in target
      ? orgs.getWebhookDelivery.endpoint({ ...target, ...ids })
      : repos.getWebhookDelivery.endpoint({ ...target, ...ids })
  })
  const answer = exactly(api, jsonTextOf(await api.send({ method: 'GET', url, headers: {} })))
  const { headers, payload } = parseAnswer(api, sent, answer).request
  const json = payload == null ? null : withExactNumbers(JSON.stringify(payload))
  return { headers: headers ?? {}, payload: json }
}

/**
 * Asks for another attempt, and never twice.
 * https://docs.github.com/en/rest/repos/webhooks#redeliver-a-delivery-for-a-repository-webhook
 */
export async function redeliver(
  api: Api,
  target: HookTarget,
  hookId: string,
  deliveryId: string,
): Promise<void> {
  const { repos, orgs } = (await api.octokit()).rest
  const ids = { hook_id: numberOf(hookId), delivery_id: numberOf(deliveryId) }
  if ('org' in target) await orgs.redeliverWebhookDelivery({ ...target, ...ids })
  else await repos.redeliverWebhookDelivery({ ...target, ...ids })
}

const configOf = ({ url, secret }: HookSettings) => ({
  ...{ url, secret, content_type: 'json', insecure_ssl: '0' },
})

/** Octokit only writes it into the address, where its digits matter. */
const numberOf = (digits: string) => digits as unknown as number

function exactly({ baseUrl }: Api, json: string): unknown {
  try {
    return parseExactly(json)
  } catch (cause) {
    const message = `${baseUrl.host} did not answer as the GitHub API does`
    throw new GitHubNetworkError(message, { cause, hint: checkServer })
  }
}

const meta = z.object({ hooks: z._default(z.array(z.string()), []) })

/**
 * The addresses that GitHub sends webhooks from, as CIDRs. A GitHub Enterprise Server names none.
 * https://docs.github.com/en/rest/meta/meta#get-github-meta-information
 */
export const hookRanges = async (api: Api): Promise<string[]> =>
  (await ask(api, meta, (rest) => rest.meta.get())).hooks
