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

export interface Column {
  title: string
  align?: 'right'
  /** May be cut where the terminal is too narrow. */
  flexible?: boolean
  tone?: (cell: string) => Tone | undefined
}

export type Tone = 'good' | 'bad' | 'warning' | 'faint' | 'strong'

export const lines = (...text: string[]): Page => ({ kind: 'lines', lines: text })
