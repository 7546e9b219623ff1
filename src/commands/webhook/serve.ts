import { resolve } from 'node:path'
import { UsageError } from '../../base/errors.js'
import { hookPathPattern, isReservedPath } from '../../base/names/hook-path.js'
import type { Invocation } from '../../invocation.js'
import type { ServePlace } from '../../webhooks/serve.js'
import type { FlagSpecs, Flags } from '../flags.js'
import { defineVerb } from '../verb.js'

const flags = {
  host: { type: 'text', value: 'H', summary: "the address to listen on; default: webhooks.yaml's" },
  port: { type: 'integer', value: 'N', min: 1, max: 65_535, summary: 'the port' },
  path: { type: 'text', value: 'P', summary: "the path of the hook's URL" },
  unix: { type: 'text', value: 'FILE', summary: 'a Unix socket in place of host and port' },
  'accept-only': { type: 'boolean', summary: 'only accept deliveries (with PostgreSQL)' },
  'run-only': { type: 'boolean', summary: 'only run handlers (with PostgreSQL)' },
} as const satisfies FlagSpecs

export const serve = defineVerb({
  name: 'serve',
  summary: 'receive deliveries and run their handlers until SIGTERM',
  examples: [
    { command: 'wizard WEBHOOK SERVE', does: 'at the address of webhooks.yaml' },
    { command: 'wizard WEBHOOK SERVE --unix /run/wizard/hook.sock', does: 'behind nginx' },
    { command: 'kill -HUP PID', does: 'reloads webhooks.yaml' },
  ],
  args: [],
  flags,
  async run(invocation, _args, values): Promise<null> {
    const { call, terminal, globals, signal } = invocation
    assertPath(values.path)
    const place = await placeOf(invocation, values)
    const handler = await invocation.webhookHandler()
    const { isDrained } = await handler.serve(
      {
        place,
        path: values.path,
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
          if (globals.json)
            terminal.out.write(`${JSON.stringify({ listening, pid } satisfies ServeDocument)}\n`)
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
  // It was printed when the server began to listen.
  json: (): ServeDocument | undefined => undefined,
  render: () => ({ kind: 'nothing' }),
})

/** The document of SERVE. */
export interface ServeDocument {
  /** An address, a path, or `none` with `--run-only`. */
  listening: string
  pid: number
}

async function placeOf(
  { host, cwd }: Invocation,
  values: Flags<typeof flags>,
): Promise<ServePlace | undefined> {
  if (values['accept-only'] && values['run-only']) {
    throw new UsageError('--accept-only and --run-only exclude each other')
  }
  const { inheritedSocket } = await import('../../webhooks/receive/listen.js')
  const inherited = inheritedSocket(host.env, host.pid)
  if (inherited !== null) {
    refuseBesideSocket(values)
    return inherited
  }
  const { host: name, port, unix } = values
  if (unix !== undefined) {
    if (name !== undefined || port !== undefined) {
      throw new UsageError('--unix excludes --host and --port')
    }
    return { type: 'unix', path: resolve(cwd, unix) }
  }
  return name === undefined && port === undefined ? undefined : { type: 'tcp', host: name, port }
}

function refuseBesideSocket({ host, port, unix, path }: Flags<typeof flags>): void {
  const [given] = Object.entries({ host, port, unix }).filter(([, value]) => value !== undefined)
  if (given !== undefined) {
    throw new UsageError(`--${given[0]} conflicts with the socket that systemd hands over`, {
      hint: 'set it in the socket unit, or start wizard without one',
    })
  }
  if (path === undefined) return
  throw new UsageError("with a socket of systemd, webhooks.yaml sets the path of the hook's URL", {
    hint: 'set webhooks.path there, and omit --path',
  })
}

function assertPath(path: string | undefined): void {
  if (path === undefined) return
  const hint = 'for example --path /webhook'
  if (!hookPathPattern.test(path)) throw new UsageError('--path must begin with /', { hint })
  if (!isReservedPath(path)) return
  throw new UsageError(`--path ${path}: SERVE answers this path itself`, { hint })
}
