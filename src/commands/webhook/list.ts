import { UsageError } from '../../base/errors.js'
import { didYouMean } from '../../base/text.js'
import { type DeliveryStatus, deliveryStatuses } from '../../webhooks/delivery.js'
import { defineVerb } from '../verb.js'
import { deliveriesPage, parseSince } from './shared.js'

export const list = defineVerb({
  name: 'list',
  summary: 'list deliveries, newest first',
  examples: [
    { command: 'wizard WEBHOOK LIST', does: 'the last 50' },
    { command: 'wizard WEBHOOK LIST --status dead,retry --since 3d', does: 'recent failures' },
  ],
  args: [],
  flags: {
    status: { type: 'texts', value: 'S', summary: 'with this status; separate several by commas' },
    event: { type: 'text', value: 'E', summary: 'of this event: push, release …' },
    repo: { type: 'text', short: 'R', value: 'OWNER/REPO', summary: 'of this repository' },
    since: { type: 'text', value: 'T', summary: 'received since: 2026-01-14, 12h, 3d' },
    limit: { type: 'integer', value: 'N', min: 1, max: 100_000, summary: 'at most N (50)' },
  },
  async run(invocation, _args, { status, event, repo, since, limit }) {
    const filter = {
      status: status.length === 0 ? undefined : statusesIn(status),
      event,
      repo,
      since: since === undefined ? undefined : parseSince(since, invocation.clock.now()),
      limit,
    }
    return (await invocation.webhookHandler()).list(filter, invocation.call)
  },
  isLong: true,
  render: deliveriesPage,
})

/** @throws UsageError for an unknown one */
export function statusesIn(words: string[]): DeliveryStatus[] {
  return words
    .flatMap((word) => word.split(','))
    .map((word) => {
      const found = deliveryStatuses.find((one) => one === word.trim().toLowerCase())
      if (found) return found
      throw new UsageError(`not a status of a delivery: ${word}`, {
        hint:
          didYouMean(word, deliveryStatuses) ?? `expected one of ${deliveryStatuses.join(', ')}`,
      })
    })
}
