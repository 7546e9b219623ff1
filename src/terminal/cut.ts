import stringWidth from 'string-width'

/** A text without escapes, cut to so many columns where it is wider. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  let shown = ''
  for (const letter of text) {
    if (stringWidth(shown + letter) > width - 1) break
    shown += letter
  }
  return `${shown}…`
}
