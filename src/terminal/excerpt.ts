import stringWidth from 'string-width'
import { plainText } from '../core/text.js'

/** Characters of a line that are shown on each side of what is wrong. */
const around = 60

/** A line of a file, cut where it is long, and a caret below the character at the column, which begins at 1. */
export function excerpt(source: string, column: number): [line: string, caret: string] {
  const at = column - 1
  const before = shown(source.slice(Math.max(0, at - around), at))
  const after = shown(source.slice(at, at + around))
  // Letters of East Asia are two columns wide, and marks above others have no width.
  return [`  ${before}${after}`, `  ${' '.repeat(stringWidth(before))}^`]
}

const shown = (text: string) => plainText(text).replaceAll('\t', ' ')
