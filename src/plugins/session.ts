import type { CommonEvent, StepEvent } from '../base/call.js'
import type { TransferEvent } from '../releases/session.js'
import type { ConfiguredSession } from '../session.js'
import type { PublisherTrust } from './publisher.js'

/** The arguments of every operation of PluginRegistry. */
export type PluginSession = ConfiguredSession<PluginEvent> & PublisherTrust & Forced

/** Of a request that may break what other plugins need. */
export interface Forced {
  force?: boolean | undefined
}

/** The descriptive fields of a manifest. */
export interface About {
  name: string
  description: string | null
  category: string | null
  license: string | null
}

/** A discovered or installed plugin. */
export interface PluginInfo extends About {
  /** The name of its folder. */
  id: string
  /** From the manifest, semantic or not; for an installed plugin the installed version. */
  version: string | null
  /** `owner/repo` */
  repo: string
  installed_version: string | null
  /** Also false if it is not installed. */
  enabled: boolean
  /** `UPDATE` keeps its version. */
  pinned: boolean
  /** By GitHub's last known state. */
  update_available: boolean
  /** Problems of the plugin, each in a line. */
  warnings: string[]
}

/** What PluginRegistry reports while it works. */
export type PluginEvent = CommonEvent | StepEvent | TransferEvent
