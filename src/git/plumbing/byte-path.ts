/**
 * A path from the top of a work tree as git stores it: one character per byte (latin1), `/` between
 * names. Names need not be UTF-8, and these strings compare as git's bytes do.
 */
export type BytePath = string

/** Converts an ordinary string, such as the work tree's own folder. */
export const bytesOf = (text: string): BytePath =>
  isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1')

/**
 * Converts to what node:fs accepts for these bytes: a string if possible, because it costs less.
 */
export const fsPath = (bytes: BytePath): string | Buffer =>
  isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1')

export const joinBytes = (folder: BytePath, name: BytePath): BytePath =>
  folder === '' ? name : `${folder}/${name}`

/** Every folder above the path, topmost first. */
export function parentsOf(path: BytePath): BytePath[] {
  const parents: BytePath[] = []
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    parents.push(path.slice(0, at))
  }
  return parents
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Formats a path for people: harmless UTF-8 as it is, anything else quoted as git does
 * (`core.quotePath` false), so that no control character of a name reaches a terminal.
 */
export function showPath(path: BytePath): string {
  const text = decode(path)
  if (text !== null && !needsQuotes.test(text)) return text
  const quoted = text === null ? path.replace(unprintable, escapeByte) : quoteText(text)
  return `"${quoted}"`
}

/** Control characters, and what has no width or turns the direction of text. */
// biome-ignore format: the suppression below is for one line
// biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for these characters
const needsQuotes = /["\\\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

const quoteText = (text: string) =>
  text.replace(new RegExp(needsQuotes, 'g'), (character) =>
    Buffer.from(character, 'utf8').toString('latin1').replace(unprintable, escapeByte),
  )

const unprintable = /[^ !#-[\]-~]/g

const named: Record<string, string> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
}

const escapeByte = (byte: string) =>
  named[byte] ?? `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`

function decode(path: BytePath): string | null {
  if (isAscii(path)) return path
  try {
    return decoder.decode(Buffer.from(path, 'latin1'))
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it matches ASCII
const isAscii = (text: string) => /^[\x00-\x7f]*$/.test(text)
