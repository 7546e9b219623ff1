import { formatHint, type Hint, joinHints } from './hint.js'

/** The name of an error in JSON output. */
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

/**
 * The exit status of each error. `run` replaces the status of an interrupt by 128 plus the
 * signal's number.
 */
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

/** Where a file is wrong. Line and column start at 1; columns count UTF-16 units. */
export interface ErrorPlace {
  /** Absolute. */
  file: string
  line: number
  column: number
  /** `repos.tools[0].branch`; null if the file's text itself is wrong. */
  key: string | null
  /** The known name that a wrong one probably means. */
  nearest: string | null
}

export interface ErrorOptions {
  /** The remedy. */
  hint?: Hint | undefined
  cause?: unknown
  /** Further errors, if several were found at once. */
  details?: readonly WizardError[] | undefined
  place?: ErrorPlace | undefined
}

/**
 * The base of every error that wizard shows to a user: one line says what and where, and a hint
 * gives the remedy.
 */
export class WizardError extends Error {
  readonly code: ErrorCode = 'FAILED'
  /** The remedy, with commands and options as data; `hint` is the same as text. */
  remedy: Hint | undefined
  /** Further errors, if several were found at once; they do not include this one. */
  readonly details: readonly WizardError[]
  /** Where the file is wrong, if the error is about a file. */
  readonly place: ErrorPlace | undefined

  constructor(message: string, { hint, cause, details = [], place }: ErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    this.remedy = hint
    this.details = details
    this.place = place
  }

  /** The remedy in one line, in the library's words. */
  get hint(): string | undefined {
    return this.remedy === undefined ? undefined : formatHint(this.remedy)
  }
}

/**
 * A copy of the error with a further remedy, or a note about what is left behind. A signal's reason
 * is shared by all who were stopped by it, so the error itself stays as it is.
 */
export function withHint(error: unknown, hint: Hint): unknown {
  if (!(error instanceof WizardError)) return error
  return withRemedy(error, joinHints(error.remedy, hint))
}

/** A copy of the error with another remedy, where its own would mislead. */
export function withRemedy(error: unknown, remedy: Hint): unknown {
  return error instanceof WizardError ? Object.assign(copyOf(error), { remedy }) : error
}

/** A copy of the error with another message, such as one that says where it happened. */
export function withMessage(error: unknown, change: (message: string) => string): unknown {
  if (!(error instanceof WizardError)) return error
  return Object.assign(copyOf(error), { message: change(error.message) })
}

const copyOf = (error: WizardError): WizardError =>
  Object.create(Object.getPrototypeOf(error), Object.getOwnPropertyDescriptors(error))

/** An argument is wrong: of a command line, or of a call of the library. */
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

/** Wizard refuses, so that nothing is lost or overwritten. */
export class ConflictError extends WizardError {
  override readonly code = 'CONFLICT'
}

/**
 * A name does not exist here: a configuration key, an entry of repos.yaml, a component, an
 * installed plugin, a day's log. GitHub was not asked, or its answer was not the reason. If GitHub
 * does not have it, that is a GitHubNotFoundError.
 *
 * Both have the code GITHUB_NOT_FOUND and exit status 3, because scripts compare the code and treat
 * them alike.
 */
export class NotFoundError extends WizardError {
  override readonly code = 'GITHUB_NOT_FOUND'
}

/** Another wizard holds the lock. */
export class LockedError extends WizardError {
  override readonly code = 'LOCKED'
}

/** `--timeout` has expired. */
export class TimeoutError extends WizardError {
  override readonly code = 'TIMEOUT'
}

/** Sent by the keyboard, by a process manager, or when the terminal closes. */
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
  /** The HTTP status, if there was an answer. */
  status?: number | undefined
  /** `x-github-request-id`, which GitHub's support asks for. */
  requestId?: string | undefined
}

/**
 * GitHub refused the request (409, 422 …); the message quotes it. Also the base of the errors
 * below.
 */
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

/** Credentials are missing or invalid, or they do not allow this (401, 403). */
export class GitHubAuthError extends GitHubError {
  override readonly code = 'GITHUB_AUTH'
}

/**
 * A repository, ref, workflow, run, release or file does not exist or is not visible (404, 410).
 */
export class GitHubNotFoundError extends GitHubError {
  override readonly code = 'GITHUB_NOT_FOUND'
}

/** A rate limit lasts longer than the deadline allows (403 or 429). */
export class GitHubRateLimitError extends GitHubError {
  override readonly code = 'GITHUB_RATE_LIMIT'
}

/** DNS, connection, TLS, time-out, a truncated answer, or a 5xx after all retries. */
export class GitHubNetworkError extends GitHubError {
  override readonly code = 'GITHUB_NETWORK'
}
