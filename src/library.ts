import { homedir } from 'node:os'
import { resolve } from 'node:path'
import process from 'node:process'
import { type Clock, systemClock } from './base/clock.js'
import type { Emit } from './base/events.js'
import { loadConfig } from './config/load.js'
import type { Config } from './config/types.js'
import type { WizardEvent } from './events.js'
import { GitHubClient as CoreGitHubClient, type GitHubClientOptions } from './github/client.js'
import { type Log, openLog } from './logs/log.js'
import { PluginRegistry as CorePluginRegistry } from './plugins/plugin-registry.js'
import { identify } from './process/identity.js'
import { ReleaseManager as CoreReleaseManager } from './releases/manager.js'
import { RepoSync as CoreRepoSync } from './repos/repo-sync.js'
import { WorkflowRunner as CoreWorkflowRunner } from './workflows/runner.js'

/** GitHubClient with this process's own environment: its tokens, its proxies, its `gh`. */
export class GitHubClient extends CoreGitHubClient {
  constructor(options: GitHubClientOptions = {}) {
    super({ env: process.env, ...options })
  }
}

/** What RepoSync, WorkflowRunner, ReleaseManager and PluginRegistry may be given. */
export interface SessionOptions {
  /** A configuration, or its folder; default: the one found from the current folder. */
  config?: Config | string
  /** Default: the files that the configuration names. */
  log?: Log
  emit?: Emit<WizardEvent>
  clock?: Clock
  signal?: AbortSignal
}

/** RepoSync with this process's own environment, for who uses wizard as a library. */
export class RepoSync extends CoreRepoSync {
  constructor(client: CoreGitHubClient, options: SessionOptions = {}) {
    const { clock = systemClock, emit = () => {}, signal } = options
    super(client, async () => {
      const config = await configOf(options)
      const log = options.log ?? logOf(config, client, { clock, emit })
      const { env, pid } = process
      return { config, log, emit, clock, signal, env, self: await identify(pid) }
    })
  }
}

/** WorkflowRunner with the log that the configuration names, for who uses wizard as a library. */
export class WorkflowRunner extends CoreWorkflowRunner {
  constructor(client: CoreGitHubClient, options: SessionOptions = {}) {
    const { clock = systemClock, emit = () => {}, signal } = options
    super(client, async () => {
      const log = options.log ?? logOf(await configOf(options), client, { clock, emit })
      return { log, emit, clock, signal }
    })
  }
}

/** ReleaseManager with the log that the configuration names, for who uses wizard as a library. */
export class ReleaseManager extends CoreReleaseManager {
  constructor(client: CoreGitHubClient, options: SessionOptions = {}) {
    const { clock = systemClock, emit = () => {}, signal } = options
    super(client, async () => {
      const config = await configOf(options)
      const log = options.log ?? logOf(config, client, { clock, emit })
      const self = await identify(process.pid)
      return { root: config.root, self, log, emit, clock, signal }
    })
  }
}

/** PluginRegistry for this process's machine, for who uses wizard as a library. */
export class PluginRegistry extends CorePluginRegistry {
  constructor(client: CoreGitHubClient, options: SessionOptions = {}) {
    const { clock = systemClock, emit = () => {}, signal } = options
    super(client, async () => {
      const config = await configOf(options)
      const log = options.log ?? logOf(config, client, { clock, emit })
      const { pid, platform: os, arch } = process
      return { config, self: await identify(pid), log, emit, clock, signal, platform: { os, arch } }
    })
  }
}

const configOf = async ({ config }: SessionOptions): Promise<Config> =>
  typeof config === 'object' ? config : load(config)

const load = (folder: string | undefined) =>
  loadConfig({
    cwd: process.cwd(),
    env: process.env,
    home: homedir(),
    flags: { config: folder === undefined ? undefined : resolve(folder) },
  })

function logOf(
  { logsDir, logsKeepDays }: Config,
  client: CoreGitHubClient,
  { clock, emit }: { clock: Clock; emit: Emit<WizardEvent> },
): Log {
  const redact = (text: string) => client.redact(text)
  const onTrouble = (message: string) => emit({ type: 'warning', message })
  return openLog({ dir: logsDir, keepDays: logsKeepDays, clock, redact, onTrouble })
}
