import { parseIndexName } from '../../base/names/repository.js'
import type { PluginsFile } from '../schema/plugins.js'

export function readPlugins({ plugins }: PluginsFile): PluginsConfig {
  return {
    topic: plugins.topic,
    owners: plugins.owners,
    // The schema has validated it.
    index: plugins.index.flatMap((text) => parseIndexName(text) ?? []),
    udosVersion: plugins.udos_version ?? null,
    requireSignatures: plugins.require_signatures,
  }
}

export interface PluginsConfig {
  topic: string
  owners: string[]
  index: PluginIndex[]
  /** The version to compare plugins' `udos_version` with; null: not checked. */
  udosVersion: string | null
  requireSignatures: boolean
}

/** A file in a repository that lists plugins. */
export interface PluginIndex {
  owner: string
  repo: string
  path: string
}
