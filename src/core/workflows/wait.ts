import { TimeoutError } from '../errors.js'
import { cancelRun } from './control.js'
import type { Repo, WorkflowDeps } from './deps.js'
import { nameOfRun } from './describe.js'
import { RunWatch } from './run-watch.js'
import type { WorkflowRun, WorkflowRunWithJobs } from './types.js'
import { isCompleted } from './verdict.js'

export interface WaitOptions {
  /** Seconds; default 3600. */
  timeout?: number | undefined
  /** Seconds between two polls, once the first quick ones are over; default 10. */
  interval?: number | undefined
  /** A signal that ends the waiting cancels the run too. */
  cancelOnInterrupt?: boolean | undefined
}

export interface WaitOutcome {
  /** As it was last seen. */
  run: WorkflowRunWithJobs
  ended: 'completed' | 'timeout'
}

export const defaultTimeout = 3600
const defaultInterval = 10
const quickPolls = [1, 2, 3, 5]
/** Milliseconds that an interrupted command still has to cancel its run. */
const cancelling = 10_000

/**
 * Waits for a run to be completed, and tells each change of it, its jobs and their steps. A poll that fails is
 * repeated: only an answer of GitHub's says how a run ended.
 *
 * @throws GitHubAuthError, GitHubNotFoundError, GitHubRateLimitError, and the signal's reason; the run goes on then,
 *   which is told, unless it is to be cancelled
 */
export async function wait(
  deps: WorkflowDeps,
  repo: Repo,
  run: WorkflowRun,
  { timeout = defaultTimeout, interval = defaultInterval, cancelOnInterrupt = false }: WaitOptions,
): Promise<WaitOutcome> {
  const { clock, signal } = deps
  const deadline = clock.now() + timeout * 1000
  const watch = new RunWatch(announcingApproval(deps), repo, run)
  try {
    for (const pause of pauses(interval)) {
      signal?.throwIfAborted()
      await watch.poll()
      if (watch.done) return { run: watch.run, ended: 'completed' }
      const left = deadline - clock.now()
      if (left <= 0) return timedOut(watch)
      await clock.sleep(Math.min(pause * 1000, left), signal)
    }
  } catch (error) {
    // The deadline of the whole command came before our own.
    if (signal?.aborted && signal.reason instanceof TimeoutError) return timedOut(watch)
    await leave(deps, repo, watch.run, cancelOnInterrupt && signal?.aborted === true)
    throw error
  }
  return timedOut(watch)
}

function timedOut({ run }: RunWatch): WaitOutcome {
  return { run, ended: isCompleted(run) ? 'completed' : 'timeout' }
}

/** Seconds between polls: quick at first, and never slower than the interval. */
export function* pauses(interval: number): Generator<number> {
  for (const seconds of quickPolls) yield Math.min(seconds, interval)
  for (;;) yield interval
}

/** A run that waits for somebody is told of once. */
function announcingApproval(deps: WorkflowDeps): WorkflowDeps {
  let told = false
  return {
    ...deps,
    emit(event) {
      deps.emit(event)
      if (told || event.type !== 'run-seen') return
      const { run } = event
      told = [run, ...run.jobs].some(({ status }) => status === 'waiting')
      if (told) deps.emit({ type: 'run-waiting', run })
    },
  }
}

/** Says how to come back; the run goes on, unless it is to be cancelled. */
async function leave(
  deps: WorkflowDeps,
  repo: Repo,
  run: WorkflowRunWithJobs,
  cancel: boolean,
): Promise<void> {
  const name = nameOfRun(run)
  const back = `wizard WORKFLOW WATCH ${run.repo}/${run.run_id}`
  const left = (message: string) => deps.emit({ type: 'run-left', run, message })
  if (!cancel) return left(`${name} goes on: ${run.html_url}; come back with ${back}`)
  try {
    // The command's own signal has ended every other request.
    await cancelRun(deps.github, repo, run.run_id, AbortSignal.timeout(cancelling))
    left(`${name} is being cancelled: ${run.html_url}`)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    left(`${name} could not be cancelled (${why}), and goes on: ${run.html_url}; ${back}`)
  }
}
