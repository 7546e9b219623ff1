import type { Hint } from '../../base/hint.js'
import { oneLine } from '../../base/text.js'

/** A position in a file; line and column start at 1, columns count UTF-16 units. */
export interface Position {
  /** Absolute. */
  file: string
  line: number
  column: number
}

/** The source of a value. */
export type Source =
  | { from: 'flag'; name: string }
  | { from: 'variable'; name: string }
  /** `.env` beside the files. */
  | { from: 'env-file'; name: string; file: string }
  /** `variables`: the names in its `${…}`. */
  | { from: 'file'; position: Position; variables: string[] }
  | { from: 'default' }

/** Keys and list indices from the top of a file to a value. */
export type Path = readonly (string | number)[]

/** An error in a value. */
export interface Fault {
  path: Path
  message: string
  /**
   * The error is at its key; or the value is missing, which is reported at the key of its parent.
   */
  at?: 'key' | 'missing' | undefined
  hint?: Hint | undefined
  /** The known name that a wrong one probably means. */
  nearest?: string | undefined
  /** An explicit offset, if the path leads nowhere. */
  offset?: number
  /** The value is a path that leaves its folder. */
  escapes?: boolean
}

/** The position of a value, as offsets in the text, and its text. */
export interface Place {
  key: number | undefined
  value: number
  /** A scalar as written, before variables were replaced. */
  text: string | undefined
  /** Whether it is quoted, so that YAML reads it as text. */
  quoted: boolean
  /** The names in its `${…}`; undefined if there are none. */
  variables: readonly string[] | undefined
}

/** `repos.tools[0].branch`; other names are quoted. */
export function formatKeyPath(path: Path): string {
  return path
    .map((step) => {
      if (typeof step === 'number') return `[${step}]`
      return /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(oneLine(step, 60))}]`
    })
    .join('')
    .replace(/^\./, '')
}
