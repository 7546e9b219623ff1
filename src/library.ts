import { homedir } from 'node:os'
import { resolve } from 'node:path'
import process from 'node:process'
import { type Clock, systemClock } from './core/clock.js'
import { loadConfig } from './core/config/load.js'
import type { Config } from './core/config/types.js'
import type { Emit } from './core/events.js'
import { GitHubClient as CoreGitHubClient, type GitHubClientOptions } from './core/github/client.js'
import { type Log, openLog } from './core/log.js'
import { identify } from './core/process-identity.js'
import { RepoSync as CoreRepoSync } from './core/repos/repo-sync.js'

/** GitHubClient with this process's own environment: its tokens, its proxies, its `gh`. */
export class GitHubClient extends CoreGitHubClient {
  constructor(options: GitHubClientOptions = {}) {
    super({ env: process.env, ...options })
  }
}

export interface RepoSyncOptions {
  /** A configuration, or its folder; default: the one found from the current folder. */
  config?: Config | string
  /** Default: the files that the configuration names. */
  log?: Log
  emit?: Emit
  clock?: Clock
  signal?: AbortSignal
}

/** RepoSync with this process's own environment, for who uses wizard as a library. */
export class RepoSync extends CoreRepoSync {
  constructor(client: CoreGitHubClient, options: RepoSyncOptions = {}) {
    const { clock = systemClock, emit = () => {}, signal } = options
    super(client, async () => {
      const config =
        typeof options.config === 'object' ? options.config : await load(options.config)
      const log =
        options.log ?? logOf(config, { clock, emit, redact: (text) => client.redact(text) })
      const { env, pid } = process
      return { config, log, emit, clock, signal, env, self: await identify(pid) }
    })
  }
}

const load = (folder: string | undefined) =>
  loadConfig({
    cwd: process.cwd(),
    env: process.env,
    home: homedir(),
    flags: { config: folder === undefined ? undefined : resolve(folder) },
  })

function logOf(
  { logsDir, logsKeepDays }: Config,
  { clock, emit, redact }: { clock: Clock; emit: Emit; redact(text: string): string },
): Log {
  const onTrouble = (message: string) => emit({ type: 'warning', message })
  return openLog({ dir: logsDir, keepDays: logsKeepDays, clock, redact, onTrouble })
}
