import semver from 'semver'

/** `core-v{version}`, as in components.yaml. */
export type TagTemplate = string

export const usualTemplate: TagTemplate = 'v{version}'

const placeholder = '{version}'

/** The tag of a version. */
export const tagOf = (template: TagTemplate, version: string): string =>
  template.replaceAll(placeholder, version)

/**
 * The version in a tag; null if the tag does not match the template, or contains no semantic
 * version.
 */
export function versionIn(template: TagTemplate, tag: string): string | null {
  const [before = '', ...after] = template.split(placeholder)
  const end = after.join(placeholder)
  if (after.length === 0 || !tag.startsWith(before) || !tag.endsWith(end)) return null
  const version = tag.slice(before.length, tag.length - end.length)
  return isVersion(version) && tagOf(template, version) === tag ? version : null
}

/** The template of a tag outside any component: the text before its version. */
export function templateOf(tag: string): TagTemplate | null {
  const version = /(?:^|[^\d.])(\d+\.\d+\.\d+(?:-[\w.-]+)?(?:\+[\w.-]+)?)$/.exec(tag)?.[1]
  if (version === undefined || !isVersion(version)) return null
  return `${tag.slice(0, tag.length - version.length)}${placeholder}`
}

/** https://semver.org, without a leading v. */
export const isVersion = (text: string): boolean =>
  semver.valid(text) !== null && /^\d/.test(text) && text.trim() === text

export const isPrerelease = (version: string): boolean => semver.prerelease(version) !== null

/** Compares build metadata last, so that the order is total. */
export const compareVersions = (one: string, other: string): number =>
  semver.compareBuild(one, other)

export interface VersionTag {
  tag: string
  version: string
}

/** The tags of a template, highest version first. */
export function versionTags(template: TagTemplate, tags: Iterable<string>): VersionTag[] {
  const found = [...tags].flatMap((tag) => {
    const version = versionIn(template, tag)
    return version === null ? [] : [{ tag, version }]
  })
  return found.sort((one, other) => compareVersions(other.version, one.version))
}

/**
 * The tag before a version: the highest lower one of the same template. A stable version skips
 * pre-releases, so that its notes list everything since the previous stable one.
 *
 * @param version null: the next version, so the result is the highest of all
 */
export function previousTag(
  template: TagTemplate,
  version: string | null,
  tags: Iterable<string>,
): VersionTag | null {
  const lower = versionTags(template, tags).filter(
    (one) => version === null || semver.compare(one.version, version) < 0,
  )
  const counts = (one: VersionTag) =>
    version === null || isPrerelease(version) || !isPrerelease(one.version)
  return lower.find(counts) ?? null
}

/** The highest stable version of a template. */
export const latestStable = (template: TagTemplate, tags: Iterable<string>): VersionTag | null =>
  versionTags(template, tags).find(({ version }) => !isPrerelease(version)) ?? null
