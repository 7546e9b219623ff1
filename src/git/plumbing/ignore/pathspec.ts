import { WizardError } from '../../../base/errors.js'
import { compileGlob, type Matcher } from './wildmatch.js'

const words = ['top', 'icase', 'glob', 'literal', 'exclude'] as const
type Magic = Set<(typeof words)[number]>

const signs: Record<string, (typeof words)[number]> = { '/': 'top', '!': 'exclude', '^': 'exclude' }

/**
 * Compiles pathspecs that start from the top of a work tree, over bytes. Without one that includes,
 * all paths are included.
 *
 * @see https://git-scm.com/docs/gitglossary#Documentation/gitglossary.txt-aiddefpathspecapathspec
 * @throws WizardError for one that git refuses, or that asks for attributes
 */
export function compilePathspecs(texts: string[]): Matcher {
  const all = texts.filter((text) => text !== ':').map(compilePathspec)
  const included = all.filter(({ excludes }) => !excludes)
  const excluded = all.filter(({ excludes }) => excludes)
  return (path) =>
    (included.length === 0 || included.some(({ matches }) => matches(path))) &&
    !excluded.some(({ matches }) => matches(path))
}

interface Pathspec {
  excludes: boolean
  matches: Matcher
}

function compilePathspec(text: string): Pathspec {
  const { magic, pattern } = parsePathspec(text)
  // git takes a path from the top as it is.
  const path = magic.has('top') ? pattern : normalized(text, pattern)
  const ignoreCase = magic.has('icase')
  const isInFolder = folderMatcher(path, ignoreCase)
  if (magic.has('literal')) return { excludes: magic.has('exclude'), matches: isInFolder }
  const isGlob = compileGlob(path, { ignoreCase, crossesSlashes: !magic.has('glob') })
  return {
    excludes: magic.has('exclude'),
    matches: (candidate) => isInFolder(candidate) || isGlob(candidate),
  }
}

function parsePathspec(text: string): { magic: Magic; pattern: string } {
  if (text === '') throw refused(text, 'it is empty')
  if (text.startsWith(':(')) return parseWords(text)
  const [, short = '', pattern = ''] = /^(?::([!"#%&',\-/;<=>@_`~^]*):?)?(.*)$/s.exec(text) ?? []
  const magic: Magic = new Set()
  for (const sign of short) magic.add(known(text, sign, signs[sign]))
  return { magic, pattern }
}

/** `:(glob,icase)pattern` */
function parseWords(text: string): { magic: Magic; pattern: string } {
  const [, list, pattern = ''] = /^:\(([^)]*)\)(.*)$/s.exec(text) ?? []
  if (list === undefined) throw refused(text, 'its parenthesis is not closed')
  const magic: Magic = new Set()
  for (const word of list.split(',').filter((one) => one !== '')) {
    magic.add(
      known(
        text,
        word,
        words.find((one) => one === word),
      ),
    )
  }
  if (magic.has('glob') && magic.has('literal')) {
    throw refused(text, 'glob and literal exclude each other')
  }
  return { magic, pattern }
}

function known<T>(text: string, word: string, meaning: T | undefined): T {
  if (meaning === undefined) throw refused(text, `${JSON.stringify(word)} is not supported`)
  return meaning
}

/** Without `.`, `..` and double slashes; '' for the top. */
function normalized(text: string, pattern: string): string {
  const parts: string[] = []
  for (const part of pattern.split('/')) {
    if (part === '..' && parts.pop() === undefined) throw refused(text, 'it leads outside')
    if (part !== '' && part !== '.' && part !== '..') parts.push(part)
  }
  if (pattern.startsWith('/')) throw refused(text, 'it leads outside')
  const isFolder = parts.length > 0 && /\/\.{0,2}$/.test(pattern)
  return parts.join('/') + (isFolder ? '/' : '')
}

/** A path matches as it is, and so does the folder that it lies in. */
function folderMatcher(path: string, ignoreCase: boolean): Matcher {
  if (path === '') return () => true
  const folder = path.replace(/\/$/, '')
  const fold = ignoreCase ? (text: string) => text.toLowerCase() : (text: string) => text
  const wanted = fold(folder)
  return (path) => fold(path) === wanted || fold(path).startsWith(`${wanted}/`)
}

const refused = (text: string, why: string) =>
  new WizardError(`the pathspec ${JSON.stringify(text)} can't be used: ${why}`)
