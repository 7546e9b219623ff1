import { lines } from '../../terminal/page.js'
import { recoveredCounts } from '../../webhooks/hooks/recovered.js'
import { defineVerb } from '../verb.js'
import { hookFlag, hookTargetArgument, parseSince } from './shared.js'

export const recover = defineVerb({
  name: 'recover',
  summary: 'ask GitHub to redeliver what failed in the last 3 days',
  examples: [
    { command: 'wizard WEBHOOK RECOVER uDOS/core', does: 'each undelivered event, once' },
    { command: 'wizard WEBHOOK RECOVER uDOS --since 12h --dry-run', does: 'which these would be' },
  ],
  args: [hookTargetArgument],
  flags: {
    hook: hookFlag,
    since: { type: 'text', value: 'T', summary: 'delivered since (3d)' },
    'dry-run': { type: 'boolean', summary: 'show what would be redelivered' },
  },
  async run(invocation, [target = ''], { hook, since, 'dry-run': dryRun }) {
    const time = since === undefined ? undefined : parseSince(since, invocation.clock.now())
    const request = { target, hook, since: time, dryRun }
    return (await invocation.webhookHandler()).recover(request, invocation.call)
  },
  render(recovered, { globals }) {
    const shown = recovered.filter(({ status }) => status !== 'delivered' && status !== 'known')
    return lines(
      ...shown.map(({ delivery, event, status, error }) => {
        const why = error === null ? '' : `: ${error.message}`
        return `${event} ${delivery} ${status}${why}`
      }),
      ...(globals.quiet ? [] : [recoveredCounts(recovered)]),
    )
  },
  partialFailure(recovered) {
    const failed = recovered.filter(({ status }) => status === 'failed')
    if (failed.length === 0) return null
    return {
      code: 'FAILED',
      message: `${failed.length} of ${recovered.length} were not redelivered: ${failed[0]?.error?.message}`,
      hint: failed[0]?.error?.hint ?? undefined,
    }
  },
})
