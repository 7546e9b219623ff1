import { UsageError } from '../../base/errors.js'
import { lines } from '../../terminal/page.js'
import { defineVerb } from '../verb.js'
import { parseSpan } from './shared.js'

const day = 86_400_000

export const prune = defineVerb({
  name: 'prune',
  summary: 'remove old deliveries now, as SERVE does every hour',
  examples: [
    { command: 'wizard WEBHOOK PRUNE', does: 'what webhooks.yaml no longer keeps' },
    { command: 'wizard WEBHOOK PRUNE --older 7d', does: 'bodies and outputs older than a week' },
  ],
  args: [],
  flags: { older: { type: 'text', value: 'T', summary: 'instead of keep in webhooks.yaml' } },
  async run(invocation, _args, { older }) {
    const days = older === undefined ? null : parseSpan(older, 'older') / day
    if (days !== null && days < 3) {
      throw new UsageError('--older is at least 3d: GitHub may redeliver for three days')
    }
    return { pruned: await (await invocation.webhookHandler()).prune(days, invocation.call) }
  },
  render: ({ pruned }) => lines(`${pruned} deliveries pruned`),
})
