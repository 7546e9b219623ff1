import { distance } from 'fastest-levenshtein'

export interface PlainTextOptions {
  /** Keeps colours (SGR), as for a terminal, and resets them at the end. */
  colours?: boolean
}

/*
 * Anybody may have written these names, descriptions, notes and logs. On a terminal an escape
 * sequence can rename the window, type for the user, or hide a line (ECMA-48, section 5); a bidi
 * override can show a name backwards.
 */
const esc = '\\u001b'
const sequences = new RegExp(
  [
    // Strings: OSC (title, clipboard, links), then DCS, SOS, PM and APC.
    `(?:${esc}\\]|\\u009d)[^\\u0007\\u001b\\u009c\\u009d]*(?:\\u0007|${esc}\\\\|\\u009c)`,
    `(?:${esc}[PX^_]|[\\u0090\\u0098\\u009e\\u009f])[^\\u001b\\u0090\\u0098\\u009c\\u009e\\u009f]*(?:${esc}\\\\|\\u009c)`,
    // CSI: cursor, erasing, modes, and SGR, the colours.
    `(?:${esc}\\[|\\u009b)[0-?]*[ -/]*[@-~]`,
    // The other sequences of two and three characters: charsets, resets.
    `${esc}[ -/]*[0-~]`,
  ].join('|'),
  'g',
)
const colour = new RegExp(`^${esc}\\[[0-9;:]*m$`)
/** Bidi marks, embeddings, overrides and isolates, and the byte order mark. */
const invisible = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: it removes these characters
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** Removes escape sequences, control characters (except newline and tab) and bidi overrides. */
export function plainText(text: string, { colours = false }: PlainTextOptions = {}): string {
  const parts: string[] = []
  let from = 0
  let coloured = false
  for (const match of text.matchAll(sequences)) {
    parts.push(withoutControls(text.slice(from, match.index)))
    if (colours && colour.test(match[0])) {
      parts.push(match[0])
      coloured = true
    }
    from = match.index + match[0].length
  }
  parts.push(withoutControls(text.slice(from)))
  if (coloured) parts.push('\u001b[0m')
  return parts.join('')
}

const withoutControls = (text: string) =>
  text.replace(/\r\n/g, '\n').replace(controls, '').replace(invisible, '')

const unseen = /[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

/** Escapes the characters that JSON leaves as they are and a terminal would obey. */
export const visibleJson = (json: string): string =>
  json.replace(unseen, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Plain text on one line with a maximal length, for names, messages and table cells. */
export function oneLine(text: string, longest = 500): string {
  const line = plainText(text).replace(/\s+/gu, ' ').trim()
  return line.length > longest ? `${line.slice(0, longest - 1).trimEnd()}…` : line
}

/**
 * The known names that a misspelt one probably means, ignoring case: only the nearest; empty if
 * none is near.
 */
export function nearest(word: string, names: readonly string[]): string[] {
  const wanted = word.toUpperCase()
  return names
    .map((name) => ({ name, far: typos(wanted, name.toUpperCase()) }))
    .filter(({ name, far }) => far <= mostTypos(Math.min(wanted.length, name.length)))
    .sort((one, other) => one.far - other.far)
    .filter(({ far }, _index, [best]) => far === best?.far)
    .slice(0, 3)
    .map(({ name }) => name)
}

/** More than one in a short word makes another word. */
const mostTypos = (length: number) => (length < 3 ? 0 : Math.max(1, Math.floor(length / 4)))

/** Two swapped letters count as one typo. */
const typos = (one: string, other: string): number =>
  isSwapped(one, other) ? 1 : distance(one, other)

function isSwapped(one: string, other: string): boolean {
  if (one.length !== other.length) return false
  const at = [...Array(one.length).keys()].filter((index) => one[index] !== other[index])
  const [first = 0, second = 0] = at
  const isPair = at.length === 2 && second === first + 1
  return isPair && one[first] === other[second] && one[second] === other[first]
}

/** A hint that names the nearest name, or undefined. */
export function didYouMean(word: string, names: readonly string[]): string | undefined {
  const near = nearest(word, names)
  return near.length === 0 ? undefined : `did you mean ${near.join(' or ')}?`
}

/** Breaks a text between words into lines of at most `width` characters; a longer word stays whole. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

/** `1.2 MB` for 1,258,291: units of 1,024, as in git. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}
