import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Application } from './app.js'
import { onAbort } from './base/async/on-abort.js'
import { once } from './base/async/once.js'
import type { Lease } from './base/async/shared.js'
import type { Call } from './base/call.js'
import type { Clock } from './base/clock.js'
import { InterruptedError, TimeoutError } from './base/errors.js'
import type { GlobalFlags } from './commands/flags.js'
import { commandLineWords } from './commands/hints.js'
import type { Config } from './config/load.js'
import type { ConfigRequest } from './config/locate/folder.js'
import { assertTypedRoot } from './config/locate/root.js'
import type { WizardEvent } from './events.js'
import type { GitHubClient } from './github/client.js'
import type { Log } from './logs/log.js'
import type { Host } from './process/host.js'
import type { Liveness } from './process/owner-mark.js'
import type { Crontab } from './schedules/cron/crontab.js'
import { Terminal } from './terminal/terminal.js'
import type { CommandEnd } from './webhooks/runs/end.js'

/** The streams of one command, and the signal that stops it. */
export interface Io {
  /** Opened on demand, because few commands read it. */
  stdin(): Readable & { isTTY?: boolean }
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  /** Aborted with an InterruptedError when somebody stops the command. */
  signal: AbortSignal
  /** Whether results may be shown with a pager, which reads the keyboard. */
  canPage?: boolean
  /**
   * Calls `listener` for each SIGHUP, which then does not stop the command.
   *
   * @returns a function that ends it
   */
  onHangUp?(listener: () => void): () => void
  /** The same for Ctrl-C (SIGINT). */
  onInterrupt?(listener: () => void): () => void
  /**
   * Calls `pause` before Ctrl-Z (SIGTSTP) stops the process, and `resume` when it continues (SIGCONT).
   *
   * @returns a function that ends it
   */
  onSuspend?(listener: { pause(): void; resume(): unknown }): () => void
}

/** Runs another command in this process. */
export interface RunInside {
  /** With `--json`; its documents are data, and its progress is its output. Never throws. */
  captured(invocation: Invocation, argv: string[], signal: AbortSignal): Promise<CommandEnd>
  /** With these streams. @returns its exit status */
  through(invocation: Invocation, argv: string[], io: Io): Promise<number>
  /** Only parses it. @returns its noun; null: help. @throws UsageError if it can't be run */
  check(argv: string[]): Promise<string | null>
  /** Completions of the last word. */
  complete(invocation: Invocation, words: string[]): Promise<string[]>
}

/**
 * Everything that lives as long as one command, and all that a verb receives. Each part is created
 * on first use.
 */
export class Invocation {
  readonly app: Application
  readonly globals: GlobalFlags
  readonly terminal: Terminal
  /** Aborted at the deadline, or when somebody stops the command. */
  readonly signal: AbortSignal
  /** When the command must end, in milliseconds since 1970; null: never. */
  readonly deadline: number | null
  readonly #io: Io
  readonly #runInside: RunInside
  readonly #release: () => void
  readonly #leases: Lease<unknown>[] = []
  readonly #passedOver = new Set<string>()
  #isClosed = false

  constructor(app: Application, io: Io, globals: GlobalFlags, runInside: RunInside) {
    this.app = app
    this.globals = globals
    this.#io = io
    this.#runInside = runInside
    const { timeout } = globals
    this.deadline = timeout === undefined ? null : app.clock.now() + timeout * 1000
    const stop = new AbortController()
    this.signal = stop.signal
    this.#release = stopWith(stop, { outer: io.signal, seconds: timeout, clock: app.clock })
    this.terminal = new Terminal({
      stdin: () => io.stdin(),
      stdout: io.stdout,
      stderr: io.stderr,
      env: app.host.env,
      now: () => app.clock.now(),
      json: globals.json,
      quiet: globals.quiet,
      verbose: globals.verbose,
      noColor: globals['no-color'],
      yes: globals.yes,
      signal: stop.signal,
      redact: (text) => app.redactor(text),
      words: commandLineWords,
      canPage: io.canPage,
      isForeground: () => app.host.isForeground(),
      stop: () => stop.abort(new InterruptedError('SIGINT')),
      onInterrupt: (listener) => this.onInterrupt(listener),
      onSuspend: (listener) => io.onSuspend?.(listener) ?? (() => {}),
    })
  }

  get host(): Host {
    return this.app.host
  }

  get env(): Host['env'] {
    return this.host.env
  }

  get clock(): Clock {
    return this.app.clock
  }

  get stdin(): Readable {
    return this.#io.stdin()
  }

  /** @returns false without a browser that opens it */
  async openBrowser(address: string): Promise<boolean> {
    const { openBrowser } = await import('./process/browser.js')
    return openBrowser(address, this)
  }

  /** See Io. */
  onHangUp(listener: () => void): () => void {
    return this.#io.onHangUp?.(listener) ?? (() => {})
  }

  /** See Io. */
  onInterrupt(listener: () => void): () => void {
    return this.#io.onInterrupt?.(listener) ?? (() => {})
  }

  /** For a prompt. */
  get stderr(): NodeJS.WriteStream {
    return this.#io.stderr
  }

  /**
   * Runs another command in this process, with this one's configuration and root. Never throws: an
   * aborted signal is an exit status, too.
   */
  runCommand(argv: string[], signal: AbortSignal): Promise<CommandEnd> {
    return this.#runInside.captured(this, argv, signal)
  }

