import { plainText } from '../../base/text.js'
import { errorRules } from './error-rules.js'

/** Part of a log around its first error. */
export interface Excerpt {
  lines: string[]
  /** The line of the error, from 0. */
  error: number
}

/** Lines that are shown before and after an error. */
const [before, after] = [6, 14]
/** Lines that are shown where nothing says which is the error. */
const atEnd = 20
/** Characters of a line. */
const longest = 500

/**
 * Finds what went wrong first: the runner's first `##[error]`; where that tells only an exit code or a
 * cancellation, the most telling line before it, by the words of common tools; otherwise the lines
 * before it. Memory does not grow with the log.
 *
 * @param lines of one step, or of a whole job, with their time stamps
 * @returns null for an empty log
 */
export async function findFirstError(lines: AsyncIterable<string>): Promise<Excerpt | null> {
  const recent: string[] = []
  let best: (Excerpt & { rank: number }) | null = null
  let end: string[] | null = null
  for await (const raw of lines) {
    const { text, isMark } = read(raw)
    if (text === null) continue
    if (best !== null && best.lines.length <= best.error + after) best.lines.push(text)
    const rank = end === null ? rankOf(text, isMark) : null
    if (isMark && rank === null) end ??= [...recent, text]
    if (rank !== null && (best === null || rank < best.rank)) {
      const lead = recent.slice(-before)
      best = { lines: [...lead, text], error: lead.length, rank }
    }
    recent.push(text)
    if (recent.length >= atEnd) recent.shift()
    // What comes after the runner's own words is another story.
    if (best?.rank === telling && best.lines.length > best.error + after) break
  }
  if (best !== null) return { lines: best.lines, error: best.error }
  const last = end ?? recent
  return last.length === 0 ? null : { lines: last, error: last.length - 1 }
}

/** The rank of the runner's own error where it tells more than an exit code. */
const telling = -1

/** The runner's errors that say that a step failed, and not why. */
const onlyThat = [
  /^Process completed with exit code \d+\.?$/,
  /^The process '.*' failed with exit code \d+$/,
  /^The operation was cancell?ed\.?$/,
  /^The run was cancell?ed by /,
  /^The runner has received a shutdown signal/,
]

/** How telling a line is, the lower the more; null: it does not look like an error. */
function rankOf(text: string, isMark: boolean): number | null {
  if (isMark) {
    const message = text.replace(/^Error: /, '')
    return onlyThat.some((pattern) => pattern.test(message)) ? null : telling
  }
  const rank = errorRules.findIndex(({ pattern }) => pattern.test(text))
  return rank === -1 ? null : rank
}

const stamp = /^\ufeff?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z ?/

/** How the runner's marks look on its page; null: they are not shown. */
const marks: Record<string, string | null> = {
  group: '',
  endgroup: null,
  command: '',
  section: '',
  debug: null,
  error: 'Error: ',
  warning: 'Warning: ',
  notice: 'Notice: ',
}

/** A line as a person reads it, without its time stamp; null if it is not shown. */
function read(raw: string): { text: string | null; isMark: boolean } {
  const line = plainText(raw.slice(0, 4 * longest))
    .replace(stamp, '')
    .trimEnd()
  const [whole = '', kind = ''] = /^##\[(\w+)\]/.exec(line) ?? []
  const start = marks[kind] === undefined ? whole : marks[kind]
  const text = start === null ? null : cutLine(start + line.slice(whole.length))
  return { text, isMark: kind === 'error' }
}

const cutLine = (text: string) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text)
