import { plainText } from '../base/text.js'
import type { Column } from './layout.js'
import type { Stream } from './stream.js'

/** What a verb's result looks like to a person or a pipe; the terminal decides how it is written. */
export type Page =
  | { kind: 'lines'; lines: string[] }
  /** Aligned under a heading on a terminal; elsewhere tab-separated and uncut, without one. */
  | {
      kind: 'table'
      columns: Column[]
      rows: string[][]
      /** Lines below it, wherever it is shown. */
      text?: string[]
      /** What a person is told at the end, on a terminal. */
      after?: string[]
    }
  /** Somebody else's, cleaned already, as it comes: a log. */
  | { kind: 'text'; chunks: AsyncIterable<string> }
  /** Unchanged: a file's content. */
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'nothing' }

export const lines = (...text: string[]): Page => ({ kind: 'lines', lines: text })

type Table = Extract<Page, { kind: 'table' }>

/** A table's lines, as the stream can show them. */
export async function tableLines(
  { columns, text = [], after = [], ...table }: Table,
  stream: Stream,
): Promise<string[]> {
  const rows = table.rows.map((row) => row.map(oneCell))
  if (!stream.isTerminal) return [...rows.map((row) => row.join('\t')), ...text]
  if (rows.length === 0) return [...text, ...after]
  // How wide letters are is much to load, and a pipe does not care.
  const { alignedLines } = await import('./layout.js')
  return [...alignedLines(shown(columns, rows), stream), ...text, ...after]
}

/** Without what could be cut and is empty all the way down. */
function shown(columns: Column[], rows: string[][]): Pick<Table, 'columns' | 'rows'> {
  const kept = columns.map(({ flexible }, index) => !flexible || rows.some((row) => row[index]))
  return {
    columns: columns.filter((_, index) => kept[index]),
    rows: rows.map((row) => row.filter((_, index) => kept[index])),
  }
}

const oneCell = (cell: string) => plainText(cell).replaceAll(/[\t\n\r]/g, ' ')
