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
  readonly #entries = new Map<number, UsualEntry>()

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
      const usual = this.#usualEntry(indent, rest)
      if (usual !== undefined) items.push(usual)
      else if (this.#isEmpty(rest)) items.push(this.#below(indent, false))
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

  /** A mapping in a list, whose lines all have a key and a usual text: by one pattern, for speed. */
  #usualEntry(indent: number, from: number): PlainValue | undefined {
    const wanted = this.#wanted
    if (wanted === undefined) return undefined
    const inner = indent + from - this.#from
    let entry = this.#entries.get(inner)
    if (entry === undefined) {
      entry = usualEntry(inner)
      this.#entries.set(inner, entry)
    }
    const { pattern, next } = entry
    pattern.lastIndex = from
    if (!pattern.test(this.#all)) return undefined
    const end = pattern.lastIndex
    const values: Record<string, PlainValue> = {}
    for (const key of wanted) {
      const text = this.#textIn(key, { from, end, inner, next })
      if (text !== undefined) values[key] = text
    }
    this.#at = end + 1
    this.#leave(indent)
    return values
  }

  /** The text of a key in a usual entry. */
  #textIn(
    key: string,
    {
      from,
      end,
      inner,
      next,
    }: { from: number; end: number; inner: number } & Pick<UsualEntry, 'next'>,
  ): string | undefined {
    const all = this.#all
    let at = from
    if (!all.startsWith(`${key}: `, from)) {
      const known = next.get(key) ?? 0
      at = known > from ? known : all.indexOf(`\n${' '.repeat(inner)}${key}: `, from)
      // One in a later entry is not looked for again.
      next.set(key, at === -1 ? all.length : at)
      if (at === -1 || at >= end) return undefined
      at += inner + 1
    }
    const begin = at + key.length + 2
    const line = all.indexOf('\n', begin)
    const to = line > end ? end : line
    const isQuoted = all.charCodeAt(begin) === 0x22
    return isQuoted ? all.slice(begin + 1, to - 1) : this.#textOf(key, begin, to)
  }

  /** To the next line, which must not go on with the text of this one. */
  #leave(indent: number): void {
    this.#advance()
    if (this.#indent > indent) throw new Unusual()
  }
}

interface UsualEntry {
  /** All its lines but the indentation of the first and the end of the last. */
  pattern: RegExp
  /** Where the next line with a wanted key is, as far as it is known. */
  next: Map<string, number>
}

function usualEntry(indent: number): UsualEntry {
  const line = String.raw`[\w.][\w.-]*: (?:[\w./][\w./-]*|"[^"\\\n]*")`
  const lines = String.raw`${line}(?:\n {${indent}}${line})*(?=\n(?! {${indent}}))`
  return { pattern: new RegExp(lines, 'y'), next: new Map() }
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
