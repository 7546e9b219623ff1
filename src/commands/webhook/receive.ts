import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { PathError, UsageError } from '../../base/errors.js'
import { reasonOf } from '../../base/fs/system-error.js'
import type { Invocation } from '../../invocation.js'
import { marks } from '../../terminal/marks.js'
import { lines } from '../../terminal/page.js'
import type { DeliveryWithRuns } from '../../webhooks/delivery.js'
import type { PlannedDelivery } from '../../webhooks/receive-one.js'
import { defineVerb } from '../verb.js'
import { deadFailure, deliveryLines } from './shared.js'

const fileArgument = { name: 'file', summary: 'the payload; - for standard input' }

type Received =
  | { kind: 'planned'; plan: PlannedDelivery }
  | { kind: 'received'; delivery: DeliveryWithRuns }

export const receive = defineVerb({
  name: 'receive',
  summary: 'receive one delivery without a server',
  examples: [
    {
      command: 'wizard WEBHOOK RECEIVE push.json --event push --sign --dry-run',
      does: 'which handlers would run, and their exact commands',
    },
    { command: 'wizard WEBHOOK RECEIVE push.json --event push --sign --run', does: 'runs them' },
  ],
  args: [fileArgument],
  flags: {
    event: { type: 'text', value: 'E', summary: 'the event: push, release …' },
    delivery: { type: 'text', value: 'ID', summary: "GitHub's id; default: a new one" },
    signature: { type: 'text', value: 'S', summary: 'X-Hub-Signature-256, which must match' },
    sign: { type: 'boolean', summary: 'sign it with the first secret' },
    run: { type: 'boolean', summary: 'wait for its handlers; exit 1 if one fails for good' },
    'dry-run': { type: 'boolean', summary: 'show what would be done, and store nothing' },
  },
  async run(invocation, [file = ''], flags): Promise<Received> {
    const { event, delivery, sign, run, 'dry-run': dryRun } = flags
    if (event === undefined) {
      throw new UsageError('--event is missing', { hint: 'for example --event push' })
    }
    const signature = sign ? 'sign' : flags.signature
    if (signature === undefined || (sign && flags.signature !== undefined)) {
      throw new UsageError('give --signature or --sign', {
        hint: '--sign signs it with the first secret of webhooks.yaml',
      })
    }
    const body = await bytesOf(invocation, file)
    const handler = await invocation.webhookHandler()
    const request = { body, event, delivery, signature }
    if (dryRun) return { kind: 'planned', plan: await handler.plan(request, invocation.call) }
    const received = await handler.receive({ ...request, run }, invocation.call)
    return { kind: 'received', delivery: received }
  },
  json: (result) => (result.kind === 'planned' ? result.plan : result.delivery),
  render(result, invocation) {
    if (result.kind === 'received') return lines(...deliveryLines(result.delivery, invocation))
    const { status, reason, runs } = result.plan
    if (runs.length === 0) return lines(`${status}: ${reason}`)
    return lines(...runs.map(({ handler, argv }) => `${handler}: ${JSON.stringify(argv)}`))
  },
  partialFailure: (result, { run }) =>
    result.kind === 'received' && run ? deadFailure([result.delivery]) : null,
})

export const verify = defineVerb({
  name: 'verify',
  summary: 'check a signature against a file and the secrets of webhooks.yaml',
  examples: [
    { command: 'wizard WEBHOOK VERIFY push.json --signature sha256=…', does: 'exit 0 or 1' },
  ],
  args: [fileArgument],
  flags: { signature: { type: 'text', value: 'S', summary: 'X-Hub-Signature-256' } },
  async run(invocation, [file = ''], { signature }) {
    if (signature === undefined) throw new UsageError('--signature is missing')
    const body = await bytesOf(invocation, file)
    const handler = await invocation.webhookHandler()
    const ok = await handler.verify(body, signature, invocation.call)
    const { signatureRemedy } = await import('../../webhooks/receive/signature.js')
    return { ok, hint: signatureRemedy(signature) }
  },
  json: ({ ok }) => ({ ok }),
  render: ({ ok }, { globals }) =>
    globals.quiet || !ok ? { kind: 'nothing' } : lines(`${marks.good} the signature matches`),
  partialFailure: ({ ok, hint }) =>
    ok ? null : { code: 'FAILED', message: 'the signature does not match', hint },
})

/** @throws PathError */
async function bytesOf(invocation: Invocation, file: string): Promise<Buffer> {
  if (file === '-') return buffer(invocation.stdin)
  try {
    return await readFile(resolve(invocation.cwd, file))
  } catch (cause) {
    throw new PathError(`${file} can't be read: ${reasonOf(cause)}`, { cause })
  }
}
