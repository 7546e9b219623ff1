import type { Stage } from './stage.js'

/** A check after an act, and whether it holds. */
export interface Fact {
  what: string
  seen: string
  holds: boolean
}

export interface Act {
  title: string
  play(stage: Stage): Promise<Fact[]>
}

export function is<T extends string | number>(seen: T, wanted: T) {
  return { seen: shown(seen), holds: seen === wanted }
}

export const atMost = (seen: number, most: number) => ({ seen: `${seen}`, holds: seen <= most })

export const all = (seen: string[], wanted: string[]) => ({
  seen: `${seen.length} of ${wanted.length}`,
  holds: seen.length === wanted.length,
})

/** On one line; an object id is shortened as in git. */
function shown(value: string | number): string {
  const text = `${value}`.trim().replaceAll('\n', ' ')
  return /^[0-9a-f]{40}$/.test(text) ? text.slice(0, 7) : text
}
