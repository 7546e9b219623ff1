/** Every scalar is a text, as in YAML's failsafe schema. */
export type PlainValue = string | PlainValue[] | { [key: string]: PlainValue }

/**
 * Reads the YAML that people write for a configuration: mappings, lists and scalars of one line,
 * `{…}` and `[…]` within a line, and comments. It takes a fiftieth of the time of the yaml package,
 * which matters where somebody waits for a Tab.
 *
 * @returns undefined if the text has anything else (anchors, tags, texts of several lines), or is
 *   malformed
 */
export function readPlainYaml(text: string): PlainValue | undefined {
  if (unusual.test(text)) return undefined
  try {
    return new Reader(linesOf(text)).whole()
  } catch (error) {
    if (error instanceof Unusual) return undefined
    throw error
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: YAML allows few of these characters
const unusual = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufeff]|\r(?!\n)/

class Unusual extends Error {}

interface Line {
  indent: number
  text: string
}

/** Without empty lines, comments, and the `---` before the first line. */
function linesOf(text: string): Line[] {
  const lines: Line[] = []
  for (const line of text.split(/\r?\n/)) {
    const content = line.trimStart()
    if (content === '' || content.startsWith('#')) continue
    if (lines.length === 0 && line.trimEnd() === '---') continue
    lines.push({ indent: line.length - content.length, text: content.trimEnd() })
  }
  return lines
}

/** A key that needs no quotes, or has them, and the rest of its line. */
const keyed = /^(?:([\w./$(\u00a1-\uffff][^#]*?)|"([^"\\]*)"|'([^']*)')\s*:(?:\s+(.*))?$/

class Reader {
  readonly #lines: Line[]
  #at = 0

  constructor(lines: Line[]) {
    this.#lines = lines
  }

  whole(): PlainValue {
    const [first] = this.#lines
    if (first === undefined || first.indent > 0) throw new Unusual()
    const value = this.#block(0)
    if (this.#at < this.#lines.length) throw new Unusual()
    return value
  }

  get #line(): Line | undefined {
    return this.#lines[this.#at]
  }

  #block(indent: number): PlainValue {
    return this.#isItem(indent) ? this.#list(indent) : this.#mapping(indent)
  }

  #isItem(indent: number): boolean {
    const line = this.#line
    return line?.indent === indent && (line.text === '-' || line.text.startsWith('- '))
  }

  #list(indent: number): PlainValue[] {
    const items: PlainValue[] = []
    while (this.#isItem(indent)) {
      const text = this.#line?.text ?? ''
      const rest = text.slice(1).trimStart()
      if (rest === '' || rest.startsWith('#')) items.push(this.#below(indent, false))
      else if (rest === '-' || rest.startsWith('- ') || (keyed.test(rest) && !isFlow(rest))) {
        // The rest is a block of its own, as if it began in a new line.
        const inner = indent + text.length - rest.length
        this.#lines[this.#at] = { indent: inner, text: rest }
        items.push(this.#block(inner))
      } else items.push(this.#inLine(indent, rest))
    }
    return items
  }

  #mapping(indent: number): PlainValue {
    const entries: Record<string, PlainValue> = {}
    for (let line = this.#line; line?.indent === indent; line = this.#line) {
      const found = keyed.exec(line.text)
      if (found === null || this.#isItem(indent)) throw new Unusual()
      const [, plain, double, single, rest = ''] = found
      const key = plain ?? double ?? single ?? ''
      if (Object.hasOwn(entries, key) || key === '__proto__') throw new Unusual()
      entries[key] =
        rest === '' || rest.startsWith('#') ? this.#below(indent, true) : this.#inLine(indent, rest)
    }
    if (Object.keys(entries).length === 0) throw new Unusual()
    return entries
  }

  /** What belongs to a key or a dash with nothing behind it; a list may be as deep as its key. */
  #below(indent: number, isKey: boolean): PlainValue {
    this.#at++
    const line = this.#line
    if (line !== undefined && line.indent > indent) {
      const value = this.#block(line.indent)
      if ((this.#line?.indent ?? 0) > indent) throw new Unusual()
      return value
    }
    return isKey && this.#isItem(indent) ? this.#list(indent) : ''
  }

  #inLine(indent: number, text: string): PlainValue {
    this.#at++
    if ((this.#line?.indent ?? 0) > indent) throw new Unusual()
    return isFlow(text) ? readFlow(text) : scalar(text)
  }
}

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
