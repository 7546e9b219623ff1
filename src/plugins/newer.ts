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
  versionNamedBy(tag) ?? semver.coerce(version, { includePrerelease: true })

/** The version that a tag names; null if it names none. */
export const versionNamedBy = (tag: string): semver.SemVer | null =>
  semver.coerce(numberIn(tag), { includePrerelease: true })

/** A tag from its version on. The 264 of `h264-v9.0.0` is part of a name. */
function numberIn(tag: string): string {
  if (/^v?\d/.test(tag)) return tag
  const marked = tag.search(/(?<![A-Za-z0-9.])v\d|(?<![\w.])\d+\.\d/)
  return tag.slice(Math.max(marked === -1 ? tag.search(/v?\d/) : marked, 0))
}
