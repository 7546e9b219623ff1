/** Every scalar is a text, as in YAML's failsafe schema. */
export type PlainValue = string | PlainValue[] | { [key: string]: PlainValue }

/**
 * Reads the YAML that people write for a configuration: mappings, lists and scalars of one line,
 * `{…}` and `[…]` within a line, and comments. It takes a fiftieth of the time of the yaml package,
 * which matters where somebody waits for a Tab.
 *
 * @param wanted the keys whose texts are read, as collecting garbage takes most of the time; others
 *   are left out. Default: all
 * @returns undefined if the text has anything else (anchors, tags, texts of several lines), or is
 *   malformed
 */
export function readPlainYaml(text: string, wanted?: ReadonlySet<string>): PlainValue | undefined {
  if (unusual.test(text)) return undefined
  try {
    return new Reader(text, wanted).whole()
  } catch (error) {
    if (error instanceof Unusual) return undefined
    throw error
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: YAML allows few of these characters
const unusual = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufeff]|\r(?!\n)/

class Unusual extends Error {}

/** A key with quotes, or with characters that few keys have, and the rest of its line. */
const keyed = /^(?:([\w./$(\u00a1-\uffff][^#]*?)|"([^"\\]*)"|'([^']*)')\s*:(?:\s+(.*))?$/

/** The line in hand is a range and its indentation: a file of many lines makes no object for each. */
class Reader {
  readonly #all: string
  readonly #wanted: ReadonlySet<string> | undefined
  readonly #hasBackslash: boolean
  /** Where the line behind the one in hand begins. */
  #at = 0
  /** -1 behind the last line. */
  #indent = -1
  #from = 0
  #to = 0
  /** Where the value of the key begins that `#takeKey` took. */
  #value = 0
  /** Each key once. */
  readonly #keys: string[] = []
  /** The latest text of a key, which the next entry often repeats. */
  readonly #latest = new Map<string, string>()

  /** By indentation. */
  readonly #unwanted = new Map<number, RegExp>()

  constructor(all: string, wanted: ReadonlySet<string> | undefined) {
    this.#all = all
    this.#wanted = wanted
    this.#hasBackslash = all.includes('\\')
  }

  whole(): PlainValue {
    this.#advance()
    if (this.#indent === 0 && this.#all.slice(this.#from, this.#to) === '---') this.#advance()
    if (this.#indent !== 0) throw new Unusual()
    const value = this.#block(0)
    if (!this.#isOver) throw new Unusual()
    return value
  }

  get #isOver(): boolean {
    return this.#indent === -1
  }

  /** To the next line with more than blanks and a comment. */
  #advance(): void {
    const all = this.#all
    while (this.#at < all.length) {
      const begin = this.#at
      const next = all.indexOf('\n', begin)
      const end = next === -1 ? all.length : next
      this.#at = end + 1
      const from = this.#skipBlanks(begin, end)
      let to = end
      while (to > from && isBlank(all.charCodeAt(to - 1))) to--
      if (to === from || all.charCodeAt(from) === hash) continue
      this.#indent = from - begin
      this.#from = from
      this.#to = to
      return
    }
    this.#indent = -1
    this.#from = this.#to
  }

  #skipBlanks(from: number, to: number): number {
    let at = from
    while (at < to && isBlank(this.#all.charCodeAt(at))) at++
    return at
  }

  #isItem(from = this.#from): boolean {
    if (this.#all.charCodeAt(from) !== dash || from === this.#to) return false
    return from + 1 === this.#to || this.#all.charCodeAt(from + 1) === space
  }

  #block(indent: number): PlainValue {
    return this.#isItem() ? this.#list(indent) : this.#mapping(indent)
  }

  #list(indent: number): PlainValue[] {
    const items: PlainValue[] = []
    while (this.#indent === indent && this.#isItem()) {
      const rest = this.#skipBlanks(this.#from + 1, this.#to)
      if (this.#isEmpty(rest)) items.push(this.#below(indent, false))
      else if (this.#isItem(rest) || this.#takeKey(rest) !== undefined) {
        // The rest is a block of its own, as if it began in a new line.
        this.#indent = indent + rest - this.#from
        this.#from = rest
        items.push(this.#block(this.#indent))
      } else items.push(this.#inLine(indent, rest))
    }
    return items
  }

  #mapping(indent: number): PlainValue {
    const entries: Record<string, PlainValue> = {}
    let count = 0
    for (; this.#indent === indent; count++) {
      const key = this.#isItem() ? undefined : this.#takeKey(this.#from)
      if (key === undefined || key === '__proto__' || Object.hasOwn(entries, key)) break
      const from = this.#value
      if (this.#isEmpty(from)) entries[key] = this.#below(indent, true)
      else if (this.#wanted?.has(key) === false && this.#isText(from)) this.#leave(indent)
      else entries[key] = this.#inLine(indent, from, key)
    }
    if (count === 0 || this.#indent === indent) throw new Unusual()
    return entries
  }

  #isEmpty(from: number): boolean {
    return from === this.#to || this.#all.charCodeAt(from) === hash
  }

  /** The key that begins there in the line; where its value begins is in `#value`. */
  #takeKey(from: number): string | undefined {
    const end = this.#skipUsual(from)
    const behind = end + 1
    const isKey = end > from && this.#all.charCodeAt(end) === colon && behind <= this.#to
    if (isKey && (behind === this.#to || this.#all.charCodeAt(behind) === space)) {
      this.#value = this.#skipBlanks(behind, this.#to)
      return this.#keyIn(from, end)
    }
    const found = keyed.exec(this.#all.slice(from, this.#to))
    if (found === null) return undefined
    const [, plain, double, single, rest = ''] = found
    this.#value = this.#to - rest.length
    return plain ?? double ?? single
  }

  #keyIn(from: number, end: number): string {
    for (const key of this.#keys)
      if (key.length === end - from && this.#all.startsWith(key, from)) return key
    const key = this.#all.slice(from, end)
    if (this.#keys.length < 32) this.#keys.push(key)
    return key
  }

  /** Behind the usual characters. */
  #skipUsual(from: number): number {
    usual.lastIndex = from
    return usual.test(this.#all) ? usual.lastIndex : from
  }

  /** Whether the rest of the line is certainly one text; where it is false, it may be one too. */
  #isText(from: number): boolean {
    const quote = this.#all.charAt(from)
    if (quote === '"' || quote === "'")
      return !this.#hasBackslash && this.#all.indexOf(quote, from + 1) === this.#to - 1
    return this.#skipUsual(from) === this.#to
  }

  /** What belongs to a key or a dash with nothing behind it; a list may be as deep as its key. */
  #below(indent: number, isKey: boolean): PlainValue {
    this.#advance()
    if (this.#indent > indent) {
      const value = this.#block(this.#indent)
      if (this.#indent > indent) throw new Unusual()
      return value
    }
    return isKey && this.#indent === indent && this.#isItem() ? this.#list(indent) : ''
  }

  #inLine(indent: number, from: number, key = ''): PlainValue {
    const to = this.#to
    const isUsualText = this.#skipUsual(from) === to
    this.#leave(indent)
    if (isUsualText) return this.#textOf(key, from, to)
    const text = this.#all.slice(from, to)
    return isFlow(text) ? readFlow(text) : scalar(text)
  }

  #textOf(key: string, from: number, to: number): string {
    const latest = this.#latest.get(key)
    if (latest?.length === to - from && this.#all.startsWith(latest, from)) return latest
    const text = this.#all.slice(from, to)
    this.#latest.set(key, text)
    return text
  }

  /** The lines behind this one that have unwanted keys of the same mapping, all by one pattern. */
  #skipUnwanted(indent: number): void {
    if (this.#wanted === undefined) return
    let lines = this.#unwanted.get(indent)
    if (lines === undefined) {
      const keys = `(?!(?:${[...this.#wanted].join('|')}):)[\\w.][\\w.-]*`
      const line = `\\n {${indent}}${keys}: (?:[\\w./][\\w./-]*|"[^"\\\\\\n]*")(?=\\n)`
      lines = new RegExp(`(?:${line})+`, 'y')
      this.#unwanted.set(indent, lines)
    }
    lines.lastIndex = this.#at - 1
    if (lines.test(this.#all)) this.#at = lines.lastIndex + 1
  }

  /** To the next line, which must not go on with the text of this one. */
  #leave(indent: number): void {
    this.#skipUnwanted(indent)
    this.#advance()
    if (this.#indent > indent) throw new Unusual()
  }
}

const space = 0x20
const hash = 0x23
const dash = 0x2d
const colon = 0x3a

/** A space, or the CR of a CR LF; the other blanks are unusual. */
const isBlank = (code: number) => code === space || code === 0x0d

/** Letters, digits and `_./-`; a dash is not the first. */
const usual = /[\w./][\w./-]*/y

const isFlow = (text: string) => text.startsWith('{') || text.startsWith('[')

const quoted = /^(?:"([^"\\]*)"|'((?:[^']|'')*)')(?:\s+#.*)?$/
const bare = /^[\w./$(~+\u00a1-\uffff]/

function scalar(text: string): string {
  const found = quoted.exec(text)
  if (found !== null) return found[1] ?? found[2]?.replaceAll("''", "'") ?? ''
  const [value = ''] = text.split(/\s+#/, 1)
  if (!bare.test(text) || /:(?:\s|$)/.test(value)) throw new Unusual()
  return value
}

const flowBare =
  /[\w./$(~+*\u00a1-\uffff](?:[^,[\]{}:#\s]|:(?![\s,[\]{}]|$)|\s+(?![#\s]|$)(?![,[\]{}:]))*/y
const flowQuoted = /"([^"\\]*)"|'((?:[^']|'')*)'/y
const blanks = /\s*/y
const flowEnd = /\s*(?:\s#.*)?$/y

/** `{ owner: uDOS, repo: typo }` */
function readFlow(text: string): PlainValue {
  let at = 0
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found) at = pattern.lastIndex
    return found
  }
  const next = (char: string) => {
    take(blanks)
    if (text[at] !== char) return false
    at++
    return true
  }
  const word = (): string => {
    const found = take(flowQuoted)
    if (found !== null) return found[1] ?? found[2]?.replaceAll("''", "'") ?? ''
    const plain = text[at] === '*' ? null : take(flowBare)
    if (plain === null) throw new Unusual()
    return plain[0]
  }
  const value = (): PlainValue => {
    take(blanks)
    if (text[at] === '{') return mapping()
    if (text[at] === '[') return list()
    return word()
  }
  const list = (): PlainValue[] => {
    at++
    const items: PlainValue[] = []
    while (!next(']')) {
      items.push(value())
      if (!next(',') && text[skipped()] !== ']') throw new Unusual()
    }
    return items
  }
  const mapping = (): PlainValue => {
    at++
    const entries: Record<string, PlainValue> = {}
    while (!next('}')) {
      const key = word()
      if (Object.hasOwn(entries, key) || key === '__proto__' || !next(':')) throw new Unusual()
      take(blanks)
      entries[key] = text[at] === ',' || text[at] === '}' ? '' : value()
      if (!next(',') && text[skipped()] !== '}') throw new Unusual()
    }
    return entries
  }
  const skipped = () => {
    take(blanks)
    return at
  }
  const found = value()
  flowEnd.lastIndex = at
  if (!flowEnd.test(text)) throw new Unusual()
  return found
}
