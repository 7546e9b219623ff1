import stringWidth from 'string-width'
import { plainText } from '../base/text.js'

/** Cuts the end of a text without escapes, so that it fits into this many columns. */
export function cut(text: string, width: number, ellipsis = '…'): string {
  if (stringWidth(text) <= width) return text
  return `${take(lettersOf(text), width - stringWidth(ellipsis)).join('')}${ellipsis}`
}

/** Cuts the middle of a name, because its start and its end tell it from others. */
export function cutMiddle(text: string, width: number, ellipsis: string): string {
  if (stringWidth(text) <= width) return text
  const room = width - stringWidth(ellipsis)
  const letters = lettersOf(text)
  const head = take(letters, Math.floor(room / 2))
  const tail = take(letters.toReversed(), room - stringWidth(head.join(''))).toReversed()
  return `${head.join('')}${ellipsis}${tail.join('')}`
}

const segmenter = new Intl.Segmenter()

/** What a person takes for one letter: with its marks, and joined emoji whole. */
const lettersOf = (text: string): string[] =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
  /^[\u0000-\u007f]*$/.test(text)
    ? [...text]
    : [...segmenter.segment(text)].map(({ segment }) => segment)

/** The first letters that fit into this many columns. */
function take(letters: string[], width: number): string[] {
  let used = 0
  const end = letters.findIndex((letter) => {
    used += stringWidth(letter)
    return used > width
  })
  return end < 0 ? letters : letters.slice(0, end)
}

/** Breaks a text into lines of at most this many columns: between words, or within one that is too long; an address stays whole. */
export function wrapCell(text: string, width: number): string[] {
  const lines: string[] = []
  const room = () => width - stringWidth(lines.at(-1) ?? '')
  for (const word of text.split(' ')) {
    if (lines.length > 0 && stringWidth(word) < room()) {
      lines[lines.length - 1] += ` ${word}`
      continue
    }
    let letters = lettersOf(word)
    while (!isAddress(word) && stringWidth(letters.join('')) > width) {
      const part = take(letters, width)
      if (part.length === 0) break
      lines.push(part.join(''))
      letters = letters.slice(part.length)
    }
    lines.push(letters.join(''))
  }
  return lines
}

const isAddress = (word: string) => /^https?:\/\//.test(word)

/** Characters to show on each side of an error. */
const around = 60

/** A line of a file, cut if it is long, and a caret below the given column, which starts at 1. */
export function excerpt(source: string, column: number): [line: string, caret: string] {
  const at = column - 1
  const before = shown(source.slice(Math.max(0, at - around), at))
  const after = shown(source.slice(at, at + around))
  // East Asian characters are two columns wide, and combining marks have no width.
  return [`  ${before}${after}`, `  ${' '.repeat(stringWidth(before))}^`]
}

const shown = (text: string) => plainText(text).replaceAll('\t', ' ')
