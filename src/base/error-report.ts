import { type ErrorCode, GitHubError } from './errors.js'
import { explainError } from './fs/system-error.js'
import { formatHint, type HintParts, type HintWords } from './hint.js'
import { maskCredentials } from './redact.js'

/** An error as JSON output and each repository's entry of a report show it. */
export interface ErrorReport {
  code: ErrorCode
  message: string
  /** In the library's words. */
  hint: string | null
  /**
   * The same as data, if it names commands or options. The documents that commands print have only
   * the text.
   */
  remedy?: HintParts | undefined
  status?: number | undefined
  request_id?: string | undefined
}

/** What `--json` writes to stderr: every error has all keys, so that a script need not check. */
export interface ErrorDocument {
  error: {
    code: ErrorCode
    message: string
    hint: string | null
    status: number | null
    request_id: string | null
  }
}

/** Never throws, and hides credentials. Any other error than wizard's is put into words first. */
export function reportError(given: unknown): ErrorReport {
  const error = explainError(given)
  const { code, hint, remedy } = error
  const message = shortened(maskCredentials(error.message))
  const report: ErrorReport = { code, message, hint: hint ? maskCredentials(hint) : null }
  if (typeof remedy === 'object') report.remedy = remedy.map(hidePart)
  if (error instanceof GitHubError) {
    if (error.status !== undefined) report.status = error.status
    if (error.requestId !== undefined) report.request_id = error.requestId
  }
  return report
}

/** Characters of a message, and of a word that it may echo: longer ones are not names of anything. */
const [longest, longestWord] = [20_000, 5000]

function shortened(message: string): string {
  if (message.length <= longestWord) return message
  const words = new RegExp(`\\S{${longestWord},}`, 'g')
  const text = message.replace(words, (word) => `${word.slice(0, 200)}…`)
  return text.length <= longest ? text : `${text.slice(0, longest)}…`
}

function hidePart(part: HintParts[number]): HintParts[number] {
  if (typeof part === 'string') return maskCredentials(part)
  return 'target' in part && part.target !== undefined
    ? { ...part, target: maskCredentials(part.target) }
    : part
}

/** The report for readers of text: it has the hint and no `remedy`. */
export function reportInWords<R extends Pick<ErrorReport, 'remedy'>>(
  { remedy, ...report }: R,
  words: HintWords,
): Omit<R, 'remedy'> {
  return remedy === undefined ? report : { ...report, hint: formatHint(remedy, words) }
}
