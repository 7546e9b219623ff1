import { GitHubAuthError, GitHubError } from '../base/errors.js'
import type { Hint } from '../base/hint.js'
import type { Api } from '../github/rest/api.js'
import { fullNameOf, type Repo } from './session.js'

/**
 * https://docs.github.com/en/rest/actions/workflow-runs#cancel-a-workflow-run
 *
 * @param signal replaces the command's own, which may be aborted already
 * @throws GitHubError (409) if the run is completed
 */
export async function cancelRun(
  github: Api,
  repo: Repo,
  runId: number | string,
  signal?: AbortSignal,
): Promise<void> {
  const { rest } = await github.octokit()
  await rest.actions.cancelWorkflowRun({ ...repo, run_id: runId as number, request: { signal } })
}

/**
 * Runs all jobs again, or the failed ones and those that depend on them.
 * https://docs.github.com/en/rest/actions/workflow-runs#re-run-a-workflow
 *
 * @throws GitHubError with GitHub's reason if the run can't be repeated: it is still running, or
 *   too old
 */
export async function rerun(
  github: Api,
  repo: Repo,
  runId: number | string,
  { failed = false }: { failed?: boolean | undefined } = {},
): Promise<void> {
  const { reRunWorkflow, reRunWorkflowFailedJobs } = (await github.octokit()).rest.actions
  const again = failed ? reRunWorkflowFailedJobs : reRunWorkflow
  await again({ ...repo, run_id: runId as number }).catch((error: unknown) => {
    throw notRepeatable(error, `${fullNameOf(repo)}/${runId}`) ?? error
  })
}

/** GitHub answers 403 also because of the run's state, which no token would change. */
function notRepeatable(error: unknown, run: string): GitHubError | null {
  if (!(error instanceof GitHubAuthError) || error.status !== 403) return null
  const { status, requestId, message } = error
  const hint: Hint | null = /already running|in progress/i.test(message)
    ? ['wait for its end first: ', { verb: ['WORKFLOW', 'WATCH'], target: run }]
    : /month ago|too old|cannot be re-?(?:run|tried)/i.test(message)
      ? ['start a new one: ', { verb: ['WORKFLOW', 'RUN'] }]
      : null
  return hint === null ? null : new GitHubError(message, { cause: error, status, requestId, hint })
}

/** https://docs.github.com/en/rest/actions/workflows#enable-a-workflow */
export async function setWorkflowState(
  github: Api,
  repo: Repo,
  workflowId: number,
  state: 'enable' | 'disable',
): Promise<void> {
  const { enableWorkflow, disableWorkflow } = (await github.octokit()).rest.actions
  const change = state === 'enable' ? enableWorkflow : disableWorkflow
  await change({ ...repo, workflow_id: workflowId })
}
