import { once } from './base/async/once.js'
import type { Call, CommonEvent, Emit } from './base/call.js'
import type { Clock } from './base/clock.js'
import type { Config } from './config/load.js'
import type { GitHubClient } from './github/client.js'
import type { Log } from './logs/log.js'
import type { Host } from './process/host.js'
import type { ProcessIdentity } from './process/identity.js'

/** Everything that the work of one call receives: its facade's parts, and the call's own. */
export interface Session<Event> {
  /** Bound to the call: requests end with its signal and report to its listener. */
  client: GitHubClient
  log: Log
  clock: Clock
  host: Host
  self: ProcessIdentity
  signal?: AbortSignal | undefined
  emit: Emit<Event | CommonEvent>
}

/** The same, for work that needs the configuration. */
export interface ConfiguredSession<Event> extends Session<Event> {
  config: Config
}

/** Options of RepoSync, WorkflowRunner, ReleaseManager and PluginRegistry. */
export interface SessionOptions {
  /**
   * A configuration, its folder, or a function that loads it; default: the one found from the
   * current folder.
   */
  config?: Config | string | (() => Promise<Config>) | undefined
  /** Default: the files that the configuration names. */
  log?: Log | (() => Promise<Log>) | undefined
}

export type OpenSession<Event> = (call: Call<Event | CommonEvent>) => Promise<Session<Event>>
export type OpenConfigured<Event> = (
  call: Call<Event | CommonEvent>,
) => Promise<ConfiguredSession<Event>>

/**
 * The one place where facades get their parts, for both the command line and the library. Each part
 * is created by the first call that needs it; if that fails, only that call fails.
 */
export function sessionOf<Event>(
  client: GitHubClient,
  options: SessionOptions,
): { open: OpenSession<Event>; openConfigured: OpenConfigured<Event> } {
  const { clock } = client
  const host = hostOfClient(client)
  const config = once(() => configOf(options.config, host))
  const logFor = logOpener(client, options.log, config)
  const identity = once(async () => {
    const { identify } = await import('./process/identity.js')
    return identify(host.pid)
  })
  const open: OpenSession<Event> = async (call) => {
    const { signal, emit = () => {} } = call
    const [log, self] = await Promise.all([logFor(emit), identity()])
    return { client: client.with({ ...call, log }), log, clock, host, self, signal, emit }
  }
  return {
    open,
    openConfigured: async (call) => ({ config: await config(), ...(await open(call)) }),
  }
}

/** A log that reports its failures to the call that writes. */
function logOpener(
  client: GitHubClient,
  given: SessionOptions['log'],
  config: () => Promise<Config>,
): (emit: Emit<CommonEvent>) => Promise<Log> {
  if (typeof given === 'object') return async () => given
  if (typeof given === 'function') return given
  const files = once(async () => {
    const [{ openLog }, { logsDir, logsKeepDays }] = await Promise.all([
      import('./logs/log.js'),
      config(),
    ])
    const redact = (text: string) => client.redact(text)
    return openLog({ dir: logsDir, keepDays: logsKeepDays, clock: client.clock, redact })
  })
  return async (emit) =>
    (await files()).reportingTo((message) => emit({ type: 'warning', message }))
}

async function configOf(given: SessionOptions['config'], host: Host): Promise<Config> {
  if (typeof given === 'function') return given()
  if (typeof given === 'object') return given
  const [{ loadConfig }, { resolve }] = await Promise.all([
    import('./config/load.js'),
    import('node:path'),
  ])
  const { env, home } = host
  const cwd = host.cwd()
  const flags = { config: given === undefined ? undefined : resolve(cwd, given) }
  return loadConfig({ cwd, env, home, flags })
}

function hostOfClient({ host }: GitHubClient): Host {
  if (host !== null) return host
  throw new TypeError(
    'this GitHubClient only sends requests: give it a host to work on files with it',
  )
}