  /**
   * Runs another command in this process, on this one's streams and with its flags for every verb.
   *
   * @returns its exit status
   */
  runThrough(argv: string[], signal: AbortSignal = this.signal): Promise<number> {
    return this.#runInside.through(this, argv, { ...this.#io, signal, canPage: false })
  }

  /** Only parses a command. @returns its noun; null: help. @throws UsageError if it can't be run */
  checkCommand(argv: string[]): Promise<string | null> {
    return this.#runInside.check(argv)
  }

  /** Completions of the last word of a command; sends no request. */
  completeWords(words: string[]): Promise<string[]> {
    return this.#runInside.complete(this, words)
  }

  /** @throws PathError if the folder has been removed */
  get cwd(): string {
    return this.host.cwd()
  }

  /** The last argument of every facade method. */
  get call(): Call<WizardEvent> {
    const { signal, deadline, terminal } = this
    return { signal, deadline, emit: (event) => terminal.emit(event) }
  }

  /** @throws PathError if a ROOT that somebody typed does not exist */
  readonly config = once(async (): Promise<Config> => {
    const config = await this.app.loadConfig(this.globals)
    await this.warnOfOthers(config)
    await assertTypedRoot(config)
    return config
  })

  /**
   * The configuration of a command that sends no request; it may be in a folder that is not marked
   * as the user's own.
   */
  readonly localConfig = once(async (): Promise<Config> => {
    const { readConfig } = await import('./config/load.js')
    const { config } = await readConfig(this.configRequest)
    await this.warnOfOthers(config)
    await assertTypedRoot(config)
    return config
  })

  /** Warns of other files that could be the configuration, each once. */
  async warnOfOthers({ passedOver }: Pick<Config, 'passedOver'>): Promise<void> {
    if (passedOver.length > 0) await this.terminal.followEvents()
    for (const file of passedOver) {
      if (this.#passedOver.has(file)) continue
      this.#passedOver.add(file)
      const message = `${file} was not read, because another configuration beside it comes first`
      this.terminal.emit({ type: 'warning', message })
    }
  }

  /** How to find and read the configuration. @throws PathError if the current folder is gone */
  get configRequest(): ConfigRequest {
    return this.app.configRequest(this.globals)
  }

  readonly log = once(async (): Promise<Log> => {
    await this.terminal.followEvents()
    const files = await this.app.logFiles(await this.config())
    return this.#hold(files).reportingTo((message) =>
      this.terminal.emit({ type: 'warning', message }),
    )
  })

  /** Bound to this command. */
  readonly github = once(async (): Promise<GitHubClient> => {
    const [config, log] = await Promise.all([this.config(), this.log()])
    return this.#hold(await this.app.client(config)).with({ ...this.call, log })
  })

  readonly repoSync = once(async () => {
    const { RepoSync } = await import('./repos/repo-sync.js')
    return new RepoSync(await this.github(), this)
  })

  readonly workflowRunner = once(async () => {
    const { WorkflowRunner } = await import('./workflows/runner.js')
    return new WorkflowRunner(await this.github(), this)
  })

  readonly releaseManager = once(async () => {
    const { ReleaseManager } = await import('./releases/manager.js')
    return new ReleaseManager(await this.github(), this)
  })

  readonly pluginRegistry = once(async () => {
    const { PluginRegistry } = await import('./plugins/plugin-registry.js')
    return new PluginRegistry(await this.github(), this)
  })

  readonly webhookHandler = once(async () => {
    const { WebhookHandler } = await import('./webhooks/webhook-handler.js')
    return new WebhookHandler(await this.github(), {
      config: this.config,
      log: this.log,
      reload: () => this.app.loadConfig(this.globals),
      runCommand: (argv, signal) => this.runCommand(argv, signal),
    })
  })

  /** The user's crontab. */
  readonly crontab = once(async (): Promise<Crontab> => {
    const [{ openCrontab }, { userFolders }, self] = await Promise.all([
      import('./schedules/cron/crontab.js'),
      import('./config/locate/folder.js'),
      this.app.identity(),
    ])
    const { env, clock, signal } = this
    const lock = join(userFolders(this.host).state, 'crontab.lock')
    return openCrontab({ env, clock, signal, lock, self })
  })

  /** Marks the work of this process, and says whether the owner of another mark is alive. */
  readonly liveness = once(async (): Promise<Liveness> => {
    const { livenessFor } = await import('./process/identity.js')
    return livenessFor(await this.app.identity())
  })

  /** Holds a shared value of the Application until this command ends. */
  #hold<T>(lease: Lease<T>): T {
    if (this.#isClosed) lease.release()
    else this.#leases.push(lease)
    return lease.value
  }

  /** Leaves no timer, listener or live line behind. */
  close(): void {
    this.#isClosed = true
    this.terminal.close()
    this.#release()
    for (const { release } of this.#leases.splice(0)) release()
  }
}

interface Stops {
  outer: AbortSignal
  seconds: number | undefined
  clock: Clock
}

/**
 * Aborts `stop` with the outer signal, or after so many seconds.
 *
 * @returns a function that undoes both
 */
function stopWith(stop: AbortController, { outer, seconds, clock }: Stops): () => void {
  const forward = () => stop.abort(outer.reason)
  const leave = onAbort(outer, forward)
  const unset =
    seconds === undefined
      ? () => {}
      : clock.after(seconds * 1000, () => stop.abort(timeIsOver(seconds)))
  return () => {
    unset()
    leave()
  }
}

const timeIsOver = (seconds: number) =>
  new TimeoutError(`not finished after ${seconds} s`, { hint: 'give --timeout more seconds' })
