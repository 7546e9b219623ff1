import { fullNameOf, isSameName } from '../base/names/repository.js'
import type { PluginSource } from './discover/discover.js'
import { discover, type FailedSource, type FoundPlugin } from './discover/discover.js'
import { configuredSources } from './find.js'
import { isNewer } from './newer.js'
import type { PluginInfo, PluginSession } from './session.js'
import type { LockEntry, PluginLock } from './store/lock-file.js'
import { type PluginStates, readStore, stateOf } from './store/state.js'

export interface SearchRequest {
  /** Each must occur in id, name, description, category, author or repository. */
  words: string[]
  /** Where to search; none: the sources of plugins.yaml. */
  sources: PluginSource[]
  limit?: number | undefined
}

export interface SearchResult {
  /** Those that match, by id. */
  plugins: PluginInfo[]
  /** Sources that could not be read: what they have is missing. */
  failed: FailedSource[]
}

/** @throws as `discover` */
export async function search(
  session: PluginSession,
  { words, sources, limit }: SearchRequest,
): Promise<SearchResult> {
  const where = sources.length > 0 ? sources : await configuredSources(session)
  const { found, failed } = await discover(session, where)
  const { lock, states } = readStore(session)
  const plugins = found
    .filter((plugin) => words.every((word) => speaksOf(plugin, word.toLowerCase())))
    .slice(0, limit)
    .map((plugin) => foundInfo(plugin, lock, states))
  return { plugins, failed }
}

const speaksOf = ({ owner, repo, manifest }: FoundPlugin, word: string) =>
  [
    ...[manifest.id, manifest.name, manifest.description, manifest.category, manifest.author],
    `${owner}/${repo}`,
  ].some((text) => text?.toLowerCase().includes(word))

/** Also if the repository was renamed since. */
const isFrom = (plugin: FoundPlugin, { repo, repository_id: id }: LockEntry): boolean =>
  isSameName(repo, fullNameOf(plugin)) || (id !== null && id === plugin.repositoryId)

/** A discovered plugin, with its installed version. */
export function foundInfo(plugin: FoundPlugin, lock: PluginLock, states: PluginStates): PluginInfo {
  const { manifest, archived, latest } = plugin
  const { id, name, version, description, category, license, warnings } = manifest
  const entry = lock.entries.get(id)
  const mine = entry !== undefined && isFrom(plugin, entry) ? entry : undefined
  const state = stateOf(states, id)
  const newest = latest === null ? state.latest : { tag: latest.tag, version }
  return {
    id,
    name,
    version,
    description,
    category,
    license,
    repo: fullNameOf(plugin),
    installed_version: mine === undefined ? null : (mine.version ?? mine.tag),
    enabled: mine !== undefined && state.enabled,
    pinned: mine !== undefined && state.pinned,
    update_available: mine !== undefined && newest !== null && isNewer(newest, mine),
    warnings: archived ? [...warnings, 'its repository is archived'] : warnings,
  }
}
