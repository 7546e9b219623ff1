/** Chooses other points for kills: a seed; or all points, which is slow: `all`. */
const choice = process.env.WIZARD_KILL_POINTS ?? '1'

export const seedOfKills = choice === 'all' ? 'at every point' : `points of seed ${choice}`

/**
 * The steps at which to kill a process: the first, the last, and one in each of equally long
 * stretches between them, chosen by the seed.
 */
export function killPoints(steps: number, wanted: number): number[] {
  if (choice === 'all') return Array.from({ length: steps }, (_, index) => index + 1)
  const random = numbersFrom(Number(choice))
  const stretch = (steps - 2) / (wanted - 2)
  const between = Array.from({ length: wanted - 2 }, (_, index) =>
    Math.floor(2 + (index + random()) * stretch),
  )
  return [...new Set([1, ...between, steps])]
}

/** Mulberry32: numbers from 0 to 1, the same for the same seed. */
function numbersFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
