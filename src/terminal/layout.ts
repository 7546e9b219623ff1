import stringWidth from 'string-width'
import { cut, cutMiddle, wrapCell } from './cut.js'
import { type Column, type Fitted, fitColumns, gap } from './fit.js'
import type { Stream } from './stream.js'

/** A cell's clean text, and the web page that it names. */
export interface LinkedCell {
  text: string
  link: string | null
}

interface Table {
  columns: Column[]
  rows: LinkedCell[][]
}

/** A table as wide as the terminal allows; on a narrow one a list. */
export function tableOn(stream: Stream, { columns, rows }: Table): string[] {
  const texts = rows.map((row) => row.map(({ text }) => text))
  const fitted = fitColumns(columns, texts, stream.width)
  if (fitted === null) return rows.flatMap((row) => listed(columns, row, stream))
  const heading = columns.map(({ title }) => ({ text: title, link: null }))
  const plain = columns.map(({ tone: _, ...column }) => column)
  return [
    ...rowLines({ columns: plain, fitted, row: heading, stream }).map((line) =>
      stream.paint('faint', line),
    ),
    ...rows.flatMap((row) => rowLines({ columns, fitted, row, stream })),
  ]
}

interface Row {
  columns: Column[]
  fitted: Fitted
  row: LinkedCell[]
  stream: Stream
}

/** One line, or more if a cell is wrapped. */
function rowLines({ columns, fitted: { kept, widths }, row, stream }: Row): string[] {
  const cells = kept.map((index, position) => {
    const column = columns[index] as Column
    const { text = '', link = null } = row[index] ?? {}
    const width = widths[position] ?? 0
    const tone = column.tone?.(text)
    const show = (part: string) => {
      const painted = tone === undefined ? part : stream.paint(tone, part)
      const shown = link === null ? painted : stream.link(link, painted)
      const space = ' '.repeat(Math.max(0, width - stringWidth(part)))
      return column.align === 'right' ? space + shown : shown + space
    }
    return { width, parts: partsOf(text, column, width, stream.ellipsis).map(show) }
  })
  const height = Math.max(...cells.map(({ parts }) => parts.length))
  return Array.from({ length: height }, (_, line) =>
    cells
      .map(({ parts, width }) => parts[line] ?? ' '.repeat(width))
      .join(' '.repeat(gap))
      .trimEnd(),
  )
}

function partsOf(text: string, column: Column, width: number, ellipsis: string): string[] {
  if (column.cut === 'wrap') return wrapCell(text, width)
  return [column.cut === 'middle' ? cutMiddle(text, width, ellipsis) : cut(text, width, ellipsis)]
}

/** A row where there is no room for columns: its first cell, and the others below it by name. */
function listed(columns: Column[], row: LinkedCell[], stream: Stream): string[] {
  const [first = { text: '', link: null }, ...others] = row
  // The name is what matters most, so it is not faint.
  const tone = columns
    .map((column, index) => column.tone?.(row[index]?.text ?? ''))
    .find((one) => one !== undefined && one !== 'faint')
  const show = (part: string) => {
    const painted = tone === undefined ? part : stream.paint(tone, part)
    return first.link === null ? painted : stream.link(first.link, painted)
  }
  const named = others
    .map(({ text }, index) => ({ title: columns[index + 1]?.title.toLowerCase(), text }))
    .filter(({ text }) => text !== '')
    .map(({ title, text }) => `${title}: ${text}`)
  const indent = '  '
  return [
    ...wrapCell(first.text, stream.width).map(show),
    ...(named.length === 0 ? [] : wrapCell(named.join(', '), stream.width - indent.length)).map(
      (line) => indent + line,
    ),
  ]
}
