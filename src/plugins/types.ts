import type { Clock } from '../base/clock.js'
import type { Emit } from '../base/events.js'
import type { Config } from '../config/types.js'
import type { GitHubClient } from '../github/client.js'
import type { Log } from '../logs/log.js'
import type { ProcessIdentity } from '../process/identity.js'
import type { PluginEvent } from './events.js'
import type { Platform } from './manifest/platform.js'

/** What everything that PluginRegistry does is given. */
export interface PluginSession {
  client: GitHubClient
  config: Config
  log: Log
  emit: Emit<PluginEvent>
  clock: Clock
  signal?: AbortSignal | undefined
  self: ProcessIdentity
  /** What plugins are installed for. */
  platform: Platform
}

/** What a manifest says for people. */
export interface About {
  name: string
  description: string | null
  category: string | null
  license: string | null
}

/** A plugin, as it is found or as it is installed. */
export interface PluginInfo extends About {
  /** The name of its folder. */
  id: string
  /** As its manifest has it, semantic or not: of an installed one what is installed. */
  version: string | null
  /** `owner/repo` */
  repo: string
  installed_version: string | null
  /** False also where it is not installed. */
  enabled: boolean
  /** Stays at its version in `UPDATE`. */
  pinned: boolean
  /** By what GitHub was last known to have. */
  update_available: boolean
  /** What is odd about it, each in a line. */
  warnings: string[]
}
