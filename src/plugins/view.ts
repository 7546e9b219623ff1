import { existsSync } from 'node:fs'
import { fullNameOf } from '../base/names/repository.js'
import { pluginInfoOf } from './info.js'
import { resolveVersion, type WantedPlugin } from './install/resolve.js'
import { isNewer } from './newer.js'
import type { PluginInfo, PluginSession } from './session.js'
import { readStore, stateOf } from './store/state.js'

/** A plugin with everything that is known of it. */
export interface ViewedPlugin extends PluginInfo {
  /** The tag that would be installed. */
  tag: string
  commit: string
  /** Shell lines for the user to read; wizard never runs them. */
  post_install: string[]
  /** Its whole manifest at that tag. */
  manifest: Record<string, unknown>
  /** The installed version; null: none. */
  installed: {
    tag: string
    commit: string
    sha256: string
    installed_at: string
    path: string
  } | null
}

/** @throws as `resolveVersion` */
export async function view(session: PluginSession, wanted: WantedPlugin): Promise<ViewedPlugin> {
  const version = await resolveVersion(session, wanted)
  const { manifest, tag, commit } = version
  const { lock, states, paths } = readStore(session)
  const entry = lock.entries.get(manifest.id)
  const isMine = entry?.repo.toLowerCase() === fullNameOf(version).toLowerCase()
  const path = `${paths.plugins}/${manifest.id}`
  const state = stateOf(states, manifest.id)
  const latest = wanted.named === null ? { tag, version: manifest.version } : state.latest
  const about =
    isMine && entry ? pluginInfoOf(manifest.id, entry, { ...state, latest }, isNewer) : null
  return {
    id: manifest.id,
    name: manifest.name,
    version: manifest.version,
    description: manifest.description,
    category: manifest.category,
    license: manifest.license,
    repo: fullNameOf(version),
    installed_version: about !== null && existsSync(path) ? about.installed_version : null,
    enabled: about?.enabled ?? false,
    pinned: about?.pinned ?? false,
    update_available: about?.update_available ?? false,
    warnings: manifest.warnings,
    tag,
    commit,
    post_install: manifest.installation.postInstall,
    manifest: manifest.raw,
    installed:
      isMine && entry
        ? {
            tag: entry.tag,
            commit: entry.commit,
            sha256: entry.sha256,
            installed_at: entry.installed_at,
            path,
          }
        : null,
  }
}
