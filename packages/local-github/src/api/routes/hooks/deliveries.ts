import { type Hook, type HookDelivery, isRepository } from '../../../model/hooks.js'
import type { Call } from '../../call.js'
import { ApiError, jsonType, notFound } from '../../errors.js'
import { type Route, route } from '../../route.js'
import { fullDelivery, listedDelivery } from '../../shapes/hook.js'
import { hookOf, organizationOfHooks, repositoryOfHooks } from './hook-of.js'

const ofRepository = (call: Call) => hookOf(call, repositoryOfHooks(call))
const ofOrganization = (call: Call) => hookOf(call, organizationOfHooks(call))

/** https://docs.github.com/rest/repos/webhooks#list-deliveries-for-a-repository-webhook */
export const deliveryRoutes: Route[] = [
  route('GET /repos/{owner}/{repo}/hooks/{hook_id}/deliveries', (call) =>
    list(call, ofRepository(call)),
  ),
  route('GET /repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}', (call) =>
    exactJson(fullDelivery(deliveryOf(call, ofRepository(call)))),
  ),
  route('POST /repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}/attempts', (call) =>
    redeliver(call, ofRepository(call)),
  ),
  route('GET /orgs/{org}/hooks/{hook_id}/deliveries', (call) => list(call, ofOrganization(call))),
  route('GET /orgs/{org}/hooks/{hook_id}/deliveries/{delivery_id}', (call) =>
    exactJson(fullDelivery(deliveryOf(call, ofOrganization(call)))),
  ),
  route('POST /orgs/{org}/hooks/{hook_id}/deliveries/{delivery_id}/attempts', (call) =>
    redeliver(call, ofOrganization(call)),
  ),
]

/** Newest first. A cursor names the delivery that a page begins with. */
function list(call: Call, hook: Hook): Response {
  const asked = Number(call.query.get('per_page') ?? 30)
  const size = Number.isInteger(asked) && asked > 0 ? Math.min(asked, 100) : 30
  const all = call.world.hooks.deliveriesOf(hook).filter(wantedBy(call.query))
  const first = firstOf(call, all)
  const next = all[first + size]
  const before = all[Math.max(0, first - size)]
  const links = [
    ...(next ? [`<${addressOf(call, hook, next)}>; rel="next"`] : []),
    ...(first > 0 && before ? [`<${addressOf(call, hook, before)}>; rel="prev"`] : []),
  ]
  const headers: Record<string, string> = links.length > 0 ? { link: links.join(', ') } : {}
  return exactJson(all.slice(first, first + size).map(listedDelivery), headers)
}

function wantedBy(query: URLSearchParams): (delivery: HookDelivery) => boolean {
  const status = query.get('status')
  const redelivery = query.get('redelivery')
  return (one) =>
    (status === null || (status === 'success') === (one.status === 'OK')) &&
    (redelivery === null || redelivery === `${one.redelivery}`)
}

function firstOf({ query }: Call, all: HookDelivery[]): number {
  const cursor = query.get('cursor')
  if (cursor === null) return 0
  const id = /^v1_(\d{1,20})$/.exec(cursor)?.[1]
  if (id === undefined) throw new ApiError(400, 'Invalid cursor')
  const found = all.findIndex((one) => one.id <= BigInt(id))
  return found < 0 ? all.length : found
}

function addressOf({ addresses, query }: Call, { id, target }: Hook, first: HookDelivery): string {
  const others = new URLSearchParams(query)
  others.set('cursor', `v1_${first.id}`)
  const collection = isRepository(target) ? 'repositories' : 'organizations'
  return `${addresses.api}/${collection}/${target.id}/hooks/${id}/deliveries?${others}`
}

function deliveryOf(call: Call, hook: Hook): HookDelivery {
  const id = call.parameter('delivery_id')
  const found = call.world.hooks.deliveriesOf(hook).find((one) => `${one.id}` === id)
  if (found === undefined) throw notFound()
  return found
}

function redeliver(call: Call, hook: Hook): Response {
  call.world.hooks.redeliver(hook, deliveryOf(call, hook))
  return exactJson({}, {}, 202)
}

/** JSON whose bigints are numbers; no text of it begins with the mark. */
function exactJson(data: unknown, headers: Record<string, string> = {}, status = 200): Response {
  const mark = '\u0000exactly '
  const json = JSON.stringify(data, (_key, value) =>
    typeof value === 'bigint' ? `${mark}${value}` : value,
  )
  const exact = json.replaceAll(/"\\u0000exactly (\d+)"/g, '$1')
  return new Response(exact, { status, headers: { ...jsonType, ...headers } })
}
