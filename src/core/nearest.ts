import { distance } from 'fastest-levenshtein'

/** The known names that a wrong one may stand for, in any case, the nearest alone; empty where none is near. */
export function nearest(word: string, names: readonly string[]): string[] {
  const wanted = word.toUpperCase()
  return names
    .map((name) => ({ name, far: distance(wanted, name.toUpperCase()) }))
    .filter(({ name, far }) => far <= mostTypos(Math.min(wanted.length, name.length)))
    .sort((one, other) => one.far - other.far)
    .filter(({ far }, _index, [best]) => far === best?.far)
    .slice(0, 3)
    .map(({ name }) => name)
}

/** Two letters that changed places count as two. */
const mostTypos = (length: number) => (length < 4 ? 1 : Math.max(2, Math.floor(length / 3)))

/** A hint that names the nearest, or undefined. */
export function didYouMean(word: string, names: readonly string[]): string | undefined {
  const near = nearest(word, names)
  return near.length === 0 ? undefined : `did you mean ${near.join(' or ')}?`
}
