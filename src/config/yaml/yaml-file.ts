import { LineCounter, type Node, parseDocument } from 'yaml'
import { ConfigError, type ErrorOptions } from '../../base/errors.js'
import { parseFault } from './parse-fault.js'

/** A well-formed YAML 1.2 file whose values are not validated yet. */
export interface YamlFile {
  /** Absolute. */
  path: string
  /** Its name in messages. */
  shown: string
  text: string
  lines: LineCounter
  contents: Node
}

/** @throws ConfigError if it is empty, or not well-formed YAML */
export function parseYamlText(text: string, path: string, shown: string): YamlFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const faults = firstAtEach([...document.errors, ...document.warnings])
  const errors = faults.slice(0, 20).map((fault) => {
    const { line, col } = lines.linePos(fault.pos[0])
    const { message, hint } = parseFault(fault, text)
    const place = { file: path, line, column: col, key: null, nearest: null }
    return (options?: ErrorOptions) =>
      new ConfigError(`${shown}:${line}:${col}: ${message}`, { hint, place, ...options })
  })
  const [first, ...rest] = errors
  if (first) throw first({ details: rest.map((make) => make()) })
  const { contents } = document
  if (contents?.range == null || contents.range[0] === contents.range[1]) {
    throw new ConfigError(`${shown}:1:1: the file is empty`, {
      hint: 'fill it in, or remove it',
      place: { file: path, line: 1, column: 1, key: null, nearest: null },
    })
  }
  return { path, shown, text, lines, contents }
}

/** Further errors at the same place follow from the first one. */
function firstAtEach<T extends { pos: [number, number] }>(faults: T[]): T[] {
  const seen = new Set<number>()
  return faults.filter(({ pos: [offset] }) => !seen.has(offset) && seen.add(offset))
}
