import { pluginInfoOf } from './info.js'
import { isNewer } from './newer.js'
import type { PluginInfo } from './session.js'
import type { PluginStore } from './store/store.js'

/** The result for a plugin. */
export interface InstalledPlugin extends PluginInfo {
  status: 'installed' | 'updated' | 'unchanged'
  tag: string
  commit: string
  /** Absolute. */
  path: string
  /** `asset` of a release, or the repository's `tree`. */
  source: 'asset' | 'tree'
  sha256: string
  /** Bytes. */
  size: number
  /** The plugin that depends on it; null: it was requested. */
  needed_by: string | null
  /** Shell lines for the user to read; wizard never runs them. */
  post_install: string[]
}

export type InstallStatus = InstalledPlugin['status']

/** A plugin of the lock, as a result of an operation on it. */
export function installedOf(
  store: PluginStore,
  id: string,
  status: InstallStatus,
): InstalledPlugin {
  const entry = store.entry(id)
  return {
    ...pluginInfoOf(id, entry, store.stateOf(id), isNewer),
    status,
    tag: entry.tag,
    commit: entry.commit,
    path: store.folderOf(id),
    source: entry.source,
    sha256: entry.sha256,
    size: entry.size,
    needed_by: null,
    post_install: [],
  }
}
