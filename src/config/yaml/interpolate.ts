/** The value of a variable; undefined if it is unset or empty. */
export type Lookup = (name: string) => string | undefined

export interface Interpolated {
  text: string
  /** The variables whose values were inserted. */
  variables: string[]
  /** Variables that are unset and have no default. */
  unset: string[]
  /** A syntax error. */
  problem?: string
}

/** Whether there is anything to replace. */
export const hasVariables = (text: string): boolean => text.includes('${')

/** The name in a text that is exactly one `${NAME}`; if that is unset, nothing is left. */
export const oneVariable = (text: string): string | undefined =>
  /^\$\{(\w+)\}$/.exec(text.trim())?.[1]

/**
 * Replaces `${NAME}` and `${NAME:-default}`; a default may contain variables. `$${` means the
 * characters `${`. Inserted values are not searched again.
 */
export function interpolate(text: string, lookup: Lookup): Interpolated {
  const result: Interpolated = { text: '', variables: [], unset: [] }
  const scanner: Scanner = { text, at: 0, lookup, result }
  result.text = scan(scanner, { nested: false, needed: true })
  return result
}

interface Scanner {
  text: string
  at: number
  lookup: Lookup
  result: Interpolated
}

/** `needed` is false in an unused default, whose variables may be unset. */
interface Part {
  nested: boolean
  needed: boolean
}

const special = /\$\$\{|\$\{|\}/g

const variable = /([A-Za-z_]\w*)(:-|\})/y

function scan(scanner: Scanner, part: Part): string {
  let out = ''
  for (;;) {
    special.lastIndex = scanner.at
    const match = special.exec(scanner.text)
    out += scanner.text.slice(scanner.at, match?.index)
    if (match === null) {
      scanner.at = scanner.text.length
      if (part.nested) scanner.result.problem ??= `"\${" without a "}"`
      return out
    }
    scanner.at = match.index + match[0].length
    if (match[0] === '}' && part.nested) return out
    out += match[0] === '${' ? replace(scanner, part.needed) : match[0].replace('$$', '$')
  }
}

function replace(scanner: Scanner, needed: boolean): string {
  variable.lastIndex = scanner.at
  const [whole, name, ending] = variable.exec(scanner.text) ?? []
  if (whole === undefined || name === undefined) {
    scanner.result.problem ??= `"\${" without a name, followed by "}" or ":-"; write "$$" for a plain "$"`
    return ''
  }
  scanner.at += whole.length
  const value = scanner.lookup(name)
  const fallback =
    ending === ':-' ? scan(scanner, { nested: true, needed: needed && !value }) : undefined
  if (value) {
    if (needed) scanner.result.variables.push(name)
    return value
  }
  if (fallback === undefined && needed) scanner.result.unset.push(name)
  return fallback ?? ''
}
