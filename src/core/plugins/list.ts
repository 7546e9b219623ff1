import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { infoOf } from './info.js'
import { stateOf } from './store/state.js'
import { readStore } from './store/store.js'
import type { PluginInfo, PluginSession } from './types.js'

/** What is installed, by id; no request is sent. @throws ConfigError for a damaged lock */
export function list(session: Pick<PluginSession, 'config' | 'emit'>): PluginInfo[] {
  const { lock, states, paths } = readStore(session)
  return [...lock.entries]
    .map(([id, entry]) => {
      const info = infoOf(id, entry, stateOf(states, id))
      return existsSync(join(paths.plugins, id)) ? info : withoutFiles(info)
    })
    .sort((one, other) => one.id.localeCompare(other.id))
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
