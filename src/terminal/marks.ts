import type { Marks } from '../logs/marks.js'

/** The marks for the screen, with that for running jobs. */
export const marks: Marks & { atWork: string } = {
  good: '✅',
  bad: '❌',
  skipped: '➖',
  atWork: '▸',
}

/** How wizard's own marks and punctuation look in ASCII. */
const ascii: Record<string, string> = {
  [marks.good]: 'ok',
  [marks.bad]: 'X',
  [marks.skipped]: '-',
  [marks.atWork]: '>',
  '→': '->',
  '·': '-',
  '…': '...',
  '–': '-',
  '—': '-',
}
const beyondAscii = new RegExp(Object.keys(ascii).join('|'), 'gu')

/** Replaces the marks that wizard itself writes; names from elsewhere stay as they are. */
export const inAscii = (text: string): string =>
  text.replace(beyondAscii, (mark) => ascii[mark] ?? mark)
