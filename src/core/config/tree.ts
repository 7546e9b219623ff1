import type { Lookup } from './interpolate.js'
import { isContainer, offsetOf, TreeReader } from './tree-reader.js'
import type { YamlFile } from './yaml-file.js'

/** Keys and list indices from the top of a file to a value. */
export type Path = readonly (string | number)[]

/** What is wrong with a value. */
export interface Fault {
  path: Path
  message: string
  /** With its key; or it is missing, which is told at the key of what it is missing in. */
  at?: 'key' | 'missing' | undefined
  hint?: string | undefined
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

export interface ReadOptions {
  lookup: Lookup
  /** Whether `${…}` in the value at this path is no business of ours (a shell's, say). */
  isLiteral(path: Path): boolean
  /** Whether a value that is one unset `${NAME}`, or empty, counts as not there. */
  mayBeUnset(path: Path): boolean
}

/** The values of a file, and where each of them stands. */
export interface Tree {
  value: unknown
  /** The place of what is at the path, or of the nearest thing around it. */
  place(path: Path): Place
  /** undefined where the file has nothing there. */
  exactPlace(path: Path): Place | undefined
  faults: Fault[]
}

/**
 * Turns the nodes of a file into plain values with `${…}` replaced, aliases and merge keys (`<<`) followed.
 * Our own walk and not the library's `toJS`, for the place of each value, for what it lets through
 * (tags that make other classes, collections as keys), and to bound what aliases expand to.
 */
export function readTree(file: YamlFile, options: ReadOptions): Tree {
  const reader = new TreeReader(options)
  const { value } = reader.read(file.contents, [])
  const top: Place = {
    key: undefined,
    value: offsetOf(file.contents),
    text: undefined,
    quoted: false,
    variables: undefined,
  }
  const find = (path: Path): { place: Place; exact: boolean } => {
    let place = top
    let container = value
    for (const step of path) {
      const inner = isContainer(container) ? reader.places.get(container)?.get(step) : undefined
      if (inner === undefined) return { place, exact: false }
      place = inner
      container = (container as Record<string | number, unknown>)[step]
    }
    return { place, exact: true }
  }
  return {
    value,
    faults: reader.faults,
    place: (path) => find(path).place,
    exactPlace(path) {
      const { place, exact } = find(path)
      return exact ? place : undefined
    },
  }
}
