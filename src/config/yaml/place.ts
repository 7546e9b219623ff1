import type { Hint } from '../../base/hint.js'
import { oneLine } from '../../base/text.js'

/** Where something stands in a file; line and column count from 1, columns in UTF-16 units. */
export interface Position {
  /** Absolute. */
  file: string
  line: number
  column: number
}

/** Where a value comes from. */
export type Source =
  | { from: 'flag'; name: string }
  | { from: 'variable'; name: string }
  /** `.env` beside the files. */
  | { from: 'env-file'; name: string; file: string }
  /** `variables`: the names that `${…}` brought in. */
  | { from: 'file'; position: Position; variables: string[] }
  | { from: 'default' }

/** Keys and list indices from the top of a file to a value. */
export type Path = readonly (string | number)[]

/** What is wrong with a value. */
export interface Fault {
  path: Path
  message: string
  /** With its key; or it is missing, which is told at the key of what it is missing in. */
  at?: 'key' | 'missing' | undefined
  hint?: Hint | undefined
  /** The known name that a wrong one may stand for. */
  nearest?: string | undefined
  /** An offset of its own, where the path leads to none. */
  offset?: number
  /** It is a path that leaves its folder. */
  escapes?: boolean
}

/** Where a value stands, by offsets in the text, and what it says there. */
export interface Place {
  key: number | undefined
  value: number
  /** A scalar as it is written, before variables were replaced. */
  text: string | undefined
  /** Whether it is in quotes, so that YAML takes it for text. */
  quoted: boolean
  /** The names that `${…}` brought in; undefined where there is none. */
  variables: readonly string[] | undefined
}

/** `repos.tools[0].branch`; names that are no plain words in quotes. */
export function formatKeyPath(path: Path): string {
  return path
    .map((step) => {
      if (typeof step === 'number') return `[${step}]`
      return /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(oneLine(step, 60))}]`
    })
    .join('')
    .replace(/^\./, '')
}
