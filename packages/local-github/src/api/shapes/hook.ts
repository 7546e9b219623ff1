import type { Addresses } from '../../addresses.js'
import { type Hook, type HookDelivery, isRepository } from '../../model/hooks.js'
import { fullName } from '../../model/repository.js'
import type { Data } from '../route.js'

/** Of a repository or an organization; GitHub never shows a secret. */
export function hookShape({ api }: Addresses, hook: Hook) {
  const { target, config } = hook
  const path = isRepository(target) ? `repos/${fullName(target)}` : `orgs/${target.login}`
  const url = `${api}/${path}/hooks/${hook.id}`
  return {
    type: isRepository(target) ? 'Repository' : 'Organization',
    id: hook.id,
    name: 'web',
    active: hook.active,
    events: hook.events,
    config: {
      content_type: config.contentType,
      insecure_ssl: config.insecureSsl,
      ...(config.secret !== null && { secret: '********' }),
      url: config.url,
    },
    updated_at: hook.updatedAt,
    created_at: hook.createdAt,
    url,
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
  } satisfies Data<'GET /orgs/{org}/hooks/{hook_id}'>
}

/** Organizations' hooks have no `last_response`. */
export function repositoryHook(
  addresses: Addresses,
  hook: Hook,
): Data<'GET /repos/{owner}/{repo}/hooks/{hook_id}'> {
  const shape = hookShape(addresses, hook)
  return { ...shape, test_url: `${shape.url}/tests`, last_response: hook.lastResponse }
}

/** One of a list. Its `id` is beyond 2^53. */
export function listedDelivery(delivery: HookDelivery) {
  const { id, guid, redelivery, duration, status, event, action } = delivery
  return {
    ...{ id, guid, delivered_at: delivery.deliveredAt, redelivery, duration, status },
    status_code: delivery.statusCode,
    event,
    action,
    installation_id: null,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  }
}

export function fullDelivery(delivery: HookDelivery) {
  const { url, request, response } = delivery
  return { ...listedDelivery(delivery), url, request, response }
}
