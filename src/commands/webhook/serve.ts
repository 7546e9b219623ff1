import { resolve } from 'node:path'
import { UsageError } from '../../base/errors.js'
import type { Invocation } from '../../invocation.js'
import type { ListenPlace } from '../../webhooks/receive/listen.js'
import type { FlagSpecs, Flags } from '../flags.js'
import { defineVerb } from '../verb.js'

const flags = {
  host: { type: 'text', value: 'H', summary: "the address to listen on; default: webhooks.yaml's" },
  port: { type: 'integer', value: 'N', min: 1, max: 65_535, summary: 'the port' },
  path: { type: 'text', value: 'P', summary: "the path of the hook's URL" },
  unix: { type: 'text', value: 'FILE', summary: 'a Unix socket in place of host and port' },
  'accept-only': { type: 'boolean', summary: 'only take deliveries (with PostgreSQL)' },
  'run-only': { type: 'boolean', summary: 'only run handlers (with PostgreSQL)' },
} as const satisfies FlagSpecs

export const serve = defineVerb({
  name: 'serve',
  summary: 'receive deliveries and run their handlers, until SIGTERM',
  examples: [
    { command: 'wizard WEBHOOK SERVE', does: 'at the address of webhooks.yaml' },
    { command: 'wizard WEBHOOK SERVE --unix /run/wizard/hook.sock', does: 'behind nginx' },
    { command: 'kill -HUP PID', does: 'has it read webhooks.yaml again' },
  ],
  args: [],
  flags,
  async run(invocation, _args, values): Promise<null> {
    const { call, terminal, globals, signal } = invocation
    const place = await placeOf(invocation, values)
    const handler = await invocation.webhookHandler()
    const { isDrained } = await handler.serve(
      {
        place,
        path: pathOf(values.path),
        role: values['accept-only'] ? 'accept' : values['run-only'] ? 'run' : 'both',
        onReload: (listener) => invocation.onHangUp(listener),
      },
      {
        ...call,
        emit(event) {
          call.emit?.(event)
          if (event.type !== 'webhooks-listening') return
          const { address: listening, pid } = event
          // A program that waits for it reads this line.
          if (globals.json) terminal.out.write(`${JSON.stringify({ listening, pid })}\n`)
          else if (!globals.quiet) {
            const isNowhere = listening === 'none'
            terminal.out.write(isNowhere ? 'running handlers\n' : `listening on ${listening}\n`)
          }
        },
      },
    )
    if (!isDrained) throw signal.reason
    return null
  },
  json: () => undefined,
  render: () => ({ kind: 'nothing' }),
})

async function placeOf(
  { host, cwd, config }: Invocation,
  values: Flags<typeof flags>,
): Promise<ListenPlace | undefined> {
  if (values['accept-only'] && values['run-only']) {
    throw new UsageError('--accept-only and --run-only exclude each other')
  }
  const { inheritedSocket } = await import('../../webhooks/receive/listen.js')
  const inherited = inheritedSocket(host.env, host.pid)
  const given = (['host', 'port', 'path', 'unix'] as const).filter((name) => values[name])
  if (inherited !== null) {
    if (given.length === 0) return inherited
    throw new UsageError(`--${given[0]} says where to listen, but systemd hands over a socket`, {
      hint: 'set it in the socket unit, or start wizard without one',
    })
  }
  if (values.unix !== undefined) {
    if (values.host !== undefined || values.port !== undefined) {
      throw new UsageError('--unix goes without --host and --port')
    }
    return { type: 'unix', path: resolve(cwd, values.unix) }
  }
  if (values.host === undefined && values.port === undefined) return undefined
  const webhooks = await (await config()).webhooks()
  return {
    type: 'tcp',
    host: values.host ?? webhooks?.host ?? '127.0.0.1',
    port: values.port ?? webhooks?.port ?? 8787,
  }
}

function pathOf(path: string | undefined): string | undefined {
  if (path === undefined || /^\/[\w./~-]*$/.test(path)) return path
  throw new UsageError('--path begins with /', { hint: 'such as --path /webhook' })
}
