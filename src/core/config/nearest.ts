import { distance } from 'fastest-levenshtein'

/** The known word that a wrong one most likely stands for, or undefined where none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const wanted = word.toLowerCase()
  const [best] = known
    .map((name) => ({ name, far: distance(wanted, name.toLowerCase()) }))
    .filter(({ name, far }) => far <= Math.max(1, Math.min(wanted.length, name.length) / 3))
    .sort((one, other) => one.far - other.far)
  return best?.name
}
