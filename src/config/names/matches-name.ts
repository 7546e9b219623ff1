import picomatch from 'picomatch'
import type { SourceEntry } from '../files/repos.js'

/** Whether a name passes `match` and `exclude`; case does not count. */
export function matchesName(
  { match, exclude }: Pick<SourceEntry, 'match' | 'exclude'>,
  name: string,
): boolean {
  const options = { nocase: true, dot: true }
  return (
    (match.length === 0 || picomatch.isMatch(name, match, options)) &&
    !picomatch.isMatch(name, exclude, options)
  )
}

