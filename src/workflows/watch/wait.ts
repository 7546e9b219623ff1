import { GitHubNotFoundError, TimeoutError } from '../../base/errors.js'
import { explainError } from '../../base/fs/system-error.js'
import type { Hint, HintParts } from '../../base/hint.js'
import { getWorkflowRun } from '../../github/rest/actions/runs.js'
import { cancelRun } from '../../github/rest/run-control.js'
import { isTransient } from '../../http/failure.js'
import { nameOfRun } from '../describe.js'
import { RunTimeoutError, toRun, type WorkflowRun, type WorkflowRunWithJobs } from '../run-data.js'
import { listRunArtifacts } from '../runs.js'
import { type Repo, type WorkflowSession, withKnown, withWayBack } from '../session.js'
import { isCompleted } from './conclusion.js'
import { type Ended, ignoreTransientFailures, type PollOptions, pollUntilDone } from './poll.js'
import { RunWatch } from './run-watch.js'

export interface WaitOptions extends PollOptions {
  /** Also cancels the run if a signal ends the wait. */
  cancelOnInterrupt?: boolean | undefined
  /** An attempt that has ended: a later one is waited for. */
  after?: number | undefined
}

export interface WaitOutcome {
  /** Its last known state. */
  run: WorkflowRunWithJobs
  ended: Ended
  /** Of the run, from 1. */
  attempt: number
}

/** Milliseconds that an interrupted command has to cancel its run. */
const cancelling = 10_000

/**
 * Waits until a run is completed, and reports each change of the run, its jobs and their steps.
 * Failed polls are retried: only an answer of GitHub decides how a run ended.
 *
 * @throws GitHubAuthError, GitHubNotFoundError, GitHubRateLimitError, and the signal's reason. The
 *   run continues then, and the hint says so, unless it is to be cancelled.
 */
export async function wait(
  session: WorkflowSession,
  repo: Repo,
  run: WorkflowRun,
  { cancelOnInterrupt = false, after, ...options }: WaitOptions = {},
): Promise<WaitOutcome> {
  const watch = new RunWatch(session, repo, run, after)
  try {
    const ended = await pollUntilDone(session, watch, options)
    // The conclusion counts even if the jobs could not be read in time.
    const { attempt } = watch
    return { run: watch.run, attempt, ended: isCompleted(watch.run) ? 'completed' : ended }
  } catch (error) {
    const known = { run: watch.run }
    if (error instanceof GitHubNotFoundError) throw withKnown(gone(watch.run, error), known)
    const cancel = cancelOnInterrupt && session.signal?.aborted === true
    const way = cancel ? await cancelled(session, repo, watch.run) : howToComeBack(watch.run)
    throw withWayBack(session, error, way, known)
  }
}

function gone(run: WorkflowRunWithJobs, cause: GitHubNotFoundError): GitHubNotFoundError {
  const { status, requestId } = cause
  return new GitHubNotFoundError(`${nameOfRun(run)} was deleted`, {
    cause,
    status,
    requestId,
    hint: `it was ${run.status.replaceAll('_', ' ')} at the last poll`,
  })
}

export const howToComeBack = (run: WorkflowRun): HintParts => [
  `${nameOfRun(run)} continues: ${run.html_url}; return to it with `,
  { verb: ['WORKFLOW', 'WATCH'], target: `${run.repo}/${run.run_id}` },
]

/** The command's own signal has already aborted every other request. */
async function cancelled(
  { github, clock }: WorkflowSession,
  repo: Repo,
  run: WorkflowRun,
): Promise<Hint> {
  const late = new AbortController()
  const unset = clock.after(cancelling, () =>
    late.abort(new TimeoutError('GitHub does not answer')),
  )
  try {
    await cancelRun(github, repo, run.run_id, late.signal)
    return `${nameOfRun(run)} is being cancelled: ${run.html_url}`
  } catch (error) {
    return [`it could not be cancelled (${explainError(error).message}): `, ...howToComeBack(run)]
  } finally {
    unset()
  }
}

/** GitHub's data of a newly dispatched run, if it has any yet. */
export async function firstLook(
  session: WorkflowSession,
  repo: Repo,
  started: WorkflowRun,
): Promise<WorkflowRun> {
  if (started.created_at !== null) return started
  try {
    const data = await getWorkflowRun(session.github, repo.owner, repo.repo, started.run_id)
    return toRun(session.github, repo, data)
  } catch (error) {
    // The run was started: it is not a failure that it is not visible yet.
    if (isTransient(error) || error instanceof GitHubNotFoundError) return started
    throw withWayBack(session, error, howToComeBack(started), { run: started })
  }
}

/** Short times with a fraction. */
const inSeconds = (milliseconds: number) =>
  milliseconds < 10_000 ? Math.round(milliseconds / 100) / 10 : Math.round(milliseconds / 1000)

/** Waits for a run, and reads its artifacts. @throws RunTimeoutError, with the run */
export async function untilCompleted(
  session: WorkflowSession,
  repo: Repo,
  started: WorkflowRun,
  options: WaitOptions,
): Promise<{ run: WorkflowRunWithJobs; attempt: number }> {
  const begun = session.clock.now()
  const { run, ended, attempt } = await wait(session, repo, started, options)
  if (ended === 'timeout') {
    const seconds = inSeconds(session.clock.now() - begun)
    throw new RunTimeoutError(
      run,
      `${nameOfRun(run)} is still ${run.status.replaceAll('_', ' ')} after ${seconds} s: ${run.html_url}`,
      [
        'it continues; return to it with ',
        { verb: ['WORKFLOW', 'WATCH'], target: `${run.repo}/${run.run_id}` },
      ],
    )
  }
  const artifacts = await ignoreTransientFailures(session, () =>
    listRunArtifacts(session.github, repo, run.run_id),
  )
  return { run: { ...run, artifacts: artifacts ?? [] }, attempt }
}
