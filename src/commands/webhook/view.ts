import { UsageError } from '../../base/errors.js'
import { plainText } from '../../base/text.js'
import type { Invocation } from '../../invocation.js'
import { lines } from '../../terminal/page.js'
import type { ViewedDelivery } from '../../webhooks/store/store.js'
import { contentOf } from '../max-bytes.js'
import { defineVerb } from '../verb.js'
import { deliveryLines } from './shared.js'

type Shown =
  | { kind: 'delivery'; delivery: ViewedDelivery }
  | { kind: 'body'; bytes: Uint8Array }
  | { kind: 'log'; bytes: Uint8Array }

export const view = defineVerb({
  name: 'view',
  summary: 'show a delivery, its runs, its payload or the output of a handler',
  examples: [
    { command: 'wizard WEBHOOK VIEW 7', does: 'its runs and how they ended' },
    { command: 'wizard WEBHOOK VIEW 72d3162e --body | jq .', does: 'the bytes as received' },
    { command: 'wizard WEBHOOK VIEW 7 --log tests', does: "the end of a handler's output" },
  ],
  args: [
    {
      name: 'id',
      summary: "wizard's number, GitHub's delivery id, or 8 or more of its first characters",
    },
  ],
  flags: {
    body: { type: 'boolean', summary: 'the bytes as received' },
    log: { type: 'text', value: 'HANDLER', summary: "the end of this handler's output" },
  },
  async run(invocation, [id = ''], { body, log }): Promise<Shown> {
    const handler = await invocation.webhookHandler()
    if (body && log !== undefined) throw new UsageError('--body and --log exclude each other')
    if (body) return { kind: 'body', bytes: await handler.body(id, invocation.call) }
    if (log !== undefined) {
      return { kind: 'log', bytes: await handler.output(id, log, invocation.call) }
    }
    return { kind: 'delivery', delivery: await handler.view(id, invocation.call) }
  },
  json: (shown) => (shown.kind === 'delivery' ? shown.delivery : contentOf(shown.bytes)),
  isLong: true,
  render(shown, invocation) {
    if (shown.kind === 'body') return { kind: 'bytes', bytes: shown.bytes }
    if (shown.kind === 'log') return { kind: 'text', chunks: textOf(shown.bytes, invocation) }
    const headers = Object.entries(shown.delivery.headers)
    return lines(
      ...deliveryLines(shown.delivery, invocation),
      ...headers.map(([name, value]) => `    ${name}: ${value}`),
    )
  },
})

/** A program prints what strangers have written: no control character reaches the terminal. */
async function* textOf(bytes: Uint8Array, { terminal }: Invocation): AsyncGenerator<string> {
  const { hasColour: colours } = terminal.out
  for (const line of new TextDecoder().decode(bytes).split(/(?<=\n)/)) {
    const end = line.endsWith('\n') ? '\n' : ''
    yield `${plainText(line.replace(/\r?\n$/, ''), { colours })}${end}`
  }
}
