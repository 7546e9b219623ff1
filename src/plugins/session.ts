import type { CommonEvent, StepEvent } from '../base/call.js'
import type { TransferEvent } from '../github/transfer/events.js'
import type { ConfiguredSession } from '../session.js'

/** What everything that PluginRegistry does is given. */
export type PluginSession = ConfiguredSession<PluginEvent>

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

/** What PluginRegistry reports while it works. */
export type PluginEvent = CommonEvent | StepEvent | TransferEvent
