import { UsageError } from '../../base/errors.js'
import { marks } from '../../terminal/marks.js'
import { lines } from '../../terminal/page.js'
import { isGoodStatus } from '../../webhooks/hooks/good-status.js'
import type { HookSetup } from '../../webhooks/hooks/setup.js'
import { defineVerb } from '../verb.js'
import { hookTargetArgument } from './shared.js'

export const setup = defineVerb({
  name: 'setup',
  summary: 'create or change the hook on GitHub, and ping it',
  examples: [
    {
      command: 'wizard WEBHOOK SETUP uDOS/core --url https://example.org/webhook',
      does: 'the events of the handlers',
    },
    {
      command: 'wizard WEBHOOK SETUP uDOS --url https://example.org/webhook --events push,release',
      does: 'one hook for all repositories of an organization',
    },
    {
      command: 'wizard WEBHOOK SETUP uDOS/core --url https://example.org/webhook --remove',
      does: 'removes it',
    },
  ],
  args: [hookTargetArgument],
  flags: {
    url: { type: 'text', value: 'URL', summary: 'where GitHub reaches SERVE' },
    events: {
      type: 'texts',
      value: 'E',
      summary: 'separated by commas; default: those of the handlers',
    },
    remove: { type: 'boolean', summary: 'remove the hook with this URL' },
    'dry-run': { type: 'boolean', summary: 'show what would be done' },
  },
  async run(invocation, [target = ''], { url, events, remove, 'dry-run': dryRun }) {
    if (url === undefined) {
      throw new UsageError('--url is missing', { hint: '--url https://example.org/webhook' })
    }
    const named = events.flatMap((word) => word.split(',')).map((word) => word.trim())
    const request = {
      ...{ target, url, remove, dryRun },
      events: events.length > 0 ? named : undefined,
    }
    const done = await (await invocation.webhookHandler()).setup(request, invocation.call)
    return { done, dryRun }
  },
  json: ({ done }) => done,
  render({ done, dryRun }, { globals }) {
    if (globals.quiet) return { kind: 'nothing' }
    return lines(lineOf(done, dryRun))
  },
  partialFailure({ done: { status, last_response: last }, dryRun }) {
    if (dryRun || status === 'removed' || isGoodStatus(last?.code ?? null)) return null
    const why = last === null ? 'no answer within 30 s' : `${last.code} ${last.message ?? ''}`
    return {
      code: 'FAILED',
      message: `the ping failed: ${why.trim()}`,
      hint: 'check that WEBHOOK SERVE runs there, with the same secret and path',
    }
  },
})

function lineOf(
  { hook_id: id, url, events, status, last_response: last }: HookSetup,
  dryRun: boolean,
): string {
  const mark = last !== null && !isGoodStatus(last.code) ? marks.bad : marks.good
  const name = id === null ? 'the hook' : `hook ${id}`
  const answer = last === null ? '' : `; the ping was answered with ${last.code}`
  const verb = dryRun && status !== 'unchanged' ? 'would be' : 'is'
  return `${mark} ${name} at ${url} ${verb} ${status} (${events.join(', ')})${answer}`
}
