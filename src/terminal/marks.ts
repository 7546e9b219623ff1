import type { Marks } from '../logs/marks.js'

/** Those of the screen, with what goes before a job that is at work and before what there is no room for. */
export const marks: Marks & { atWork: string; more: string } = {
  good: '✅',
  bad: '❌',
  skipped: '➖',
  atWork: '▸',
  more: '·',
}
