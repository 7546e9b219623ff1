import { reportError, TimeoutError } from '../../base/errors.js'
import { isTransient } from '../../http/failure.js'
import type { WorkflowDeps } from '../session.js'

export interface PollOptions {
  /** Seconds; default 3600. */
  timeout?: number | undefined
  /** Seconds between two polls, once the first quick ones are over; default 10. */
  interval?: number | undefined
}

export type Ended = 'completed' | 'timeout'

/** What is looked at until nothing more is to be seen. */
export interface Watch {
  readonly done: boolean
  poll(): Promise<void>
}

const defaultTimeout = 3600
const defaultInterval = 10
/** Seconds. */
const quickPolls = [1, 2, 3, 5]

/**
 * Polls at once, then quickly, then every interval.
 *
 * @throws what a poll throws, and the signal's reason, but where that is the deadline of the whole command: it came
 *   before our own, and is no less a time-out
 */
export async function pollUntilDone(
  { clock, signal }: WorkflowDeps,
  watch: Watch,
  { timeout = defaultTimeout, interval = defaultInterval }: PollOptions,
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

/** Seconds between polls: never more than the interval. */
function* pauses(interval: number): Generator<number> {
  for (const seconds of quickPolls) yield Math.min(seconds, interval)
  for (;;) yield interval
}

/**
 * Asks, and tells of a failure that may pass in place of throwing it: a poll that failed says nothing of the run.
 *
 * @returns undefined where it failed
 * @throws what will not pass
 */
export async function ignoreTransientFailures<T>(
  { emit, signal }: WorkflowDeps,
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
