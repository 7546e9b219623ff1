import type { BytePath } from '../byte-path.js'
import { compileGlob, type Matcher } from './wildmatch.js'

/** One line of a `.gitignore`. */
export interface IgnoreRule {
  matches: Matcher
  /** It has no slash within, so it is the name that must match, at any depth. */
  byName: boolean
  foldersOnly: boolean
  /** `!`: what matches is not ignored after all. */
  negated: boolean
}

/** The rules of one file, for the paths below the folder that it stands in. */
export interface RuleList {
  /** '' for the top. */
  folder: BytePath
  rules: IgnoreRule[]
}

/**
 * @param text the file's bytes, a character each
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

/** Spaces at the end do not count, but for one behind a backslash. */
function trimSpaces(line: string): string {
  let end = 0
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '\\') at++
    if (line[at] !== ' ' || line[at - 1] === '\\') end = at + 1
  }
  return line.slice(0, end)
}

/** What the last rule that matches says of a path; null where none does. */
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
