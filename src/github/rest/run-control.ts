import type { Repo } from '../../base/names/repository.js'
import type { Api } from './api.js'

/**
 * https://docs.github.com/en/rest/actions/workflow-runs#cancel-a-workflow-run
 *
 * @param signal replaces the command's own, which may be aborted already
 * @throws GitHubError (409) if the run is completed
 */
export async function cancelRun(
  api: Api,
  repo: Repo,
  runId: number | string,
  signal?: AbortSignal,
): Promise<void> {
  const { actions } = (await api.octokit()).rest
  await actions.cancelWorkflowRun({ ...repo, run_id: runId as number, request: { signal } })
}

/**
 * Also of a run that does not react to its cancellation, such as one whose steps have `always()`.
 * https://docs.github.com/en/rest/actions/workflow-runs#force-cancel-a-workflow-run
 *
 * @throws GitHubError (409) if the run is completed
 */
export async function forceCancelRun(api: Api, repo: Repo, runId: number | string): Promise<void> {
  const { actions } = (await api.octokit()).rest
  await actions.forceCancelWorkflowRun({ ...repo, run_id: runId as number })
}

/** Which jobs of a run are run again, each with those that depend on it. */
export type RerunJobs = 'all' | 'failed' | { jobId: number }

/**
 * https://docs.github.com/en/rest/actions/workflow-runs#re-run-a-workflow
 *
 * @throws GitHubAuthError (403) also for a run that is still running, or too old
 */
export async function rerunRun(
  api: Api,
  repo: Repo,
  runId: number | string,
  jobs: RerunJobs,
): Promise<void> {
  const { actions } = (await api.octokit()).rest
  const run = { ...repo, run_id: runId as number }
  if (jobs === 'all') await actions.reRunWorkflow(run)
  else if (jobs === 'failed') await actions.reRunWorkflowFailedJobs(run)
  else await actions.reRunJobForWorkflowRun({ ...repo, job_id: jobs.jobId })
}
