import { constants } from 'node:fs'
import { join } from 'node:path'
import { type BytePath, joinBytes, parentsOf } from './byte-path.js'
import type { WorktreeSettings } from './config/worktree-settings.js'
import { readRuleFile } from './ignore/ignorer.js'
import { compileGlob, type Matcher } from './ignore/wildmatch.js'

export interface AttributesRequest {
  /** The work tree. */
  folder: { at(path: BytePath): string | Buffer }
  /** The one with `info/attributes`. */
  gitDir: string
  settings: Pick<WorktreeSettings, 'attributesFile' | 'ignoreCase'>
}

/** `text`, `-text`, `text=auto`; an attribute that nobody sets, or that `!text` takes back, has none. */
export type AttributeValue = string | boolean | undefined

/**
 * The attributes of a file, by name. Of two lines for an attribute the later one counts, and of two
 * files that of the nearer folder; the repository's `info/attributes` goes before all of them.
 *
 * @see https://git-scm.com/docs/gitattributes
 */
export function attributesAt(
  request: AttributesRequest,
  path: BytePath,
): ReadonlyMap<string, AttributeValue> {
  const lists = listsFor(request, path)
  const macros = new Map([...lists].reverse().flatMap(({ macros }) => macros))
  const found = new Map<string, AttributeValue>()
  const set = ([name, value]: Setting) => {
    if (found.has(name)) return
    found.set(name, value)
    if (value === true) [...(macros.get(name) ?? builtIn.get(name) ?? [])].reverse().forEach(set)
  }
  for (const { folder, rules } of lists) {
    const below = folder === '' ? path : path.slice(folder.length + 1)
    const name = path.slice(path.lastIndexOf('/') + 1)
    for (const { matches, byName, settings } of [...rules].reverse()) {
      if (matches(byName ? name : below)) [...settings].reverse().forEach(set)
    }
  }
  return found
}

type Setting = [name: string, value: AttributeValue]

const builtIn: ReadonlyMap<string, Setting[]> = new Map([
  [
    'binary',
    [
      ['diff', false],
      ['merge', false],
      ['text', false],
    ],
  ],
])

/** One line of a `.gitattributes`. */
interface AttributeRule {
  matches: Matcher
  /** The pattern has no slash, so it matches a name at any depth. */
  byName: boolean
  settings: Setting[]
}

interface AttributeList {
  /** '' for the top. */
  folder: BytePath
  rules: AttributeRule[]
  macros: [name: string, settings: Setting[]][]
}

/** The files that count for a path, the strongest first. */
function listsFor(
  { folder, gitDir, settings }: AttributesRequest,
  path: BytePath,
): AttributeList[] {
  const { attributesFile } = settings
  const read = (file: string | Buffer, flags: number, base: BytePath): AttributeList =>
    parseAttributes(readRuleFile(file, flags), base, settings)
  // git follows a symlink to the user's own files, but not one in a repository's work tree.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW
  const tracked = ['', ...parentsOf(path)].map((base) =>
    read(folder.at(joinBytes(base, '.gitattributes')), flags, base),
  )
  return [
    read(join(gitDir, 'info', 'attributes'), constants.O_RDONLY, ''),
    ...tracked.reverse(),
    ...(attributesFile === null ? [] : [read(attributesFile, constants.O_RDONLY, '')]),
  ]
}

/** @param text one character per byte */
function parseAttributes(
  text: string,
  folder: BytePath,
  options: { ignoreCase: boolean },
): AttributeList {
  const list: AttributeList = { folder, rules: [], macros: [] }
  for (const line of text.replace(/^\xef\xbb\xbf/, '').split('\n')) {
    const [, quoted, plain = '', rest = ''] =
      /^[ \t\r]*(?:"((?:[^"\\]|\\.)*)"(?=[ \t\r]|$)|([^ \t\r]+))(.*)$/s.exec(line) ?? []
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
  settings: Setting[],
  options: { ignoreCase: boolean },
): AttributeRule | null {
  if (pattern === '' || pattern.startsWith('!') || pattern.endsWith('/')) return null
  const byName = !pattern.includes('/')
  return { matches: compileGlob(pattern.replace(/^\//, ''), options), byName, settings }
}

/** @returns null for what is not the name of an attribute */
function settingOf(word: string): Setting | null {
  const [, sign, name, value] = /^([-!]?)([\w.][-\w.]*)(?:=(.*))?$/.exec(word) ?? []
  if (name === undefined) return null
  if (sign === '!') return [name, undefined]
  return [name, sign === '-' ? false : (value ?? true)]
}

const escapes: Record<string, string> = {
  ...{ a: '\u0007', b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r' },
}

/** As in C; git quotes a pattern that begins with a quote, or has a space. */
const unquote = (text: string) =>
  text.replace(/\\([0-3][0-7]{2}|.)/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (escapes[code] ?? code),
  )
