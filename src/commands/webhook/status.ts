import { formatBytes } from '../../base/text.js'
import { lines } from '../../terminal/page.js'
import { formatLength } from '../../terminal/times.js'
import { deliveryStatuses } from '../../webhooks/delivery.js'
import { defineVerb } from '../verb.js'
import { parseSpan } from './shared.js'

export const status = defineVerb({
  name: 'status',
  summary: 'count waiting, running and dead runs; exit 1 if something needs attention',
  examples: [
    { command: 'wizard WEBHOOK STATUS', does: 'in a few lines' },
    { command: 'wizard WEBHOOK STATUS --stale 5m --json', does: 'for monitoring' },
  ],
  args: [],
  flags: {
    stale: { type: 'text', value: 'T', summary: 'exit 1 if a delivery waits longer (10m)' },
  },
  async run(invocation, _args, { stale = '10m' }) {
    const seconds = parseSpan(stale, 'stale') / 1000
    const found = await (await invocation.webhookHandler()).status(invocation.call)
    return { found, seconds }
  },
  json: ({ found }) => found,
  render({ found }, { terminal }) {
    const { serving, counts, oldest_waiting_seconds: oldest, last_received_at: last } = found
    const timeOf = terminal.momentOf
    const shown = deliveryStatuses.filter((one) => counts[one] > 0)
    const machines = serving.map(
      ({ machine, pid, since, address }) =>
        `serving on ${machine} (process ${pid}) at ${address}, since ${timeOf(since)}`,
    )
    return lines(
      ...(machines.length > 0 ? machines : ['not serving: wizard WEBHOOK SERVE starts it']),
      shown.length > 0
        ? shown.map((one) => `${counts[one]} ${one}`).join(', ')
        : 'no deliveries yet',
      ...(oldest === null ? [] : [`the oldest has waited for ${formatLength(oldest)}`]),
      ...(last === null ? [] : [`the last one arrived ${timeOf(last)}`]),
      `${found.engine}, ${formatBytes(found.store_bytes)}`,
    )
  },
  partialFailure({ found: { counts, oldest_waiting_seconds: oldest }, seconds }) {
    if (counts.dead > 0) {
      const message = `${counts.dead} ${counts.dead === 1 ? 'delivery is' : 'deliveries are'} dead`
      const hint = 'wizard WEBHOOK LIST --status dead lists them; REPLAY runs them again'
      return { code: 'FAILED', message, hint }
    }
    if (oldest === null || oldest <= seconds) return null
    const message = `a delivery has been waiting for ${Math.round(oldest)} s`
    return { code: 'FAILED', message, hint: 'check that wizard WEBHOOK SERVE is running' }
  },
})
