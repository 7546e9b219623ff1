import { once } from './base/async/once.js'
import { type Lease, Shared } from './base/async/shared.js'
import { type Clock, systemClock } from './base/clock.js'
import { createRedactor, type Redactor } from './base/redact.js'
import type { Config } from './config/load.js'
import type { ConfigRequest } from './config/locate/folder.js'
import type { GitHubClient } from './github/client.js'
import type { LogFiles } from './logs/log.js'
import type { Host } from './process/host.js'
import { version } from './version.js'

/**
 * How many unused values of a kind to keep, so that a process whose configuration keeps changing does
 * not grow.
 */
const keepUnused = 4

/**
 * Everything that lives as long as the process: host and clock, the secrets to redact, the log
 * files, and the connections to GitHub, which all commands share.
 */
export class Application {
  readonly host: Host
  readonly clock: Clock
  readonly redactor: Redactor = createRedactor()
  /** By folder and days to keep. */
  readonly #logs = new Shared<LogFiles>({ keepUnused, close: async () => {} })
  /** By their settings: an unchanged configuration that is read again keeps its connections. */
  readonly #clients = new Shared<GitHubClient>({ keepUnused, close: (client) => client.close() })

  constructor(host: Host, { clock = systemClock }: { clock?: Clock } = {}) {
    this.host = host
    this.clock = clock
    // Before any configuration is read: a command line may repeat them.
    for (const name of ['GH_TOKEN', 'GITHUB_TOKEN', 'GITHUB_WEBHOOK_SECRET']) {
      const secret = host.env[name]
      if (secret) this.redactor.add(secret)
    }
  }

  /** Identifies this process. */
  readonly identity = once(async () => {
    const { identify } = await import('./process/identity.js')
    return identify(this.host.pid)
  })

  /**
   * The host's part of finding and reading a configuration.
   *
   * @throws PathError if the current folder is gone
   */
  configRequest(flags: ConfigRequest['flags']): ConfigRequest {
    const { env, home } = this.host
    return { cwd: this.host.cwd(), env, home, flags }
  }

  /**
   * Reads the files on each call, because an earlier command may have changed them.
   *
   * @throws as `loadConfig`
   */
  async loadConfig(flags: ConfigRequest['flags']): Promise<Config> {
    const { loadConfig } = await import('./config/load.js')
    return loadConfig(this.configRequest(flags))
  }

  async logFiles({ logsDir, logsKeepDays }: Config): Promise<Lease<LogFiles>> {
    const { openLog } = await import('./logs/log.js')
    const key = JSON.stringify([logsDir, logsKeepDays])
    const { clock, redactor: redact } = this
    return this.#logs.lease(key, () =>
      openLog({ dir: logsDir, keepDays: logsKeepDays, clock, redact }),
    )
  }

  /** Bind it to a call by `with`. It may be closed once it is released. */
  async client({ github }: Config): Promise<Lease<GitHubClient>> {
    const { GitHubClient } = await import('./github/client.js')
    const { host, clock, redactor } = this
    return this.#clients.lease(JSON.stringify(github), () => {
      const userAgent = `udos-wizard/${version}`
      return new GitHubClient({ ...github, host, clock, redactor, userAgent })
    })
  }

  /** Closes the connections. Running commands fail. */
  async close(): Promise<void> {
    await Promise.all([this.#clients.close(), this.#logs.close()])
  }
}
