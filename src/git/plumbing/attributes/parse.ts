import type { BytePath } from '../byte-path.js'
import { compileGlob, type Matcher } from '../ignore/wildmatch.js'

/** `text`, `-text`, `text=auto`; an attribute that nobody sets, or that `!text` takes back, has none. */
export type AttributeValue = string | boolean | undefined

export type AttributeSetting = [name: string, value: AttributeValue]

/** One line of a `.gitattributes`. */
export interface AttributeRule {
  matches: Matcher
  /** The pattern has no slash, so it matches a name at any depth. */
  byName: boolean
  settings: AttributeSetting[]
  /** Its pattern has wildcards, so it takes longer. */
  isWild: boolean
}

/** One file of them. */
export interface AttributeList {
  /** '' for the top. */
  folder: BytePath
  rules: AttributeRule[]
  macros: [name: string, settings: AttributeSetting[]][]
}

/**
 * @param text one character per byte
 * @see https://git-scm.com/docs/gitattributes
 */
export function parseAttributes(
  text: string,
  folder: BytePath,
  options: { ignoreCase: boolean },
): AttributeList {
  const list: AttributeList = { folder, rules: [], macros: [] }
  for (const line of text.split('\n')) {
    if (line.length >= longestLine) continue
    const [, quoted, plain = '', rest = ''] =
      /^[ \t\r]*(?:"((?:[^"\\]|\\.)*)"|([^ \t\r]+))(.*)$/s.exec(line) ?? []
    const pattern = quoted === undefined ? plain : unquote(quoted)
    const words = rest.split(/[ \t\r]+/).filter((word) => word !== '')
    const settings = words.map(settingOf).filter((setting) => setting !== null)
    // As git, which ignores a line with a word that is none of its own.
    if (settings.length < words.length) continue
    if (pattern.startsWith('[attr]')) {
      // git takes macros from the top only.
      if (folder === '') list.macros.push([pattern.slice('[attr]'.length), settings])
      continue
    }
    const rule = plain.startsWith('#') ? null : ruleOf(pattern, settings, options)
    if (rule !== null) list.rules.push(rule)
  }
  return list
}

/** @returns null for a pattern that matches no file: of a folder, or with `!`, which git forbids */
function ruleOf(
  pattern: string,
  settings: AttributeSetting[],
  options: { ignoreCase: boolean },
): AttributeRule | null {
  if (pattern === '' || pattern.startsWith('!') || pattern.endsWith('/')) return null
  const byName = !pattern.includes('/')
  const isWild = /[*?[\\]/.test(pattern)
  return { matches: compileGlob(pattern.replace(/^\//, ''), options), byName, settings, isWild }
}

/** @returns null for what is not the name of an attribute */
function settingOf(word: string): AttributeSetting | null {
  const [, sign, name, value] = /^([-!]?)([\w.][-\w.]*)(?:=(.*))?$/.exec(word) ?? []
  if (name === undefined) return null
  if (sign === '!') return [name, undefined]
  return [name, sign === '-' ? false : (value ?? true)]
}

/** git ignores a line of so many bytes. */
const longestLine = 2048

const escapes: Record<string, string> = {
  ...{ a: '\u0007', b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r' },
}

/** As in C; git quotes a pattern that begins with a quote, or has a space. */
const unquote = (text: string) =>
  text.replace(/\\([0-3][0-7]{2}|.)/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (escapes[code] ?? code),
  )
