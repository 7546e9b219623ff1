import { plainText } from '../base/text.js'
import type { Column } from './layout.js'
import type { Stream } from './stream.js'

/** A verb's result for a person or a pipe; the terminal decides how to write it. */
export type Page =
  | { kind: 'lines'; lines: string[] }
  /**
   * Aligned under a heading on a terminal; otherwise tab-separated, uncut and without a heading.
   */
  | {
      kind: 'table'
      columns: Column[]
      rows: string[][]
      /** Replaces a table without rows on a terminal: `no runs found`. */
      empty?: string
      /** Lines below the table, on every output. */
      text?: string[]
      /** Final lines, only on a terminal. */
      after?: string[]
    }
  /** Foreign text, such as a log, cleaned and in pieces. */
  | { kind: 'text'; chunks: AsyncIterable<string> }
  /** Bytes of a file, unchanged. */
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'nothing' }

export const lines = (...text: string[]): Page => ({ kind: 'lines', lines: text })

type Table = Extract<Page, { kind: 'table' }>

/** Formats a table's lines for the stream. */
export async function tableLines(
  { columns, empty, text = [], after = [], ...table }: Table,
  stream: Stream,
): Promise<string[]> {
  const rows = table.rows.map((row) => row.map(oneCell))
  if (!stream.isTerminal) return [...rows.map((row) => row.join('\t')), ...text]
  if (rows.length === 0) return [...(empty === undefined ? [] : [empty]), ...text, ...after]
  // Loaded late: measuring text needs much code, and a pipe does not use it.
  const { alignedLines } = await import('./layout.js')
  return [...alignedLines(shown(columns, rows), stream), ...text, ...after]
}

/** Leaves out flexible columns that are empty in every row. */
function shown(columns: Column[], rows: string[][]): Pick<Table, 'columns' | 'rows'> {
  const kept = columns.map(({ flexible }, index) => !flexible || rows.some((row) => row[index]))
  return {
    columns: columns.filter((_, index) => kept[index]),
    rows: rows.map((row) => row.filter((_, index) => kept[index])),
  }
}

const oneCell = (cell: string) => plainText(cell).replaceAll(/[\t\n\r]/g, ' ')
