import type { Marks } from '../logs/marks.js'

/** The marks for the screen, with those for running jobs and for lines that do not fit. */
export const marks: Marks & { atWork: string; more: string } = {
  good: '✅',
  bad: '❌',
  skipped: '➖',
  atWork: '▸',
  more: '·',
}
