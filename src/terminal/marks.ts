import type { Marks } from '../logs/marks.js'

/** The marks for the screen, with that for running jobs. */
export const marks: Marks & { atWork: string } = {
  good: '✅',
  bad: '❌',
  skipped: '➖',
  atWork: '▸',
}
