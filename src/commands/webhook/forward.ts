import { UsageError } from '../../base/errors.js'
import { defineVerb } from '../verb.js'

export const forward = defineVerb({
  name: 'forward',
  summary: 'for development: receive the deliveries of a smee or gosmee channel',
  examples: [
    {
      command: 'wizard WEBHOOK FORWARD --channel https://smee.io/CHANNEL',
      does: 'until Ctrl-C; the hook on GitHub has the same URL',
    },
  ],
  args: [],
  flags: {
    channel: { type: 'text', value: 'URL', summary: 'the address of the channel' },
  },
  async run(invocation, _args, { channel }) {
    if (channel === undefined) {
      throw new UsageError('--channel is missing', { hint: '--channel https://smee.io/CHANNEL' })
    }
    const { call, terminal, globals } = invocation
    let isOpen = false
    const handler = await invocation.webhookHandler()
    const forwarded = await handler.forward(
      { channel },
      {
        ...call,
        emit(event) {
          call.emit?.(event)
          if (event.type !== 'webhooks-listening' || isOpen) return
          isOpen = true
          if (!globals.json && !globals.quiet) {
            terminal.out.write(`connected to ${event.address}\n`)
          }
        },
      },
    )
    return { forwarded }
  },
  render: () => ({ kind: 'nothing' }),
})
