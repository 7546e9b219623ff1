import { UsageError } from '../../base/errors.js'
import type { Invocation } from '../../invocation.js'
import { lines } from '../../terminal/page.js'
import type { DeliveryWithRuns } from '../../webhooks/delivery.js'
import { defineVerb } from '../verb.js'
import { deliveryLines, idsArgument, parseSince } from './shared.js'

/** More than anybody replays at once. */
const most = 100_000

export const replay = defineVerb({
  name: 'replay',
  summary: 'run handlers again: the failed ones of a dead delivery, otherwise all',
  examples: [
    { command: 'wizard WEBHOOK REPLAY 7', does: 'one delivery' },
    { command: 'wizard WEBHOOK REPLAY 7 --handler tests', does: 'one of its handlers' },
    { command: 'wizard WEBHOOK REPLAY --status dead --since 3d', does: 'all dead ones; asks' },
  ],
  args: [idsArgument],
  flags: {
    handler: { type: 'text', value: 'H', summary: 'only this handler' },
    status: { type: 'choice', choices: ['dead', 'repeat'], summary: 'all with this status' },
    since: { type: 'text', value: 'T', summary: 'with --status: received since' },
  },
  async run(invocation, ids, { handler, status, since }): Promise<DeliveryWithRuns[]> {
    const webhooks = await invocation.webhookHandler()
    const named = await idsOf(invocation, ids, status, since)
    if (named.length === 0) return []
    return webhooks.replay(named, handler ?? null, invocation.call)
  },
  render: (list, invocation) =>
    list.length === 0
      ? lines('nothing to replay')
      : lines(...list.flatMap((one) => deliveryLines(one, invocation))),
})

async function idsOf(
  invocation: Invocation,
  ids: string[],
  status: 'dead' | 'repeat' | undefined,
  since: string | undefined,
): Promise<string[]> {
  if (status === undefined) {
    if (since !== undefined) throw new UsageError('--since needs --status')
    if (ids.length > 0) return ids
    throw new UsageError('no delivery given', { hint: 'give an id, or --status dead' })
  }
  if (ids.length > 0) throw new UsageError('give ids or --status, not both')
  const filter = {
    status: [status],
    since: since === undefined ? undefined : parseSince(since, invocation.clock.now()),
    limit: most,
  }
  const webhooks = await invocation.webhookHandler()
  const found = await webhooks.list(filter, invocation.call)
  // In the order of their arrival.
  const named = found.map(({ id }) => String(id)).reverse()
  if (named.length <= 1) return named
  const isWanted = await invocation.terminal.confirm(`Replay ${named.length} deliveries?`)
  return isWanted ? named : []
}

export const cancel = defineVerb({
  name: 'cancel',
  summary: 'cancel the waiting runs of a delivery; running ones continue',
  examples: [{ command: 'wizard WEBHOOK CANCEL 7', does: 'its waiting handlers do not start' }],
  args: [{ ...idsArgument, optional: false }],
  flags: {},
  run: async (invocation, ids) => (await invocation.webhookHandler()).cancel(ids, invocation.call),
  render: (list, invocation) => lines(...list.flatMap((one) => deliveryLines(one, invocation))),
})
