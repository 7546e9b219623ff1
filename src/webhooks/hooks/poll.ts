import { createHash } from 'node:crypto'
import { inLanes } from '../../base/async/lanes.js'
import { GitHubNotFoundError } from '../../base/errors.js'
import { deliveryPages, type HookDeliveryData, readDelivery } from '../../github/rest/hooks.js'
import { deliveryIdPattern, eventPattern, keptHeaders } from '../receive/headers.js'
import type { ReceivedSummary } from '../receive/receiver.js'
import { reportWarning, type WebhookSession } from '../session.js'
import type { DeliveryStore, ReceivedDelivery } from '../store/store.js'
import type { ReadHook } from './target.js'

/**
 * Takes a hook's new deliveries into the store, the oldest first, and yields those of each commit.
 *
 * @throws GitHubError and its subclasses; the next poll takes what this one has missed
 */
export type Poll = () => AsyncGenerator<ReceivedSummary[]>

/** Deliveries that are read and committed together: each has at most 25 MiB. */
const atOnce = 8
const lanes = 4

/**
 * The first poll lists all deliveries that GitHub has. Each later one lists them back to those that
 * the last complete poll saw, so that a failed poll leaves no gap. An attempt that can't be read is
 * asked for once; a redelivery of the event is another attempt.
 */
export function createPoll(
  session: WebhookSession,
  store: Pick<DeliveryStore, 'known' | 'accept'>,
  hook: ReadHook,
): Poll {
  let seen = new Set<string>()
  const unreadable = new Set<string>()
  return async function* poll() {
    const listed = await listUntilSeen(session, hook, seen)
    const readable = listed.filter(({ id }) => !unreadable.has(id))
    const events = await unknownEvents(store, readable)
    for (let from = 0; from < events.length; from += atOnce) {
      const batch = await readAll(session, hook, events.slice(from, from + atOnce), unreadable)
      const accepted = await store.accept(batch)
      yield batch.flatMap(({ delivery, event }, index) => {
        const one = accepted[index]
        return one === undefined ? [] : [{ ...one, delivery, event }]
      })
    }
    seen = new Set(listed.map(({ id }) => id))
  }
}

/**
 * Newest first, to the end of the first page whose last delivery was seen: GitHub may list a slow
 * delivery below one that it has listed before.
 */
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

/** In the given order. One that can't be read is a warning, and noted in `unreadable`. */
async function readAll(
  session: WebhookSession,
  hook: ReadHook,
  events: HookDeliveryData[],
  unreadable: Set<string>,
): Promise<ReceivedDelivery[]> {
  const read = new Map<string, ReceivedDelivery>()
  await inLanes(lanes, events, async (one) => {
    const found = await readOne(session, hook, one)
    if (typeof found === 'object') {
      read.set(one.guid, found)
    } else {
      unreadable.add(one.id)
      reportWarning(session, `PULL: ${one.event} ${one.guid} was not accepted: ${found}`)
    }
  })
  return events.flatMap(({ guid }) => read.get(guid) ?? [])
}

/** @returns a text where GitHub has nothing to take: why */
async function readOne(
  { client }: WebhookSession,
  { target, hookId }: ReadHook,
  { id, guid, event }: HookDeliveryData,
): Promise<ReceivedDelivery | string> {
  if (!deliveryIdPattern.test(guid) || !eventPattern.test(event)) {
    return 'its event or its id is malformed'
  }
  try {
    const { headers, payload } = await readDelivery(client, target, hookId, id)
    if (payload === null) return 'GitHub no longer has its payload'
    const body = Buffer.from(payload)
    return {
      ...{ delivery: guid, hookId, event, body, source: 'api' },
      // A hook may have been sent a form; the API gives JSON.
      headers: { ...keptHeaders(lowerCase(headers)), 'content-type': 'application/json' },
      sha256: createHash('sha256').update(body).digest('hex'),
    }
  } catch (error) {
    if (!(error instanceof GitHubNotFoundError)) throw error
    return 'GitHub no longer has it'
  }
}

const lowerCase = (headers: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  )
