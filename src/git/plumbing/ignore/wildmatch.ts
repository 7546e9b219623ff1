/** What one element of a pattern matches. */
type Token =
  | { kind: 'literal'; byte: string }
  /** One byte: `?` or `[…]`. */
  | { kind: 'class'; has: (code: number) => boolean; crossesSlashes: boolean }
  /** Any bytes except slashes: `*`. */
  | { kind: 'star' }
  /** Any bytes: `**` at the end, or before an escaped slash. */
  | { kind: 'all' }
  /** Any number of folders, each with its slash: `**` and its slash. */
  | { kind: 'folders' }

export type Matcher = (text: string) => boolean

export interface GlobOptions {
  ignoreCase: boolean
  /** Whether `*`, `?` and `[…]` match slashes, as in a pathspec; default: no. */
  crossesSlashes?: boolean
}

/**
 * Compiles a git glob over bytes, in which mostly only `**` crosses slashes. Matching does not backtrack,
 * so it takes time proportional to pattern times text: anyone may have written the pattern.
 *
 * @see https://git-scm.com/docs/gitignore#_pattern_format
 */
export function compileGlob(pattern: string, options: GlobOptions): Matcher {
  const { ignoreCase } = options
  const fold = ignoreCase ? lowerCase : (text: string) => text
  if (!/[*?[\\]/.test(pattern)) {
    const folded = fold(pattern)
    return (text) => fold(text) === folded
  }
  const tokens = parseGlob(pattern, options)
  if (tokens === null) return () => false
  const end = fold(literalEnd(pattern))
  return (text) => {
    const folded = fold(text)
    return folded.endsWith(end) && matchTokens(tokens, folded)
  }
}

/**
 * The text with which every match ends. Most texts do not end with it, so they are refused quickly.
 * It leaves out a slash after `**`, which may match nothing.
 */
const literalEnd = (pattern: string) => (/[^*?[\]\\]*$/.exec(pattern)?.[0] ?? '').replace(/^\//, '')

const lowerCase = (text: string) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())

/** @returns null if nothing can match: an open bracket, an unknown class, a backslash at the end */
function parseGlob(
  pattern: string,
  { ignoreCase, crossesSlashes = false }: GlobOptions,
): Token[] | null {
  // git compares the part before the first wildcard separately, so a `**` there is a leading one.
  const firstWildcard = pattern.search(/[*?[\\]/)
  const tokens: Token[] = []
  let at = 0
  while (at < pattern.length) {
    const byte = pattern[at] ?? ''
    if (byte === '*') {
      const end = endOfStars(pattern, at)
      const token: Token = crossesSlashes
        ? { kind: 'all' }
        : starToken(pattern, at, end, firstWildcard)
      tokens.push(token)
      at = token.kind === 'folders' ? end + 1 : end
    } else if (byte === '[') {
      const bracket = parseBracket(pattern, at + 1, ignoreCase)
      if (bracket === null) return null
      tokens.push({ kind: 'class', has: bracket.has, crossesSlashes })
      at = bracket.end
    } else if (byte === '?') {
      tokens.push({ kind: 'class', has: () => true, crossesSlashes })
      at++
    } else {
      const literal = byte === '\\' ? pattern[++at] : byte
      if (literal === undefined) return null
      tokens.push({ kind: 'literal', byte: ignoreCase ? lowerCase(literal) : literal })
      at++
    }
  }
  return tokens
}

function endOfStars(pattern: string, start: number): number {
  let end = start
  while (pattern[end] === '*') end++
  return end
}

/** Several stars mean more than one star only if they stand for whole folders. */
function starToken(pattern: string, start: number, end: number, first: number): Token {
  const opens = start === first || pattern[start - 1] === '/'
  if (end - start < 2 || !opens) return { kind: 'star' }
  if (pattern[end] === '/') return { kind: 'folders' }
  const closes = end === pattern.length || pattern.startsWith('\\/', end)
  return { kind: closes ? 'all' : 'star' }
}

/** Tracks which prefixes of the text the tokens so far can match. */
function matchTokens(tokens: Token[], text: string): boolean {
  let reached = new Uint8Array(text.length + 1)
  reached[0] = 1
  for (const token of tokens) reached = advance(token, text, reached)
  return reached[text.length] === 1
}

function advance(token: Token, text: string, reached: Uint8Array): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(text.length + 1)
  /** Whether what `*` or `**` stands for may go on here. */
  let open = 0
  for (let end = 0; end <= text.length; end++) {
    const here = reached[end] ?? 0
    const before = end > 0 ? (reached[end - 1] ?? 0) : 0
    const slash = end > 0 && text[end - 1] === '/'
    if (token.kind === 'literal') {
      next[end] = before & Number(text[end - 1] === token.byte)
    } else if (token.kind === 'class') {
      next[end] =
        before &
        Number((token.crossesSlashes || !slash) && end > 0 && token.has(text.charCodeAt(end - 1)))
    } else if (token.kind === 'star') {
      open = slash ? here : here | open
      next[end] = open
    } else if (token.kind === 'all') {
      open |= here
      next[end] = open
    } else {
      next[end] = slash ? here | open : here
      open |= here
    }
  }
  return next
}

const posixClasses = new Map([
  ['alnum', /[A-Za-z0-9]/],
  ['alpha', /[A-Za-z]/],
  ['blank', /[ \t]/],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it matches this class
  ['cntrl', /[\x00-\x1f\x7f]/],
  ['digit', /[0-9]/],
  ['graph', /[!-~]/],
  ['lower', /[a-z]/],
  ['print', /[ -~]/],
  ['punct', /[!-/:-@[-`{-~]/],
  ['space', /[ \t\n\v\f\r]/],
  ['upper', /[A-Z]/],
  ['xdigit', /[A-Fa-f0-9]/],
])

export interface Bracket {
  /** Whether the bracket matches a byte. */
  has: (code: number) => boolean
  /** The position after its `]`. */
  end: number
}

/**
 * Parses a bracket of a glob: `[a-c]`, `[!x]`, `[[:alpha:]_]`. If case does not count, git still
 * takes single letters in a bracket literally; only ranges and classes ignore case.
 *
 * @param start after the `[`
 * @returns null if it is open or names an unknown class: then nothing matches
 */
export function parseBracket(pattern: string, start: number, ignoreCase: boolean): Bracket | null {
  const negated = pattern[start] === '!' || pattern[start] === '^'
  const set = new Set<number>()
  const addRange = (code: number) => {
    set.add(code)
    if (ignoreCase && isUpper(code)) set.add(code + 32)
  }
  let at = negated ? start + 1 : start
  let last: number | null = null
  for (let first = true; first || pattern[at] !== ']'; first = false) {
    if (at >= pattern.length) return null
    const named = pattern[at] === '[' && pattern[at + 1] === ':' ? namedClass(pattern, at) : 'none'
    if (named === null) return null
    if (named !== 'none') {
      for (const code of named.codes) addRange(code)
      at = named.end
      last = null
      continue
    }
    const isRange: boolean =
      pattern[at] === '-' && last !== null && !']'.includes(pattern[at + 1] ?? ']')
    if (isRange) at++
    if (pattern[at] === '\\') at++
    if (at >= pattern.length) return null
    const code = pattern.charCodeAt(at++)
    if (isRange) for (let each = last ?? code; each <= code; each++) addRange(each)
    else set.add(code)
    last = isRange ? null : code
  }
  return { has: (code: number) => set.has(code) !== negated, end: at + 1 }
}

const isUpper = (code: number) => code >= 65 && code <= 90

/** `[:alpha:]` inside a bracket; 'none' if there is no `:]`, so that the bytes are literal. */
function namedClass(pattern: string, start: number) {
  const close = pattern.indexOf(']', start + 2)
  if (close < 0) return null
  if (pattern[close - 1] !== ':' || close - 1 < start + 2) return 'none'
  const test = posixClasses.get(pattern.slice(start + 2, close - 1))
  if (test === undefined) return null
  const codes = Array.from({ length: 128 }, (_, code) => code)
  return { codes: codes.filter((code) => test.test(String.fromCharCode(code))), end: close + 1 }
}
