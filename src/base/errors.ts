import { formatHint, type Hint, type HintParts, type HintWords, joinHints } from './hint.js'
import { createRedactor } from './redact.js'

/** The name of an error, as it stands in JSON output. */
export type ErrorCode =
  | 'FAILED'
  | 'USAGE'
  | 'CONFIG'
  | 'PATH'
  | 'GITHUB_NOT_FOUND'
  | 'GITHUB_AUTH'
  | 'GITHUB_RATE_LIMIT'
  | 'GITHUB_NETWORK'
  | 'GITHUB'
  | 'TIMEOUT'
  | 'CONFLICT'
  | 'LOCKED'
  | 'INTERRUPTED'

/** What a script sees of each error. Interrupted is 128 plus the signal's number, so main knows it better. */
export const exitStatus = {
  FAILED: 1,
  USAGE: 2,
  CONFIG: 2,
  PATH: 2,
  GITHUB_NOT_FOUND: 3,
  GITHUB_AUTH: 4,
  GITHUB_RATE_LIMIT: 5,
  GITHUB_NETWORK: 6,
  TIMEOUT: 7,
  CONFLICT: 8,
  GITHUB: 9,
  LOCKED: 75,
  INTERRUPTED: 130,
} satisfies Record<ErrorCode, number>

/** Where in a file something is wrong; line and column count from 1, columns in UTF-16 units. */
export interface ErrorPlace {
  /** Absolute. */
  file: string
  line: number
  column: number
  /** `repos.tools[0].branch`; null where it is about the file's text. */
  key: string | null
  /** The known name that a wrong one may stand for. */
  nearest: string | null
}

export interface ErrorOptions {
  /** The remedy. */
  hint?: Hint | undefined
  cause?: unknown
  /** What else was wrong, where several things were found at once. */
  details?: readonly WizardError[] | undefined
  place?: ErrorPlace | undefined
}

/** The base of every error that wizard tells a user of: one line of what and where, and a hint with the remedy. */
export class WizardError extends Error {
  readonly code: ErrorCode = 'FAILED'
  /** The remedy, in which commands and options are data; `hint` is the same as text. */
  remedy: Hint | undefined
  /** What else was wrong, where several things were found at once; this one is not among them. */
  readonly details: readonly WizardError[]
  /** Where the file is wrong, if it is one that is. */
  readonly place: ErrorPlace | undefined

  constructor(message: string, { hint, cause, details = [], place }: ErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    this.remedy = hint
    this.details = details
    this.place = place
  }

  /** The remedy, in one line, in the words of the library. */
  get hint(): string | undefined {
    return this.remedy === undefined ? undefined : formatHint(this.remedy)
  }
}

/** The same error, with one more remedy, or with what is left behind. */
export function withHint(error: unknown, hint: Hint): unknown {
  if (error instanceof WizardError) error.remedy = joinHints(error.remedy, hint)
  return error
}

/** The command line is wrong. */
export class UsageError extends WizardError {
  override readonly code = 'USAGE'
}

/** A configuration file is wrong; the message begins with `file:line:column`. */
export class ConfigError extends WizardError {
  override readonly code = 'CONFIG'
}

/** A local path is invalid, or leaves the folder it must stay in. */
export class PathError extends WizardError {
  override readonly code = 'PATH'
}

/** Refused, so as not to lose or overwrite something. */
export class ConflictError extends WizardError {
  override readonly code = 'CONFLICT'
}

/**
 * What is named is not there: a key of the configuration, an entry of repos.yaml, a component, a plugin that is installed,
 * a day's log. GitHub was not asked, or its answer was not the reason; what GitHub does not have is a GitHubNotFoundError.
 *
 * Both have the code GITHUB_NOT_FOUND and exit status 3: to a script they are one thing, and scripts compare the code.
 */
export class NotFoundError extends WizardError {
  override readonly code = 'GITHUB_NOT_FOUND'
}

/** Another wizard holds the lock. */
export class LockedError extends WizardError {
  override readonly code = 'LOCKED'
}

/** `--timeout` is over. */
export class TimeoutError extends WizardError {
  override readonly code = 'TIMEOUT'
}

/** From the keyboard, from whoever manages the process, and from a terminal that was closed. */
export type EndingSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** A signal ended the command. */
export class InterruptedError extends WizardError {
  override readonly code = 'INTERRUPTED'
  readonly signal: EndingSignal

  constructor(signal: EndingSignal = 'SIGINT') {
    super('interrupted')
    this.signal = signal
  }
}

export interface GitHubErrorOptions extends ErrorOptions {
  /** The HTTP status, where there was an answer. */
  status?: number | undefined
  /** `x-github-request-id`, for GitHub's support. */
  requestId?: string | undefined
}

/** GitHub refused (409, 422 …), with its own words; and the base of the errors below. */
export class GitHubError extends WizardError {
  override readonly code: ErrorCode = 'GITHUB'
  readonly status: number | undefined
  readonly requestId: string | undefined

  constructor(message: string, { status, requestId, ...options }: GitHubErrorOptions = {}) {
    super(message, options)
    this.status = status
    this.requestId = requestId
  }
}

/** No or bad credentials, or not allowed (401, 403). */
export class GitHubAuthError extends GitHubError {
  override readonly code = 'GITHUB_AUTH'
}

/** A repository, ref, workflow, run, release or file that is not there, or not visible (404, 410). */
export class GitHubNotFoundError extends GitHubError {
  override readonly code = 'GITHUB_NOT_FOUND'
}

/** A rate limit whose wait would pass the deadline (403 or 429). */
export class GitHubRateLimitError extends GitHubError {
  override readonly code = 'GITHUB_RATE_LIMIT'
}

/** Name, connection, TLS, silence, a cut answer, or 5xx after the retries. */
export class GitHubNetworkError extends GitHubError {
  override readonly code = 'GITHUB_NETWORK'
}

/** An error as it stands in JSON, and in a repository's entry of a report. */
export interface ErrorReport {
  code: ErrorCode
  message: string
  /** In the words of the library. */
  hint: string | null
  /** The same as data, where it names commands or options; the documents that commands print have the text alone. */
  remedy?: HintParts | undefined
  status?: number | undefined
  request_id?: string | undefined
}

/** What has the shape of a credential, the user part of an address say, stands in no report. */
const hide = createRedactor()

/** @throws nothing: what is no WizardError is told by its message alone, as FAILED. */
export function reportError(error: unknown): ErrorReport {
  const message = hide(error instanceof Error ? error.message : String(error))
  if (!(error instanceof WizardError)) return { code: 'FAILED', message, hint: null }
  const { code, hint, remedy } = error
  const report: ErrorReport = { code, message, hint: hint ? hide(hint) : null }
  if (typeof remedy === 'object') report.remedy = remedy.map(hidePart)
  if (error instanceof GitHubError) {
    if (error.status !== undefined) report.status = error.status
    if (error.requestId !== undefined) report.request_id = error.requestId
  }
  return report
}

function hidePart(part: HintParts[number]): HintParts[number] {
  if (typeof part === 'string') return hide(part)
  return 'target' in part && part.target !== undefined
    ? { ...part, target: hide(part.target) }
    : part
}

/** The report for those who use these words: its remedy is text alone. */
export function reportInWords<R extends Pick<ErrorReport, 'remedy'>>(
  { remedy, ...report }: R,
  words: HintWords,
): Omit<R, 'remedy'> {
  return remedy === undefined ? report : { ...report, hint: formatHint(remedy, words) }
}
