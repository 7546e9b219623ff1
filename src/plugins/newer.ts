import semver from 'semver'

interface Tagged {
  tag: string
  version: string | null
}

/** Whether one version is newer; if they can't be compared, any different tag counts as newer. */
export function isNewer(one: Tagged, other: Tagged): boolean {
  if (one.tag === other.tag) return false
  const [later, earlier] = [versionOf(one), versionOf(other)]
  if (later === null || earlier === null) return true
  return semver.compareBuild(later, earlier) > 0
}

/** From the tag, as the release names it; `20260104` counts as 20260104.0.0. */
const versionOf = ({ tag, version }: Tagged): semver.SemVer | null =>
  semver.coerce(tag.replace(/^.*?(?=v?\d+(?:\.\d+)*)/, ''), { includePrerelease: true }) ??
  semver.coerce(version, { includePrerelease: true })
