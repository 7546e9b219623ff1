const posixClasses = new Map([
  ['alnum', /[A-Za-z0-9]/],
  ['alpha', /[A-Za-z]/],
  ['blank', /[ \t]/],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the class is about them
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
  /** Whether it takes a byte. */
  has: (code: number) => boolean
  /** Behind its `]`. */
  end: number
}

/**
 * `[a-c]`, `[!x]`, `[[:alpha:]_]` of a glob.
 * Where case does not count, git still takes the letters of a bracket as they are, but for those of a range or class.
 *
 * @param start behind the `[`
 * @returns null where it is open, or names a class that is none: then nothing matches
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

/** `[:alpha:]` within a bracket; 'none' where there is no `:]`, so that the bytes stand for themselves. */
function namedClass(pattern: string, start: number) {
  const close = pattern.indexOf(']', start + 2)
  if (close < 0) return null
  if (pattern[close - 1] !== ':' || close - 1 < start + 2) return 'none'
  const test = posixClasses.get(pattern.slice(start + 2, close - 1))
  if (test === undefined) return null
  const codes = Array.from({ length: 128 }, (_, code) => code)
  return { codes: codes.filter((code) => test.test(String.fromCharCode(code))), end: close + 1 }
}
