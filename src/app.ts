import { once } from './base/async/once.js'
import { type Clock, systemClock } from './base/clock.js'
import { createRedactor, type Redactor } from './base/redact.js'
import type { Config } from './config/load.js'
import type { ConfigRequest } from './config/locate/folder.js'
import type { GitHubClient } from './github/client.js'
import type { LogFiles } from './logs/log.js'
import type { Host } from './process/host.js'
import { version } from './version.js'

/**
 * What lives as long as the process: its host and clock, the secrets it has seen, the files of its logs, and the
 * connections to GitHub, which the commands of one process share.
 */
export class Application {
  readonly host: Host
  readonly clock: Clock
  readonly redactor: Redactor = createRedactor()
  /** By the folder and the days they are kept. */
  readonly #logs = new Map<string, LogFiles>()
  /** By the settings they were made of: a configuration that is read again and is the same keeps its connections. */
  readonly #clients = new Map<string, GitHubClient>()

  constructor(host: Host, { clock = systemClock }: { clock?: Clock } = {}) {
    this.host = host
    this.clock = clock
  }

  /** This process, told apart from every other. */
  readonly identity = once(async () => {
    const { identify } = await import('./process/identity.js')
    return identify(this.host.pid)
  })

  /** What the host contributes to finding and reading a configuration. @throws PathError where the current folder is gone */
  configRequest(flags: ConfigRequest['flags']): ConfigRequest {
    const { env, home } = this.host
    return { cwd: this.host.cwd(), env, home, flags }
  }

  /** Reads the files anew at each call, as an earlier command may have changed them. @throws as `loadConfig` */
  async loadConfig(flags: ConfigRequest['flags']): Promise<Config> {
    const { loadConfig } = await import('./config/load.js')
    return loadConfig(this.configRequest(flags))
  }

  async logFiles({ logsDir, logsKeepDays }: Config): Promise<LogFiles> {
    const { openLog } = await import('./logs/log.js')
    const key = JSON.stringify([logsDir, logsKeepDays])
    const { clock, redactor: redact } = this
    return getOrMake(this.#logs, key, () =>
      openLog({ dir: logsDir, keepDays: logsKeepDays, clock, redact }),
    )
  }

  /** To be bound to a call by `with`. */
  async client({ github }: Config): Promise<GitHubClient> {
    const { GitHubClient } = await import('./github/client.js')
    const { host, clock, redactor } = this
    return getOrMake(this.#clients, JSON.stringify(github), () => {
      const userAgent = `udos-wizard/${version}`
      return new GitHubClient({ ...github, host, clock, redactor, userAgent })
    })
  }

  /** Ends the connections. Commands that are under way fail. */
  async close(): Promise<void> {
    const clients = [...this.#clients.values()]
    this.#clients.clear()
    await Promise.allSettled(clients.map((client) => client.close()))
  }
}

function getOrMake<T>(made: Map<string, T>, key: string, make: () => T): T {
  const known = made.get(key)
  if (known !== undefined) return known
  const value = make()
  made.set(key, value)
  return value
}
