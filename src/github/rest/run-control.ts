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
 * Runs all jobs again, or the failed ones and those that depend on them.
 * https://docs.github.com/en/rest/actions/workflow-runs#re-run-a-workflow
 *
 * @throws GitHubAuthError (403) also for a run that is still running, or too old
 */
export async function rerunRun(
  api: Api,
  repo: Repo,
  runId: number | string,
  { failed }: { failed: boolean },
): Promise<void> {
  const { reRunWorkflow, reRunWorkflowFailedJobs } = (await api.octokit()).rest.actions
  await (failed ? reRunWorkflowFailedJobs : reRunWorkflow)({ ...repo, run_id: runId as number })
}
