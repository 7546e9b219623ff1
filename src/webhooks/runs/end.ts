import { reportError } from '../../base/error-report.js'
import { TimeoutError } from '../../base/errors.js'
import type { HandlerConfig } from '../../config/files/webhook-handlers.js'
import type { RunError } from '../delivery.js'
import type { RunEnd } from '../store/store.js'
import type { ProgramEnd } from './program.js'

/** How a command of wizard ended: its exit status, and the documents that `--json` prints. */
export interface CommandEnd {
  status: number
  /** undefined if it printed none. */
  json: unknown
  error: RunError | null
  output: Buffer
}

const nothing = Buffer.alloc(0)
/** Milliseconds: an hour. */
const longestPause = 3_600_000

/** How an attempt ended, before it is decided whether there is another. */
export interface AttemptEnd {
  exit: number | null
  result: Record<string, unknown> | null
  output: Uint8Array
  error: RunError | null
  /** Whether another attempt would end the same way, so that none is made. */
  isFinal: boolean
}

export function attemptOfProgram({ exit, signal, output }: ProgramEnd): AttemptEnd {
  if (exit === 0) return { exit, result: null, output, error: null, isFinal: true }
  const how = exit === null ? `was ended by ${signal}` : `ended with exit ${exit}`
  const error = { code: 'FAILED', message: `the command ${how}`, hint: null }
  return { exit, result: null, output, error, isFinal: false }
}

/**
 * A workflow that was started is never started again: its own run shows how it went. Wrong arguments
 * and a wrong configuration stay wrong.
 */
export function attemptOfCommand({ status, json, error, output }: CommandEnd): AttemptEnd {
  const result = resultOf(json)
  if (status === 0) return { exit: status, result, output, error: null, isFinal: true }
  const isFinal = status === 2 || result?.run_id !== undefined
  const failed = error ?? { code: 'FAILED', message: `ended with exit ${status}`, hint: null }
  return { exit: status, result, output, error: failed, isFinal }
}

/** An attempt that failed before anything ran, or that was ended. */
export function attemptThatThrew(thrown: unknown): AttemptEnd {
  const { code, message, hint } = reportError(thrown)
  const isFinal = code === 'USAGE' || code === 'CONFIG'
  return { exit: null, result: null, output: nothing, error: { code, message, hint }, isFinal }
}

export const handlerTimedOut = ({ name, timeout }: HandlerConfig) =>
  new TimeoutError(`${name} was not finished after ${timeout} s`, {
    hint: `give ${name} a longer timeout in webhooks.yaml`,
  })

/**
 * Whether the run is done, due again, or dead.
 *
 * @param random at least 0, less than 1: spreads the attempts of runs that failed together
 */
export function runEndAfter(
  { error, isFinal, ...rest }: AttemptEnd,
  { attempt, isLast }: { attempt: number; isLast: boolean },
  { backoff }: HandlerConfig,
  random: number,
): RunEnd {
  if (error === null) return { ...rest, status: 'done', error }
  if (isFinal || isLast) return { ...rest, status: 'dead', error }
  return { ...rest, status: 'retry', error, after: pauseAfter(attempt, backoff, random) }
}

/** Milliseconds: doubled with each attempt, at most an hour, with up to a quarter less or more. */
function pauseAfter(attempt: number, backoff: number, random: number): number {
  const pause = Math.min(backoff * 1000 * 2 ** Math.min(attempt - 1, 20), longestPause)
  return Math.round(Math.min(pause * (0.75 + random / 2), longestPause))
}

/** What a run keeps of a command's document. */
const resultKeys = [
  'run_id',
  'html_url',
  'conclusion',
  'total',
  'succeeded',
  'failed',
  'skipped',
  'tag',
  'url',
]

function resultOf(json: unknown): Record<string, unknown> | null {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return null
  const pairs = Object.entries(json).filter(([key]) => resultKeys.includes(key))
  return pairs.length === 0 ? null : Object.fromEntries(pairs)
}
