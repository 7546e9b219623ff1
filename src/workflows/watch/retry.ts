import { reportError } from '../../base/error-report.js'
import { GitHubError, WizardError } from '../../base/errors.js'
import { plainText } from '../../base/text.js'
import { jobAnnotations } from '../../github/rest/actions/annotations.js'
import { getWorkflowRun, type WorkflowJob } from '../../github/rest/actions/runs.js'
import { rerunRun } from '../../github/rest/run-control.js'
import { isTransient } from '../../http/failure.js'
import { openLogs } from '../logs/log-source.js'
import { hasFailed, linesOf } from '../logs/parse.js'
import type { RunAttempt, WorkflowRun, WorkflowRunWithJobs } from '../run-data.js'
import type { Repo, WorkflowSession } from '../session.js'
import { failedItself } from './conclusion.js'
import { ignoreTransientFailures, usualTimeout } from './poll.js'
import { untilCompleted, type WaitOptions } from './wait.js'

export interface RetryOptions extends WaitOptions {
  /** How often failed jobs are run again, at most; default: 0. */
  retryFailed?: number | undefined
  /** Only where a line of a failed job's log, or one of its annotations, matches. */
  retryMatch?: RegExp | undefined
}

/**
 * Waits for a run. Where it fails, runs its failed jobs again and waits for them, as often as is
 * allowed; all attempts are in the result, so that a flaky run is not taken for a clean one.
 *
 * @throws as `untilCompleted`
 */
export async function untilPassed(
  session: WorkflowSession,
  repo: Repo,
  started: WorkflowRun,
  { retryFailed, retryMatch, timeout = usualTimeout, ...options }: RetryOptions,
): Promise<WorkflowRunWithJobs> {
  const deadline = session.clock.now() + timeout * 1000
  const attempts: RunAttempt[] = []
  let after = options.after ?? 0
  for (let left = retryFailed ?? 0; ; ) {
    const seconds = Math.max(0, deadline - session.clock.now()) / 1000
    const waiting = { ...options, timeout: seconds, after }
    const { run, attempt } = await untilCompleted(session, repo, started, waiting)
    if (retryFailed === undefined) return run
    attempts.push(toAttempt(attempt, run))
    const result = { ...run, attempts }
    const mayRetry = left > 0 && failedItself(run)
    if (!mayRetry || !(await matches(session, repo, run, retryMatch))) return result
    const again = await retry(session, repo, run, attempt)
    if (again === 'refused') return result
    // Somebody else's rerun is waited for, too, and does not count.
    if (again === 'ours') left--
    after = attempt
  }
}

const toAttempt = (attempt: number, { conclusion, jobs }: WorkflowRunWithJobs): RunAttempt => ({
  attempt,
  conclusion,
  failed_jobs: jobs.filter(hasFailed).map(({ name }) => name),
})

/** Seconds between looks for the new attempt, after an answer that was lost. */
const looks = [1, 2, 4, 8, 15]

/**
 * Starts a new attempt of the failed jobs. It is asked for once: where the answer is lost, GitHub says
 * whether it has begun. A refusal is a warning, because the run's conclusion matters more.
 */
async function retry(
  session: WorkflowSession,
  repo: Repo,
  run: WorkflowRunWithJobs,
  attempt: number,
): Promise<'ours' | 'theirs' | 'refused'> {
  const { github, emit, signal, clock } = session
  const latest = async () =>
    (await getWorkflowRun(github, repo.owner, repo.repo, run.run_id)).run_attempt
  try {
    await rerunRun(github, repo, run.run_id, 'failed')
    emit({ type: 'run-retried', run, attempt: attempt + 1 })
    return 'ours'
  } catch (error) {
    if (!(error instanceof GitHubError) || signal?.aborted) throw error
    const isLost = isTransient(error)
    for (const pause of isLost ? looks : [0]) {
      await clock.sleep(pause * 1000, signal)
      const now = await ignoreTransientFailures(session, latest)
      if (now === undefined || now <= attempt) continue
      if (isLost) emit({ type: 'run-retried', run, attempt: now })
      return isLost ? 'ours' : 'theirs'
    }
    emit({
      type: 'warning',
      message: `the failed jobs can't be run again: ${reportError(error).message}`,
    })
    return 'refused'
  }
}

/** Characters of a line that the user's pattern sees. */
const longestMatched = 4096

async function matches(
  session: WorkflowSession,
  repo: Repo,
  run: WorkflowRunWithJobs,
  pattern: RegExp | undefined,
): Promise<boolean> {
  if (pattern === undefined) return true
  // A global one would remember where it was.
  const matcher = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
  const failed = run.jobs.filter(hasFailed)
  const logs = await openLogs(session, repo, run, { zip: false })
  try {
    for (const job of failed) {
      const log = await logs.ofJob(job)
      for await (const line of log === null ? [] : linesOf(log.read()))
        if (matcher.test(plainText(line.slice(0, longestMatched)))) return true
      if ((await messagesOf(session, repo, job)).some((text) => matcher.test(text))) return true
    }
    return false
  } catch (error) {
    if (!(error instanceof WizardError) || session.signal?.aborted) throw error
    session.emit({ type: 'warning', message: `not run again: ${reportError(error).message}` })
    return false
  } finally {
    await logs.close()
  }
}

async function messagesOf({ github }: WorkflowSession, repo: Repo, { id }: WorkflowJob) {
  const found = await jobAnnotations(github, repo, id)
  return found.map(({ title, message }) => `${title ?? ''} ${message}`.slice(0, longestMatched))
}
