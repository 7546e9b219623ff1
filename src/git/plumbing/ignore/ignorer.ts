import { closeSync, constants, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode } from '../../../base/fs/read.js'
import { type BytePath, joinBytes } from '../byte-path.js'
import type { WorktreeSettings } from '../config/worktree-settings.js'
import { compileGlob, type Matcher } from './wildmatch.js'

/** The ignore rules that apply in one folder of a work tree. */
export interface Ignorer {
  /** Whether git ignores this entry of the folder. */
  ignores(path: BytePath, isFolder: boolean): boolean
  /** The rules inside a subfolder. */
  enter(path: BytePath): Ignorer
}

export interface IgnorerRequest {
  /** The work tree. */
  folder: { at(path: BytePath): string | Buffer }
  gitDir: string
  settings: WorktreeSettings
}

/**
 * The rules at the top: the user's own, the repository's `info/exclude`, and the top's
 * `.gitignore`. They are read on first use, because a folder without untracked files does not need
 * them.
 */
export const createIgnorer = (request: IgnorerRequest): Ignorer => whenAsked(() => top(request))

function top({ folder, gitDir, settings }: IgnorerRequest): Ignorer {
  const read = (path: string | Buffer, flags: number, base: BytePath): RuleList => ({
    folder: base,
    rules: parseRules(readRuleFile(path, flags) ?? '', settings),
  })
  const lists = [join(gitDir, 'info', 'exclude')]
  if (settings.excludesFile !== null) lists.unshift(settings.excludesFile)
  // git follows a symlink to the user's own files, but not one in a repository's work tree.
  const own = lists.map((path) => read(path, constants.O_RDONLY, ''))
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW
  return within(own, '', (path) => read(folder.at(joinBytes(path, '.gitignore')), flags, path))
}

function within(above: RuleList[], path: BytePath, read: (path: BytePath) => RuleList): Ignorer {
  const mine = read(path)
  const lists = mine.rules.length === 0 ? above : [...above, mine]
  const ignores = (below: BytePath, isFolder: boolean) => {
    for (let at = lists.length - 1; at >= 0; at--) {
      const list = lists[at]
      const verdict = list === undefined ? null : verdictOf(list, below, isFolder)
      if (verdict !== null) return verdict === 'ignored'
    }
    return false
  }
  return {
    ignores,
    enter: (below) =>
      whenAsked(() => (ignores(below, true) ? everything : within(lists, below, read))),
  }
}

function whenAsked(make: () => Ignorer): Ignorer {
  let made: Ignorer | undefined
  const rules = () => {
    made ??= make()
    return made
  }
  return {
    ignores: (path, isFolder) => rules().ignores(path, isFolder),
    enter: (path) => whenAsked(() => rules().enter(path)),
  }
}

/** Nothing inside an ignored folder can be included again. */
const everything: Ignorer = { ignores: () => true, enter: () => everything }

/** The content of a file with rules, one character per byte; null if there is none. */
export function readRuleFile(path: string | Buffer, flags: number): string | null {
  let fd: number
  try {
    fd = openSync(path, flags)
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return null
    throw error
  }
  try {
    return readFileSync(fd, 'latin1')
  } catch (error) {
    // As git, which takes a folder for an empty file.
    if (hasCode(error, 'EISDIR')) return ''
    throw error
  } finally {
    closeSync(fd)
  }
}

/** One line of a `.gitignore`. */
export interface IgnoreRule {
  matches: Matcher
  /** The pattern has no inner slash, so it matches a name at any depth. */
  byName: boolean
  foldersOnly: boolean
  /** `!`: includes what matches again. */
  negated: boolean
}

/** The rules of one `.gitignore`, for the paths below its folder. */
export interface RuleList {
  /** '' for the top. */
  folder: BytePath
  rules: IgnoreRule[]
}

/**
 * @param text the file's content, one character per byte
 * @see https://git-scm.com/docs/gitignore
 */
export function parseRules(text: string, options: { ignoreCase: boolean }): IgnoreRule[] {
  const lines = text.replace(/^\xef\xbb\xbf/, '').split('\n')
  return lines.flatMap((line) => {
    const rule = parseRule(line.replace(/\r$/, ''), options)
    return rule === null ? [] : [rule]
  })
}

function parseRule(line: string, options: { ignoreCase: boolean }): IgnoreRule | null {
  if (line === '' || line.startsWith('#')) return null
  let pattern = trimSpaces(line)
  const negated = pattern.startsWith('!')
  if (negated) pattern = pattern.slice(1)
  const foldersOnly = pattern.endsWith('/')
  if (foldersOnly) pattern = pattern.slice(0, -1)
  const byName = !pattern.includes('/')
  if (pattern.startsWith('/')) pattern = pattern.slice(1)
  return { matches: compileGlob(pattern, options), byName, foldersOnly, negated }
}

/** Removes trailing spaces, except one after a backslash. */
function trimSpaces(line: string): string {
  let end = 0
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '\\') at++
    if (line[at] !== ' ' || line[at - 1] === '\\') end = at + 1
  }
  return line.slice(0, end)
}

/** The result of the last rule that matches a path; null if none does. */
export function verdictOf(
  { folder, rules }: RuleList,
  path: BytePath,
  isFolder: boolean,
): 'ignored' | 'kept' | null {
  const below = folder === '' ? path : path.slice(folder.length + 1)
  const name = path.slice(path.lastIndexOf('/') + 1)
  for (let at = rules.length - 1; at >= 0; at--) {
    const rule = rules[at]
    if (rule === undefined || (rule.foldersOnly && !isFolder)) continue
    if (rule.matches(rule.byName ? name : below)) return rule.negated ? 'kept' : 'ignored'
  }
  return null
}
