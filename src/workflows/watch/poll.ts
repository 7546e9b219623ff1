import { reportError } from '../../base/error-report.js'
import { TimeoutError } from '../../base/errors.js'
import { isTransient } from '../../http/failure.js'
import type { WorkflowSession } from '../session.js'

export interface PollOptions {
  /** Seconds; default 3600. */
  timeout?: number | undefined
  /** Seconds between two polls, after the first quick ones; default 10. */
  interval?: number | undefined
}

export type Ended = 'completed' | 'timeout'

/** Something to poll until it is done. */
export interface Watch {
  readonly done: boolean
  poll(): Promise<void>
}

/** Seconds that a wait lasts at most. */
export const usualTimeout = 3600
const defaultInterval = 10
/** Seconds. */
const quickPolls = [1, 2, 3, 5]

/**
 * Polls at once, then quickly, then at every interval.
 *
 * @throws what a poll throws, and the signal's reason. If that reason is the command's deadline, it
 *   counts as our own time-out.
 */
export async function pollUntilDone(
  { clock, signal }: WorkflowSession,
  watch: Watch,
  { timeout = usualTimeout, interval = defaultInterval }: PollOptions,
): Promise<Ended> {
  const deadline = clock.now() + timeout * 1000
  try {
    for (const pause of pauses(interval)) {
      signal?.throwIfAborted()
      await watch.poll()
      const left = deadline - clock.now()
      if (watch.done || left <= 0) break
      await clock.sleep(Math.min(pause * 1000, left), signal)
    }
  } catch (error) {
    if (!signal?.aborted) throw error
    if (!(signal.reason instanceof TimeoutError)) throw signal.reason
  }
  return watch.done ? 'completed' : 'timeout'
}

/** Seconds between polls, at most the interval. */
function* pauses(interval: number): Generator<number> {
  for (const seconds of quickPolls) yield Math.min(seconds, interval)
  for (;;) yield interval
}

/**
 * Runs a poll, and reports a transient failure instead of throwing it: a failed poll says nothing
 * about the run.
 *
 * @returns undefined after a transient failure
 * @throws every other error
 */
export async function ignoreTransientFailures<T>(
  { emit, signal }: WorkflowSession,
  ask: () => Promise<T>,
  mayPass: (error: unknown) => boolean = isTransient,
): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (signal?.aborted || !mayPass(error)) throw error
    emit({ type: 'poll-failed', message: reportError(error).message })
    return undefined
  }
}
