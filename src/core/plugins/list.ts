import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { infoOf } from './info.js'
import { readStore } from './store/read-store.js'
import { stateOf } from './store/state.js'
import type { PluginInfo, PluginSession } from './types.js'

/** What is installed, by id; no request is sent. @throws ConfigError for a damaged lock */
export async function list(session: Pick<PluginSession, 'config' | 'emit'>): Promise<PluginInfo[]> {
  const { lock, states, paths } = readStore(session)
  const entries = [...lock.entries]
  const mayBeOld = entries.some(([id, { tag }]) => (states.get(id)?.latest?.tag ?? tag) !== tag)
  // What compares versions is loaded where there is something to compare.
  const compare = mayBeOld ? (await import('./newer.js')).isNewer : null
  return entries
    .map(([id, entry]) => {
      const info = infoOf(id, entry, stateOf(states, id), compare)
      return existsSync(join(paths.plugins, id)) ? info : withoutFiles(info)
    })
    .sort((one, other) => (one.id < other.id ? -1 : 1))
}

const withoutFiles = (info: PluginInfo): PluginInfo => ({
  ...info,
  installed_version: null,
  update_available: false,
  warnings: [
    'its files are not here: wizard PLUGIN INSTALL --frozen brings them',
    ...info.warnings,
  ],
})
