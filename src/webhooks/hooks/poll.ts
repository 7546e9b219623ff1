import { createHash } from 'node:crypto'
import { inLanes } from '../../base/async/lanes.js'
import { GitHubNotFoundError } from '../../base/errors.js'
import { deliveryPages, type HookDeliveryData, readDelivery } from '../../github/rest/hooks.js'
import { deliveryIdPattern, eventPattern, keptHeaders } from '../receive/headers.js'
import type { ReceivedSummary } from '../receive/receiver.js'
import type { WebhookSession } from '../session.js'
import type { DeliveryStore, ReceivedDelivery } from '../store/store.js'
import type { ReadHook } from './target.js'

/**
 * Takes what is new of a hook's deliveries into the store, oldest first, and gives what was committed
 * together.
 *
 * @throws GitHubError and its subclasses; the next poll takes what this one has missed
 */
export type Poll = () => AsyncGenerator<ReceivedSummary[]>

/** Deliveries that are read and committed together: each has at most 25 MiB. */
const atOnce = 8
const lanes = 4

/**
 * The first poll looks at all deliveries that GitHub knows. Each later one looks back to those that
 * the last whole poll has seen: after a failure further than after a success, so that no gap stays.
 */
export function createPoll(
  session: WebhookSession,
  store: Pick<DeliveryStore, 'known' | 'accept'>,
  hook: ReadHook,
): Poll {
  let seen = new Set<string>()
  return async function* poll() {
    const listed = await listUntilSeen(session, hook, seen)
    const events = await unknownEvents(store, listed)
    for (let from = 0; from < events.length; from += atOnce) {
      const batch = await readAll(session, hook, events.slice(from, from + atOnce))
      const accepted = await store.accept(batch)
      yield batch.flatMap(({ delivery, event }, index) => {
        const one = accepted[index]
        return one === undefined ? [] : [{ ...one, delivery, event }]
      })
    }
    seen = new Set(listed.map(({ id }) => id))
  }
}

/** Newest first, up to the end of the page that ends with a seen one: slow ones come in between. */
async function listUntilSeen(
  { client }: WebhookSession,
  { target, hookId }: ReadHook,
  seen: ReadonlySet<string>,
): Promise<HookDeliveryData[]> {
  const listed: HookDeliveryData[] = []
  for await (const page of deliveryPages(client, target, hookId)) {
    listed.push(...page)
    const last = page.at(-1)
    if (last === undefined || seen.has(last.id)) break
  }
  return listed
}

/** The first attempt of each event that the store does not have, oldest first. */
async function unknownEvents(
  store: Pick<DeliveryStore, 'known'>,
  listed: HookDeliveryData[],
): Promise<HookDeliveryData[]> {
  const first = new Map<string, HookDeliveryData>()
  for (const one of listed.toReversed()) if (!first.has(one.guid)) first.set(one.guid, one)
  const known = await store.known([...first.keys()])
  return [...first.values()].filter(({ guid }) => !known.has(guid))
}

/** In the given order; those that can't be read are warnings. */
async function readAll(
  session: WebhookSession,
  hook: ReadHook,
  events: HookDeliveryData[],
): Promise<ReceivedDelivery[]> {
  const read = new Map<string, ReceivedDelivery>()
  await inLanes(lanes, events, async (one) => {
    const found = await readOne(session, hook, one)
    if (typeof found === 'object') read.set(one.guid, found)
    else session.emit({ type: 'warning', message: `${one.event} ${one.guid}: ${found}` })
  })
  return events.flatMap(({ guid }) => read.get(guid) ?? [])
}

/** @returns a text where there is nothing to take */
async function readOne(
  { client }: WebhookSession,
  { target, hookId }: ReadHook,
  { id, guid, event }: HookDeliveryData,
): Promise<ReceivedDelivery | string> {
  if (!deliveryIdPattern.test(guid) || !eventPattern.test(event)) {
    return 'GitHub names it in a way that is not known here, so it was not taken'
  }
  try {
    const { headers, payload } = await readDelivery(client, target, hookId, id)
    if (payload === null) return 'GitHub has its payload no more, so it was not taken'
    const body = Buffer.from(payload)
    return {
      ...{ delivery: guid, hookId, event, body, source: 'api' },
      // A hook may have been sent a form; the API gives JSON.
      headers: { ...keptHeaders(lowerCase(headers)), 'content-type': 'application/json' },
      sha256: createHash('sha256').update(body).digest('hex'),
    }
  } catch (error) {
    if (!(error instanceof GitHubNotFoundError)) throw error
    return 'GitHub has it no more, so it was not taken'
  }
}

const lowerCase = (headers: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  )
