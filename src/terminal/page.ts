import { plainText } from '../base/text.js'
import type { Column } from './fit.js'
import type { LinkedCell } from './layout.js'
import type { Stream } from './stream.js'

/** Text, or a name and the web page that it is a link to. */
export type Cell = string | { text: string; link: string | null | undefined }

/** A verb's result for a person or a pipe; the terminal decides how to write it. */
export type Page =
  | { kind: 'lines'; lines: string[] }
  /**
   * Aligned under a heading on a terminal; otherwise tab-separated, uncut and without a heading.
   */
  | {
      kind: 'table'
      columns: Column[]
      rows: Cell[][]
      /** Replaces a table without rows on a terminal: `no runs found`. */
      empty?: string
      /** Lines below the table, on every output. */
      text?: string[]
      /** Final lines, only on a terminal. */
      after?: string[]
    }
  /** Foreign text, such as a log, cleaned and in pieces. */
  | { kind: 'text'; chunks: AsyncIterable<string> }
  /** Bytes of a file, unchanged; on a terminal without escape sequences. */
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'nothing' }

export const lines = (...text: string[]): Page => ({ kind: 'lines', lines: text })

/** Foreign text that is there already. */
export const textPage = (text: string): Page => ({ kind: 'text', chunks: oneChunk(text) })

export async function* oneChunk(text: string): AsyncGenerator<string> {
  yield text
}

/** A cell's text, without its link. */
export const cellText = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.text)

type Table = Extract<Page, { kind: 'table' }>

/** The table itself, formatted for the stream, and the lines below it as they are. */
export async function tableLines(
  { columns, empty, text = [], after = [], ...table }: Table,
  stream: Stream,
  redact: (text: string) => string,
): Promise<{ formatted: string[]; below: string[] }> {
  const rows = table.rows.map((row) => row.map((cell) => cleanCell(cell, stream, redact)))
  if (!stream.isTerminal) {
    const formatted = rows.map((row) => row.map((cell) => cell.text).join('\t'))
    return { formatted: formatted.map((row) => stream.asLine(row)), below: text }
  }
  if (rows.length === 0)
    return { formatted: [], below: [...(empty === undefined ? [] : [empty]), ...text, ...after] }
  // Loaded late: measuring text needs much code, and a pipe does not use it.
  const { tableOn } = await import('./layout.js')
  return { formatted: tableOn(stream, withoutEmpty(columns, rows)), below: [...text, ...after] }
}

/** Leaves out columns that may go and are empty in every row. */
function withoutEmpty(columns: Column[], rows: LinkedCell[][]) {
  const kept = columns.map(
    ({ cut, spare }, index) =>
      (cut === undefined && spare === undefined) || rows.some((row) => row[index]?.text),
  )
  return {
    columns: columns.filter((_, index) => kept[index]),
    rows: rows.map((row) => row.filter((_, index) => kept[index])),
  }
}

/** On one line, without escapes and secrets; an address with a secret is not one to follow. */
function cleanCell(cell: Cell, stream: Stream, redact: (text: string) => string): LinkedCell {
  const text = plainText(redact(cellText(cell))).replaceAll(/[\t\n\r]/g, ' ')
  const link = typeof cell === 'string' ? null : (cell.link ?? null)
  return {
    text: stream.isTerminal ? stream.legible(text) : text,
    link: link !== null && redact(link) === link ? link : null,
  }
}
