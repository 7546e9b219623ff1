import picomatch from 'picomatch'
import type { SourceEntry } from '../files/repos.js'

type NameFilters = Pick<SourceEntry, 'match' | 'exclude'>

/** Whether a name passes `match` and `exclude`; case does not count. */
export const matchesName = (filters: NameFilters, name: string): boolean =>
  nameMatcher(filters)(name)

/** For many names. */
export function nameMatcher({ match, exclude }: NameFilters): (name: string) => boolean {
  const options = { nocase: true, dot: true }
  const isMatch = picomatch(match, options)
  const isExcluded = picomatch(exclude, options)
  return (name) => (match.length === 0 || isMatch(name)) && !isExcluded(name)
}
