import stringWidth from 'string-width'
import { plainText } from '../base/text.js'
import type { Stream, Tone } from './stream.js'

/** A heading and rows in columns, as wide as their text requires and the terminal allows. */
export function alignedLines(
  { columns, rows }: { columns: Column[]; rows: string[][] },
  stream: Stream,
): string[] {
  const widths = fitWidths(columns, rows, stream.width)
  const heading = columns.map(({ title }) => title)
  return [
    stream.paint('faint', layOut(columns, widths, heading).trimEnd()),
    ...rows.map((row) => layOut(columns, widths, row, stream).trimEnd()),
  ]
}

function layOut(columns: Column[], widths: number[], cells: string[], stream?: Stream): string {
  return columns
    .map((column, index) => {
      const width = widths[index] ?? 0
      const cell = cut(cells[index] ?? '', width)
      const space = ' '.repeat(Math.max(0, width - stringWidth(cell)))
      const tone = column.tone?.(cells[index] ?? '')
      const shown = stream && tone ? stream.paint(tone, cell) : cell
      return column.align === 'right' ? space + shown : shown + space
    })
    .join('  ')
}

/** The widest cell of each column; if that is too wide, the flexible columns shrink. */
function fitWidths(columns: Column[], rows: string[][], width: number): number[] {
  const widths = columns.map(({ title }, index) =>
    rows.reduce(
      (widest, row) => Math.max(widest, stringWidth(row[index] ?? '')),
      stringWidth(title),
    ),
  )
  let tooMuch = widths.reduce((sum, one) => sum + one + 2, -2) - width
  while (tooMuch > 0) {
    const widest = columns
      .map((column, index) => ({ index, width: column.flexible ? (widths[index] ?? 0) : 0 }))
      .reduce((one, other) => (other.width > one.width ? other : one))
    if (widest.width <= 8) break
    const less = Math.min(tooMuch, Math.max(1, Math.floor(widest.width / 4)))
    widths[widest.index] = widest.width - less
    tooMuch -= less
  }
  return widths
}

/** Cuts a text without escapes to this many columns. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  let shown = ''
  for (const letter of text) {
    if (stringWidth(shown + letter) > width - 1) break
    shown += letter
  }
  return `${shown}…`
}

/** Characters to show on each side of an error. */
const around = 60

/** A line of a file, cut if it is long, and a caret below the given column, which starts at 1. */
export function excerpt(source: string, column: number): [line: string, caret: string] {
  const at = column - 1
  const before = shown(source.slice(Math.max(0, at - around), at))
  const after = shown(source.slice(at, at + around))
  // East Asian characters are two columns wide, and combining marks have no width.
  return [`  ${before}${after}`, `  ${' '.repeat(stringWidth(before))}^`]
}

const shown = (text: string) => plainText(text).replaceAll('\t', ' ')

export interface Column {
  title: string
  align?: 'right'
  /** The column may be cut if the terminal is too narrow. */
  flexible?: boolean
  tone?: (cell: string) => Tone | undefined
}
