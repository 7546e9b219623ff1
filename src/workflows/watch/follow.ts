import { GitHubNotFoundError } from '../../base/errors.js'
import { getWorkflowRun } from '../../github/rest/runs.js'
import { isTransient } from '../../http/failure.js'
import type { Repo, WorkflowDeps } from '../deps.js'
import { nameOfRun } from '../describe.js'
import { toRun } from '../run-data.js'
import { listRunArtifacts } from '../runs.js'
import { RunTimeoutError, type WorkflowRun, type WorkflowRunWithJobs } from '../types.js'
import { patiently } from './poll.js'
import { type WaitOptions, wait } from './wait.js'

/** What GitHub tells of a run that was just dispatched, where it tells anything yet. */
export async function firstLook(
  deps: WorkflowDeps,
  repo: Repo,
  started: WorkflowRun,
): Promise<WorkflowRun> {
  if (started.created_at !== null) return started
  try {
    const data = await getWorkflowRun(deps.github, repo.owner, repo.repo, started.run_id)
    return toRun(deps.github, repo, data)
  } catch (error) {
    // It was started: that it can't be seen yet is no failure.
    if (isTransient(error) || error instanceof GitHubNotFoundError) return started
    throw error
  }
}

/** Waits for a run, and asks for its artifacts. @throws RunTimeoutError, with the run */
export async function untilCompleted(
  deps: WorkflowDeps,
  repo: Repo,
  started: WorkflowRun,
  options: WaitOptions,
): Promise<WorkflowRunWithJobs> {
  const begun = deps.clock.now()
  const { run, ended } = await wait(deps, repo, started, options)
  if (ended === 'timeout') {
    const seconds = Math.round((deps.clock.now() - begun) / 1000)
    throw new RunTimeoutError(
      run,
      `${nameOfRun(run)} is ${run.status.replaceAll('_', ' ')} still, after ${seconds} s: ${run.html_url}`,
      [
        'it goes on; come back with ',
        { verb: ['WORKFLOW', 'WATCH'], target: `${run.repo}/${run.run_id}` },
      ],
    )
  }
  const artifacts = await patiently(deps, () => listRunArtifacts(deps.github, repo, run.run_id))
  return { ...run, artifacts: artifacts ?? [] }
}
