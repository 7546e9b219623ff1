import { GitHubAuthError, GitHubError } from '../base/errors.js'
import type { Hint } from '../base/hint.js'
import type { Api } from '../github/rest/api.js'
import { cancelRun, rerunRun } from '../github/rest/run-control.js'
import { changeWorkflow, findWorkflow, type Workflow } from '../github/rest/workflows.js'
import { ofRun } from './runs.js'
import { fullNameOf, type Repo, type WorkflowSession } from './session.js'

/** @throws GitHubNotFoundError; GitHubError (409) if the run is completed */
export async function cancel(
  { github, log }: WorkflowSession,
  repo: Repo,
  runId: number | string,
): Promise<void> {
  await ofRun(github, repo, runId, cancelRun(github, repo, runId))
  log.write('workflows', 'INFO', `${fullNameOf(repo)} #${runId} cancelled`)
}

/**
 * Runs all jobs again, or the failed ones and those that depend on them.
 *
 * @throws GitHubNotFoundError; GitHubError with GitHub's reason if the run can't be repeated: it is
 *   still running, or too old
 */
export async function rerun(
  { github, log }: WorkflowSession,
  repo: Repo,
  runId: number | string,
  { failed = false }: { failed?: boolean | undefined } = {},
): Promise<void> {
  await ofRun(github, repo, runId, repeat(github, repo, runId, failed))
  const which = failed ? 'its failed jobs' : 'all its jobs'
  log.write('workflows', 'INFO', `${fullNameOf(repo)} #${runId} runs again: ${which}`)
}

async function repeat(
  github: Api,
  repo: Repo,
  runId: number | string,
  failed: boolean,
): Promise<void> {
  await rerunRun(github, repo, runId, { failed }).catch((error: unknown) => {
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

/** Enables or disables a workflow. @returns it in its new state */
export async function setWorkflowState(
  { github, log }: WorkflowSession,
  repo: Repo,
  name: string | number,
  state: 'enable' | 'disable',
): Promise<Workflow> {
  const workflow = await findWorkflow(github, repo.owner, repo.repo, name)
  await changeWorkflow(github, repo, workflow.id, state)
  log.write('workflows', 'INFO', `${fullNameOf(repo)} ${workflow.path} ${state}d`)
  return { ...workflow, state: state === 'enable' ? 'active' : 'disabled_manually' }
}
