import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { type Clock, systemClock } from './base/clock.js'
import { PathError, TimeoutError } from './base/errors.js'
import type { Emit } from './base/events.js'
import { createRedactor, type Redactor } from './base/redact.js'
import type { GlobalFlags } from './commands/global-flags.js'
import type { Config, ConfigRequest } from './config/types.js'
import type { WizardEvent } from './events.js'
import type { GitHubClient } from './github/client.js'
import type { Log } from './logs/log.js'
import type { PluginRegistry } from './plugins/plugin-registry.js'
import type { Liveness } from './process/owner-mark.js'
import type { ReleaseManager } from './releases/manager.js'
import type { RepoSync } from './repos/repo-sync.js'
import type { Launcher } from './schedules/command.js'
import type { Crontab } from './schedules/cron/crontab.js'
import { Terminal } from './terminal/terminal.js'
import { version } from './version.js'
import type { WorkflowRunner } from './workflows/runner.js'

/** What a verb is given; each thing is made when it is first asked for, and once. */
export class Context {
  readonly globals: GlobalFlags
  readonly env: Record<string, string | undefined>
  readonly clock: Clock = systemClock
  readonly signal: AbortSignal
  readonly terminal: Terminal
  /** When the whole command must have ended, in milliseconds since 1970; null: never. */
  readonly deadline: number | null
  readonly #process: NodeJS.Process
  readonly #made = new Map<string, Promise<unknown>>()
  readonly #closers: (() => Promise<void>)[] = []
  readonly #redactor: Redactor = createRedactor()

  constructor(process: NodeJS.Process, stop: AbortController, globals: GlobalFlags) {
    this.globals = globals
    this.env = process.env
    this.signal = stop.signal
    this.#process = process
    this.deadline = globals.timeout === undefined ? null : this.#stopAfter(stop, globals.timeout)
    this.terminal = new Terminal({
      stdin: () => process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      env: process.env,
      json: globals.json,
      quiet: globals.quiet,
      verbose: globals.verbose,
      noColor: globals['no-color'],
      yes: globals.yes,
      signal: stop.signal,
      redact: (text) => this.#redactor(text),
    })
  }

  /** Opened when it is asked for, which few commands do. */
  get stdin(): Readable {
    return this.#process.stdin
  }

  /** @throws PathError where somebody has removed it */
  get cwd(): string {
    try {
      return this.#process.cwd()
    } catch (cause) {
      throw new PathError('the current folder is not there any more', {
        hint: 'cd to one that is',
        cause,
      })
    }
  }

  /** How another program starts this wizard, by full paths. */
  get launcher(): Launcher {
    const { execPath, argv } = this.#process
    return { node: execPath, script: argv[1] ?? '' }
  }

