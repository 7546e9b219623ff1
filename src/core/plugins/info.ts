import semver from 'semver'
import type { LockEntry } from './store/lock-file.js'
import type { PluginState } from './store/state.js'
import type { PluginInfo } from './types.js'

/** An installed plugin. */
export function infoOf(id: string, entry: LockEntry, state: PluginState): PluginInfo {
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
    update_available: state.latest !== null && isNewer(state.latest, { tag, version }),
    warnings,
  }
}

interface Tagged {
  tag: string
  version: string | null
}

/** Whether one is the later version; of what can't be compared, any other tag is. */
export function isNewer(one: Tagged, other: Tagged): boolean {
  if (one.tag === other.tag) return false
  const [later, earlier] = [versionOf(one), versionOf(other)]
  if (later === null || earlier === null) return true
  return semver.compareBuild(later, earlier) > 0
}

/** Of the tag, as the release has it; `20260104` counts as 20260104.0.0. */
const versionOf = ({ tag, version }: Tagged): semver.SemVer | null =>
  semver.coerce(tag.replace(/^.*?(?=v?\d+(?:\.\d+)*)/, ''), { includePrerelease: true }) ??
  semver.coerce(version, { includePrerelease: true })
