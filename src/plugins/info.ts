import type { isNewer } from './newer.js'
import type { PluginInfo } from './session.js'
import type { LockEntry } from './store/lock-file.js'
import type { PluginState } from './store/state.js'

/** An installed plugin. @param compare null if no later version of any plugin is known */
export function pluginInfoOf(
  id: string,
  entry: LockEntry,
  state: PluginState,
  compare: typeof isNewer | null,
): PluginInfo {
  const { name, version, description, category, license, repo, warnings, tag } = entry
  return {
    id,
    name: name ?? id,
    version,
    description,
    category,
    license,
    repo,
    installed_version: version ?? tag,
    enabled: state.enabled,
    pinned: state.pinned,
    update_available: state.latest !== null && compare?.(state.latest, { tag, version }) === true,
    warnings,
  }
}
