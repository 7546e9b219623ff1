import semver from 'semver'

/** The versions that a plugin's author allows. */
export interface VersionRange {
  /** @param version semantic, or nearly so: see `readVersion` */
  includes(version: semver.SemVer): boolean
}

/**
 * Reads a range as npm writes it (`^1.2`, `>=1 <2 || 3`), or as Python does (`>=1.0,<1.4`, `~=1.4`,
 * `==1.*`, `!=1.5`). The name in front of `udos >=1.2` does not count.
 *
 * @returns null if it is neither
 * @see https://github.com/npm/node-semver#ranges
 * @see https://peps.python.org/pep-0440/#version-specifiers
 */
export function readRange(text: string): VersionRange | null {
  const bare = text.replace(/^udos\s*/i, '').trim()
  if (bare === '') return null
  // npm reads `~=1.4` and `==1.4` too, but not as their authors mean them.
  const npm = /,|[~=!]=/.test(bare) ? null : semver.validRange(bare)
  if (npm !== null) return { includes: (version) => isIn(version, npm) }
  const clauses = bare.split(',').map((clause) => clauseIn(clause.trim()))
  if (!clauses.every((clause) => clause !== null)) return null
  return { includes: (version) => clauses.every((clause) => clause(version)) }
}

/** In manifests a bare version of uDOS is the minimum. */
export const readMinimum = (text: string): VersionRange | null => {
  const [, version] = /^(?:udos\s*)?v?(\d+(?:\.\d+){0,2})$/i.exec(text.trim()) ?? []
  return readRange(version === undefined ? text : `>=${version}`)
}

/** A version, semantic or nearly so (`v1.2`, `20260104`); null if it is not one. */
export const readVersion = (text: string): semver.SemVer | null =>
  semver.parse(text) ?? semver.coerce(/^\s*v?\d/i.test(text) ? text : null)

type Clause = (version: semver.SemVer) => boolean

const isIn = (version: semver.SemVer, range: string): boolean =>
  semver.satisfies(version, range, { includePrerelease: true })

const clausePattern =
  /^(~=|===?|!=|<=?|>=?)?\s*v?(\d+(?:\.\d+){0,2}(?:(?:-|(?=[a-z]))[\w.-]+)?)(\.\*)?$/i

/** One of a list that Python separates by commas. */
function clauseIn(text: string): Clause | null {
  const [, operator = '', version = '', star] = clausePattern.exec(text) ?? []
  const parsed = version === '' ? null : semver.coerce(version, { includePrerelease: true })
  if (parsed === null) return npmClause(text)
  if (star !== undefined) return prefixClause(operator, version)
  if (operator === '~=') return compatible(version)
  const exact = parsed.version
  if (operator === '!=') return (one) => !isIn(one, `=${exact}`)
  // Without an operator it is npm's: `1.2` is any 1.2.
  if (operator === '') return npmClause(version)
  const npm = operator.startsWith('==') ? '=' : operator
  return (one) => isIn(one, `${npm}${exact}`)
}

/** People mix both: `^1.2,!=1.3`. */
function npmClause(text: string): Clause | null {
  const range = text === '' || /[~=!]=/.test(text) ? null : semver.validRange(text)
  return range === null ? null : (one) => isIn(one, range)
}

/** `==1.4.*` is any 1.4, `!=1.4.*` none of them. */
function prefixClause(operator: string, version: string): Clause | null {
  if (operator === '!=') return (one) => !isIn(one, `${version}.x`)
  return operator === '==' || operator === '' ? (one) => isIn(one, `${version}.x`) : null
}

/** `~=1.4.2` is at least 1.4.2, and a 1.4; `~=1.4` is at least 1.4, and a 1. */
function compatible(version: string): Clause | null {
  const numbers = version.split(/[^\d.]/)[0]?.split('.') ?? []
  if (numbers.length < 2) return null
  const same = numbers.slice(0, -1).join('.')
  const least = semver.coerce(version, { includePrerelease: true })?.version
  return (one) => isIn(one, `>=${least}`) && isIn(one, `${same}.x`)
}
