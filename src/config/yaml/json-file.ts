import { LineCounter, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import { ConfigError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import type { YamlFile } from './yaml-file.js'

/**
 * Reads JSON (RFC 8259) into the same nodes as YAML, so that its values have positions. JSON.parse
 * has none, and the YAML library takes what is not JSON: other quotes, and a comma at the end.
 *
 * @param key only this key of the top is read, as in a package.json
 * @throws ConfigError if it is malformed, lacks the key, or a map has a key twice
 */
export function parseJsonText(text: string, path: string, shown: string, key?: string): YamlFile {
  const lines = linesOf(text)
  const fail = (offset: number, message: string, hint?: string): never => {
    const { line, col } = lines.linePos(offset)
    const place = { file: path, line, column: col, key: null, nearest: null }
    throw new ConfigError(`${shown}:${line}:${col}: ${message}`, { hint, place })
  }
  if (text.trim() === '') fail(0, 'the file is empty', 'fill it in, or remove it')
  const { top, twice } = new JsonReader(text, fail).read()
  const contents = key === undefined ? top : valueAt(top, key)
  if (contents === undefined) return fail(0, `the file has no key "${key}"`)
  const [from = 0, to = 0] = contents.range ?? []
  // What else a package.json has twice is not our business.
  const wrong = twice.find(({ offset }) => offset >= from && offset < to)
  if (wrong)
    fail(wrong.offset, `${JSON.stringify(oneLine(wrong.name, 60))} appears twice in this map`)
  return { path, shown, text, lines, contents }
}

function linesOf(text: string): LineCounter {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    lines.addNewLine(at + 1)
  }
  return lines
}

/** As JSON.parse, the last of several counts. */
const valueAt = (top: Node, key: string): Node | undefined =>
  top instanceof YAMLMap
    ? (top.items.findLast((pair) => (pair.key as Scalar).value === key)?.value as Node | undefined)
    : undefined

/** Levels. No real file has so many, and many more would exhaust the stack. */
const deepest = 200

const literals: Record<string, true | false | null> = { true: true, false: false, null: null }

class JsonReader {
  readonly twice: { name: string; offset: number }[] = []
  #at: number
  #depth = 0
  readonly #text: string
  readonly #fail: (offset: number, message: string, hint?: string) => never

  constructor(text: string, fail: (offset: number, message: string, hint?: string) => never) {
    this.#text = text
    this.#fail = fail
    this.#at = text.startsWith('\ufeff') ? 1 : 0
  }

  read(): { top: Node; twice: JsonReader['twice'] } {
    const top = this.#value()
    this.#skipBlanks()
    if (this.#at < this.#text.length) this.#unexpected('the end of the file')
    return { top, twice: this.twice }
  }

  #value(): Node {
    this.#skipBlanks()
    const mark = this.#text[this.#at]
    if (mark === '{') return this.#nested(() => this.#map())
    if (mark === '[') return this.#nested(() => this.#list())
    if (mark === '"') return this.#string()
    return this.#number() ?? this.#literal() ?? this.#unexpected('a value')
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > deepest) this.#fail(this.#at, 'nested too deeply')
    const value = read()
    this.#depth--
    return value
  }

  #map(): YAMLMap {
    const map = new YAMLMap()
    const from = this.#at
    const names = new Set<unknown>()
    this.#entries('}', () => {
      if (this.#text[this.#at] !== '"') this.#unexpected('a key in double quotes')
      const key = this.#string()
      if (names.has(key.value)) this.twice.push({ name: key.value, offset: key.range?.[0] ?? 0 })
      names.add(key.value)
      this.#skipBlanks()
      if (this.#text[this.#at] !== ':') this.#unexpected('":" and a value after the key')
      this.#at++
      map.items.push(new Pair(key, this.#value()))
    })
    map.range = [from, this.#at, this.#at]
    return map
  }

  #list(): YAMLSeq {
    const list = new YAMLSeq()
    const from = this.#at
    this.#entries(']', () => list.items.push(this.#value()))
    list.range = [from, this.#at, this.#at]
    return list
  }

  #entries(end: '}' | ']', read: () => void): void {
    this.#at++
    this.#skipBlanks()
    while (this.#text[this.#at] !== end) {
      read()
      this.#skipBlanks()
      if (this.#text[this.#at] === end) break
      if (this.#text[this.#at] !== ',') this.#unexpected(`"," or "${end}"`)
      const comma = this.#at++
      this.#skipBlanks()
      if (this.#text[this.#at] === end) this.#fail(comma, `an extra comma before "${end}"`)
    }
    this.#at++
  }

  #string(): Scalar<string> {
    const from = this.#at
    let end = from + 1
    for (; this.#text[end] !== '"'; end++) {
      if (end >= this.#text.length || this.#text[end] === '\n') {
        this.#fail(from, 'an unclosed quote')
      }
      if (this.#text[end] === '\\') end++
    }
    this.#at = end + 1
    return this.#scalar(this.#decoded(from), from, Scalar.QUOTE_DOUBLE)
  }

  #decoded(from: number): string {
    try {
      return JSON.parse(this.#text.slice(from, this.#at))
    } catch {
      return this.#fail(from, 'a text with an invalid escape sequence or a control character')
    }
  }

  #number(): Scalar<number> | null {
    const [text] = this.#match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y) ?? []
    return text === undefined ? null : this.#scalar(Number(text), this.#at - text.length)
  }

  #literal(): Scalar | null {
    const [text] = this.#match(/(?:true|false|null)(?!\w)/y) ?? []
    return text === undefined ? null : this.#scalar(literals[text], this.#at - text.length)
  }

  #scalar<T>(value: T, from: number, type: Scalar.Type = Scalar.PLAIN): Scalar<T> {
    const scalar = new Scalar(value)
    const isQuoted = type === Scalar.QUOTE_DOUBLE
    const source = this.#text.slice(from, this.#at)
    return Object.assign(scalar, {
      type,
      source: isQuoted ? source.slice(1, -1) : source,
      range: [from, this.#at, this.#at] as [number, number, number],
    })
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found) this.#at = pattern.lastIndex
    return found
  }

  #skipBlanks(): void {
    this.#match(/[ \t\r\n]+/y)
  }

  /** The text itself is not shown, because it may be a token. */
  #unexpected(expected: string): never {
    const isComment = /^\/[/*]/.test(this.#text.slice(this.#at, this.#at + 2))
    const isOver = this.#at >= this.#text.length
    const hint = isComment
      ? 'JSON has no comments; YAML has'
      : 'it is not valid JSON, or was cut off here'
    this.#fail(
      this.#at,
      isOver ? `the file ends here; expected ${expected}` : `expected ${expected}`,
      hint,
    )
    throw new TypeError('fail must throw')
  }
}
