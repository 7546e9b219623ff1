/** How an outcome is marked in a line for a person; a log has its marks, and a screen its own. */
export interface Marks {
  good: string
  bad: string
  skipped: string
}

/** Those of the log files. */
export const logMarks: Marks = { good: '✅', bad: '❌', skipped: '➖' }
