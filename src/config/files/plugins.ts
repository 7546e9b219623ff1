import { indexPattern } from '../../base/names/repository.js'
import type { PluginsFile } from '../schema/plugins.js'
import type { PluginsConfig } from '../types.js'

export function readPlugins({ plugins }: PluginsFile): PluginsConfig {
  return {
    topic: plugins.topic,
    owners: plugins.owners,
    index: plugins.index.map((text) => {
      const [, owner = '', repo = '', path = 'index.json'] = indexPattern.exec(text) ?? []
      return { owner, repo, path }
    }),
    udosVersion: plugins.udos_version ?? null,
    requireSignatures: plugins.require_signatures,
  }
}
