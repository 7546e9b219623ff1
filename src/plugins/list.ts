import { existsSync } from 'node:fs'
import { sep } from 'node:path'
import { pluginInfoOf } from './info.js'
import type { PluginInfo, PluginSession } from './session.js'
import { readStore, stateOf } from './store/state.js'

/** The installed plugins, by id; sends no request. @throws ConfigError for a damaged lock */
export async function list(session: Pick<PluginSession, 'config' | 'emit'>): Promise<PluginInfo[]> {
  const { lock, states, paths } = readStore(session)
  const entries = [...lock.entries]
  const mayBeOld = entries.some(([id, { tag }]) => (states.get(id)?.latest?.tag ?? tag) !== tag)
  // Loads the comparison of versions only if there is something to compare.
  const compare = mayBeOld ? (await import('./newer.js')).isNewer : null
  return entries
    .map(([id, entry]) => {
      const info = pluginInfoOf(id, entry, stateOf(states, id), compare)
      // Both parts are normalized already: a `join` for each would take longer than the check.
      return existsSync(`${paths.plugins}${sep}${id}`) ? info : withoutFiles(info)
    })
    .sort((one, other) => (one.id < other.id ? -1 : 1))
}

/** Among the warnings of a plugin whose folder is missing. */
export const filesMissing = 'its files are missing'

const withoutFiles = (info: PluginInfo): PluginInfo => ({
  ...info,
  installed_version: null,
  update_available: false,
  warnings: [filesMissing, ...info.warnings],
})
