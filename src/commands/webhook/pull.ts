import { UsageError } from '../../base/errors.js'
import { lines } from '../../terminal/page.js'
import type { DeliveryWithRuns } from '../../webhooks/delivery.js'
import { defineVerb } from '../verb.js'
import { deadFailure, deliveryLines, hookFlag, hookTargetArgument } from './shared.js'

type Pulled = { kind: 'once'; deliveries: DeliveryWithRuns[] } | { kind: 'count'; pulled: number }

export const pull = defineVerb({
  name: 'pull',
  summary: "fetch a hook's deliveries from GitHub's API; needs no public address",
  examples: [
    { command: 'wizard WEBHOOK PULL uDOS/core', does: 'each minute, until Ctrl-C' },
    { command: 'wizard WEBHOOK PULL uDOS --once', does: 'one look, and waits for the handlers' },
  ],
  args: [hookTargetArgument],
  flags: {
    hook: hookFlag,
    interval: { type: 'integer', value: 'S', min: 1, max: 86_400, summary: 'seconds (60)' },
    once: { type: 'boolean', summary: 'one look; exit 1 if a handler fails for good' },
  },
  async run(invocation, [target = ''], { hook, interval, once }): Promise<Pulled> {
    const handler = await invocation.webhookHandler()
    if (!once) {
      const pulled = await handler.pull({ target, hook, interval }, invocation.call)
      return { kind: 'count', pulled }
    }
    if (interval !== undefined) throw new UsageError('--once and --interval exclude each other')
    return { kind: 'once', deliveries: await handler.pullOnce({ target, hook }, invocation.call) }
  },
  json: (result) => (result.kind === 'once' ? result.deliveries : { pulled: result.pulled }),
  render(result, invocation) {
    if (result.kind === 'count') return { kind: 'nothing' }
    const { deliveries } = result
    if (deliveries.length > 0)
      return lines(...deliveries.flatMap((one) => deliveryLines(one, invocation)))
    return invocation.globals.quiet ? { kind: 'nothing' } : lines('no new deliveries')
  },
  partialFailure: (result) => (result.kind === 'once' ? deadFailure(result.deliveries) : null),
})
