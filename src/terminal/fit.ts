import stringWidth from 'string-width'
import { cutMiddle } from './cut.js'
import type { Tone } from './stream.js'

export interface Column {
  title: string
  align?: 'right'
  /**
   * How a cell shrinks on a narrow terminal: a name in its middle, prose at its end, and what must
   * be read whole goes on below. Without it, the column keeps its width.
   */
  cut?: 'middle' | 'end' | 'wrap'
  /** Where the terminal is too narrow, columns with a number go: the lowest first. */
  spare?: number
  tone?: (cell: string) => Tone | undefined
}

/** Spaces between columns. */
export const gap = 2

/** A narrower terminal has a list in place of a table that does not fit whole. */
const narrow = 60

/** Columns that a cell has at least, where it has that much text. */
const least = { middle: 12, end: 12, wrap: 20 }

export interface Fitted {
  /** The columns that stay, by their index. */
  kept: number[]
  /** Of those, in characters on the screen. */
  widths: number[]
}

/**
 * Chooses columns and their widths for a terminal: first prose shrinks, then the least useful columns
 * go, then names are cut, but never so that two of them look alike.
 *
 * @returns null if a list says more
 */
export function fitColumns(columns: Column[], rows: string[][], width: number): Fitted | null {
  const natural = columns.map(({ title }, index) => widest(rows, index, stringWidth(title)))
  const uncut = columns.map(({ cut, spare }, index) => {
    const whole = natural[index] ?? 0
    if (cut === undefined) return whole
    if (cut !== 'middle') return Math.min(whole, least[cut])
    // A name that may go is rather cut than left out.
    return spare === undefined ? whole : distinctWidth(rows, index, whole)
  })
  const all = [...columns.keys()]
  const isFit = (kept: number[], smallest: number[]) => total(kept, smallest) <= width
  if (width < narrow && !isFit(all, uncut)) return null
  let kept = all
  while (!isFit(kept, uncut)) {
    const spare = leastUseful(columns, kept)
    if (spare === null) break
    kept = kept.filter((index) => index !== spare)
  }
  const smallest = isFit(kept, uncut)
    ? uncut
    : uncut.map((whole, index) =>
        columns[index]?.cut === 'middle' ? distinctWidth(rows, index, whole) : whole,
      )
  if (!isFit(kept, smallest)) return null
  return { kept, widths: grow({ columns, kept, smallest, natural, width }) }
}

const widest = (rows: string[][], index: number, title: number) =>
  rows.reduce((most, row) => Math.max(most, stringWidth(row[index] ?? '')), title)

const total = (kept: number[], widths: number[]) =>
  kept.reduce((sum, index) => sum + (widths[index] ?? 0) + gap, -gap)

function leastUseful(columns: Column[], kept: number[]): number | null {
  const spare = kept.filter((index) => columns[index]?.spare !== undefined)
  const order = (index: number) => columns[index]?.spare ?? 0
  return spare.reduce<number | null>(
    (first, index) => (first === null || order(index) < order(first) ? index : first),
    null,
  )
}

/** The smallest width at which no two names look alike. */
function distinctWidth(rows: string[][], index: number, whole: number): number {
  const names = [...new Set(rows.map((row) => row[index] ?? ''))]
  for (let width = least.middle; width < whole; width++) {
    if (new Set(names.map((name) => cutMiddle(name, width, '…'))).size === names.length)
      return width
  }
  return whole
}

/** Who gets room first. */
const precedence = ['middle', 'wrap', 'end']

/** Gives the room that is left to the columns that lack some, the narrowest first. */
function grow({
  columns,
  kept,
  smallest,
  natural,
  width,
}: {
  columns: Column[]
  kept: number[]
  smallest: number[]
  natural: number[]
  width: number
}): number[] {
  const widths = [...smallest]
  const of = (list: number[], index: number) => list[index] ?? 0
  let left = width - total(kept, widths)
  for (const kind of precedence) {
    const lacking = () =>
      kept.filter((index) => columns[index]?.cut === kind && of(widths, index) < of(natural, index))
    for (let some = lacking(); left > 0 && some.length > 0; some = lacking()) {
      const one = some.reduce((a, b) => (of(widths, b) < of(widths, a) ? b : a))
      widths[one] = of(widths, one) + 1
      left--
    }
  }
  return kept.map((index) => of(widths, index))
}
