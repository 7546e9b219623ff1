import { readFileSync, realpathSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { ConfigError } from '../../../base/errors.js'
import { hasCode } from '../../../base/fs/read.js'
import { bytesOf } from '../byte-path.js'
import { compileGlob } from '../ignore/wildmatch.js'

/** Values of git's configuration; the last value of a key wins. */
export class GitConfig {
  readonly #values: Map<string, string[]>

  constructor(values: Map<string, string[]>) {
    this.#values = values
  }

  /** @param key `section.key` or `section.subsection.key`; section and key in lower case */
  get(key: string): string | undefined {
    return this.#values.get(key)?.at(-1)
  }

  all(key: string): string[] {
    return this.#values.get(key) ?? []
  }

  /** All keys with a prefix, such as `submodule.`. */
  keys(prefix: string): string[] {
    return [...this.#values.keys()].filter((key) => key.startsWith(prefix))
  }

  boolean(key: string, otherwise: boolean): boolean {
    const value = this.get(key)?.toLowerCase()
    if (value === undefined) return otherwise
    if (['true', 'yes', 'on'].includes(value)) return true
    if (['false', 'no', 'off', ''].includes(value)) return false
    return /^-?\d+$/.test(value) ? Number(value) !== 0 : otherwise
  }
}

/**
 * Reads the configuration of one repository, on top of the user's own if `userFiles` names any, and
 * what they include: `include.path`, and `includeIf` by the place of the repository (`gitdir:`).
 *
 * @param home of the user, for `~/` in an include
 * @throws ConfigError if git could not read a file
 */
export function readGitConfig(gitDir: string, userFiles: string[] = [], home?: string): GitConfig {
  const files = [...userFiles, join(gitDir, 'config')]
  return collect(files.flatMap((path) => [...entriesOf(path, { gitDir, home }, 0)]))
}

/**
 * Reads a text in the form of git's configuration.
 *
 * @param needsValue matches the keys that can't be given by their names only
 * @throws ConfigError if git could not read it
 */
export function parseConfig(path: string, text: string, needsValue?: RegExp): GitConfig {
  return collect(parseGitConfig(path, text, needsValue))
}

function collect(settings: [string, string][]): GitConfig {
  const values = new Map<string, string[]>()
  for (const [key, value] of settings) values.set(key, [...(values.get(key) ?? []), value])
  return new GitConfig(values)
}

interface Place {
  gitDir: string
  home: string | undefined
}

/** How deep git follows includes. */
const mostIncludes = 10

/** The settings of a file, with those of an included file in its place. */
function* entriesOf(path: string, place: Place, depth: number): Generator<[string, string]> {
  if (depth > mostIncludes) {
    throw new ConfigError(`${path}: git's configuration includes files in a loop`, {
      hint: 'run `git config --list --show-origin`',
    })
  }
  for (const [key, value] of parseGitConfig(path, readText(path))) {
    yield [key, value]
    if (key !== 'include.path' && !isIncludedHere(key, path, place)) continue
    const included = expanded(value, place.home)
    if (included !== null) yield* entriesOf(resolve(dirname(path), included), place, depth + 1)
  }
}

/** @see https://git-scm.com/docs/git-config#_conditional_includes */
function isIncludedHere(key: string, path: string, { gitDir, home }: Place): boolean {
  const [, ignoreCase, condition] = /^includeif\.gitdir(\/i)?:(.*)\.path$/s.exec(key) ?? []
  const pattern = condition === undefined ? null : expanded(condition, home)
  if (pattern === null) return false
  const absolute = pattern.startsWith('./') ? join(dirname(path), pattern) : pattern
  const anchored = isAbsolute(absolute) ? absolute : `**/${absolute}`
  const glob = anchored.endsWith('/') ? `${anchored}**` : anchored
  const matches = compileGlob(bytesOf(glob), { ignoreCase: ignoreCase !== undefined })
  return matches(bytesOf(resolve(gitDir))) || matches(bytesOf(realPath(gitDir)))
}

/** With the user's home for `~/`; null if there is none. */
function expanded(path: string, home: string | undefined): string | null {
  if (!path.startsWith('~/')) return path
  return home ? join(home, path.slice(1)) : null
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return path
    throw error
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return ''
    throw error
  }
}

const sectionLine = /^\[\s*([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\\n]|\\[^\n])*)")?\s*\]/
const keyName = /^([A-Za-z][A-Za-z0-9-]*)[ \t]*/

/** The section that a line begins, with its subsection: `remote.origin`; null for any other line. */
export function sectionOf(line: string): string | null {
  const heading = sectionLine.exec(line)
  return heading && sectionName(heading[1] ?? '', heading[2])
}

/** @see https://git-scm.com/docs/git-config#_syntax */
function parseGitConfig(path: string, text: string, needsValue?: RegExp): [string, string][] {
  const found: [string, string][] = []
  const lines = joinContinued(text.replace(/^\ufeff/, ''))
  let section = ''
  for (const { number, text: line } of lines) {
    let rest = line.trim()
    const heading = sectionLine.exec(rest)
    if (heading !== null) {
      section = sectionName(heading[1] ?? '', heading[2])
      rest = rest.slice(heading[0].length).trim()
    }
    if (rest === '' || rest.startsWith('#') || rest.startsWith(';')) continue
    const key = keyName.exec(rest)
    const name = key && `${section}.${key[1]?.toLowerCase()}`
    const text = key && rest.slice(key[0].length)
    const lacksValue = name !== null && !text?.startsWith('=') && needsValue?.test(name)
    const value = text === null || lacksValue ? null : parseValue(text)
    if (name === null || value === null || section === '') {
      throw new ConfigError(`${path}:${number}: git's configuration can't be read`, {
        hint: 'run `git config --list`',
      })
    }
    found.push([name, value])
  }
  return found
}

/** A backslash at the end of a line joins it with the next one. */
function joinContinued(text: string): { number: number; text: string }[] {
  const lines: { number: number; text: string }[] = []
  let open = false
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const last = lines.at(-1)
    const continues = /(?:^|[^\\])(?:\\\\)*\\$/.test(line) && !/^\s*[#;]/.test(line)
    const body = continues ? line.slice(0, -1) : line
    if (open && last !== undefined) last.text += body
    else lines.push({ number: at + 1, text: body })
    open = continues
  }
  return lines
}

const sectionName = (name: string, subsection: string | undefined) =>
  subsection === undefined
    ? name.toLowerCase()
    : `${name.toLowerCase()}.${subsection.replace(/\\(.)/g, '$1')}`

const escapes: Record<string, string> = { n: '\n', t: '\t', b: '\b', '"': '"', '\\': '\\' }

/**
 * Parses what follows the key: nothing (true), or `=` and a value, parts of which may be quoted.
 */
function parseValue(text: string): string | null {
  if (text === '' || /^[#;]/.test(text)) return 'true'
  if (!text.startsWith('=')) return null
  let value = ''
  let kept = 0
  let quoted = false
  for (let at = 1; at < text.length; at++) {
    const character = text[at] ?? ''
    if (character === '"') {
      quoted = !quoted
      kept = value.length
    } else if (character === '\\') {
      const escaped = escapes[text[++at] ?? '']
      if (escaped === undefined) return null
      value += escaped
      kept = value.length
    } else if (!quoted && (character === '#' || character === ';')) {
      break
    } else if (!quoted && /\s/.test(character)) {
      if (value !== '') value += character
    } else {
      value += character
      kept = value.length
    }
  }
  return quoted ? null : value.slice(0, kept)
}