  config(): Promise<Config> {
    return this.#once('config', async () => {
      const { loadConfig } = await import('./config/load.js')
      return loadConfig(this.configRequest)
    })
  }

  /** The same, for what sends no request: also of a folder that nothing says to be the user's own. */
  localConfig(): Promise<Config> {
    return this.#once('localConfig', async () => {
      const { readConfig } = await import('./config/load.js')
      return (await readConfig(this.configRequest)).config
    })
  }

  /** What a configuration is found and read by. @throws PathError where the current folder is gone */
  get configRequest(): ConfigRequest {
    return { cwd: this.cwd, env: this.env, home: homedir(), flags: this.globals }
  }

  /** The listener of core's events. */
  events(): Promise<Emit<WizardEvent>> {
    return this.#once('events', () => this.terminal.followEvents())
  }

  log(): Promise<Log> {
    return this.#once('log', async () => {
      const [{ openLog }, config, emit] = await Promise.all([
        import('./logs/log.js'),
        this.config(),
        this.events(),
      ])
      return openLog({
        dir: config.logsDir,
        keepDays: config.logsKeepDays,
        clock: this.clock,
        redact: (text) => this.#redactor(text),
        onTrouble: (message) => emit({ type: 'warning', message }),
      })
    })
  }

  github(): Promise<GitHubClient> {
    return this.#once('github', async () => {
      const [{ GitHubClient }, { github }, log, emit] = await Promise.all([
        import('./github/client.js'),
        this.config(),
        this.log(),
        this.events(),
      ])
      const client = new GitHubClient({
        ...github,
        env: this.env,
        clock: this.clock,
        log,
        redactor: this.#redactor,
        userAgent: `udos-wizard/${version}`,
      })
      this.#closers.push(() => client.close())
      return client.with({ signal: this.signal, deadline: this.deadline, emit })
    })
  }

  repoSync(): Promise<RepoSync> {
    return this.#once('repoSync', async () => {
      const [{ RepoSync }, client] = await Promise.all([
        import('./repos/repo-sync.js'),
        this.github(),
      ])
      return new RepoSync(client, async () => {
        const { identify } = await import('./process/identity.js')
        const { clock, signal } = this
        const [config, log, emit] = await Promise.all([this.config(), this.log(), this.events()])
        return {
          config,
          log,
          emit,
          clock,
          signal,
          env: this.env,
          self: await identify(this.#process.pid),
        }
      })
    })
  }

  /** The user's crontab. */
  crontab(): Promise<Crontab> {
    return this.#once('crontab', async () => {
      const [{ openCrontab }, { userFolders }, { identify }] = await Promise.all([
        import('./schedules/cron/crontab.js'),
        import('./config/locate/folder.js'),
        import('./process/identity.js'),
      ])
      const { env, clock, signal } = this
      const lock = join(userFolders({ env, home: homedir() }).state, 'crontab.lock')
      return openCrontab({ env, clock, signal, lock, self: await identify(this.#process.pid) })
    })
  }

  /** Marks what this process has in hand, and tells whether another's mark is of one still at work. */
  liveness(): Promise<Liveness> {
    return this.#once('liveness', async () => {
      const { identify, livenessFor } = await import('./process/identity.js')
      return livenessFor(await identify(this.#process.pid))
    })
  }

  workflowRunner(): Promise<WorkflowRunner> {
    return this.#once('workflowRunner', async () => {
      const [{ WorkflowRunner }, client] = await Promise.all([
        import('./workflows/runner.js'),
        this.github(),
      ])
      return new WorkflowRunner(client, async () => {
        const { clock, signal } = this
        const [log, emit] = await Promise.all([this.log(), this.events()])
        return { log, emit, clock, signal }
      })
    })
  }

  releaseManager(): Promise<ReleaseManager> {
    return this.#once('releaseManager', async () => {
      const [{ ReleaseManager }, client] = await Promise.all([
        import('./releases/manager.js'),
        this.github(),
      ])
      return new ReleaseManager(client, async () => {
        const { identify } = await import('./process/identity.js')
        const { clock, signal } = this
        const [config, log, emit] = await Promise.all([this.config(), this.log(), this.events()])
        const self = await identify(this.#process.pid)
        return { root: config.root, self, log, emit, clock, signal }
      })
    })
  }

  pluginRegistry(): Promise<PluginRegistry> {
    return this.#once('pluginRegistry', async () => {
      const [{ PluginRegistry }, client] = await Promise.all([
        import('./plugins/plugin-registry.js'),
        this.github(),
      ])
      return new PluginRegistry(client, async () => {
        const { identify } = await import('./process/identity.js')
        const { clock, signal } = this
        const { pid, platform: os, arch } = this.#process
        const [config, log, emit] = await Promise.all([this.config(), this.log(), this.events()])
        const self = await identify(pid)
        return { config, self, log, emit, clock, signal, platform: { os, arch } }
      })
    })
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#closers.map((close) => close()))
  }

  #once<T>(name: string, make: () => Promise<T>): Promise<T> {
    const made = (this.#made.get(name) as Promise<T> | undefined) ?? make()
    this.#made.set(name, made)
    return made
  }

  #stopAfter(stop: AbortController, seconds: number): number {
    const timer = setTimeout(() => {
      stop.abort(
        new TimeoutError(`not done after ${seconds} s`, { hint: 'give --timeout more seconds' }),
      )
    }, seconds * 1000)
    timer.unref()
    return Date.now() + seconds * 1000
  }
}
