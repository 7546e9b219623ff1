import { GitHubAuthError, GitHubError, UsageError } from '../base/errors.js'
import type { Hint } from '../base/hint.js'
import { changeWorkflow, findWorkflow, type Workflow } from '../github/rest/actions/workflows.js'
import type { Api } from '../github/rest/api.js'
import { cancelRun, forceCancelRun, type RerunJobs, rerunRun } from '../github/rest/run-control.js'
import { selectJob } from './logs/parse.js'
import { ofRun, runWithJobs } from './runs.js'
import { fullNameOf, type Repo, type WorkflowSession } from './session.js'

export interface CancelOptions {
  /** Also a run that does not react, because its steps have `always()` for example. */
  force?: boolean | undefined
}

/** @throws GitHubNotFoundError; GitHubError (409) if the run is completed */
export async function cancel(
  { github, log }: WorkflowSession,
  repo: Repo,
  runId: number | string,
  { force = false }: CancelOptions = {},
): Promise<void> {
  const asked = force ? forceCancelRun(github, repo, runId) : cancelRun(github, repo, runId)
  await ofRun(github, repo, runId, asked)
  log.write('workflows', 'INFO', `${fullNameOf(repo)} #${runId} cancelled`)
}

export interface RerunOptions {
  /** Only the jobs that failed. */
  failed?: boolean | undefined
  /** Only this job, by its name or id. */
  job?: string | undefined
}

/**
 * Runs all jobs again, or only some, each with those that depend on it.
 *
 * @throws GitHubNotFoundError; GitHubError with GitHub's reason if the run can't be repeated: it is
 *   still running, or too old
 */
export async function rerun(
  { github, log }: WorkflowSession,
  repo: Repo,
  runId: number | string,
  { failed = false, job }: RerunOptions = {},
): Promise<void> {
  if (failed && job !== undefined)
    throw new UsageError('a rerun is for failed jobs or for one job, not both')
  const jobs =
    job === undefined ? (failed ? 'failed' : 'all') : await jobOf(github, repo, runId, job)
  await ofRun(github, repo, runId, repeat(github, repo, runId, jobs))
  const which = { failed: 'its failed jobs', all: 'all its jobs' }[String(jobs)] ?? `its job ${job}`
  log.write('workflows', 'INFO', `${fullNameOf(repo)} #${runId} runs again: ${which}`)
}

async function jobOf(github: Api, repo: Repo, runId: number | string, job: string) {
  const { jobs } = await ofRun(github, repo, runId, runWithJobs(github, repo, runId))
  return { jobId: selectJob(jobs, job).id }
}

async function repeat(
  github: Api,
  repo: Repo,
  runId: number | string,
  jobs: RerunJobs,
): Promise<void> {
  await rerunRun(github, repo, runId, jobs).catch((error: unknown) => {
    throw notRepeatable(error, `${fullNameOf(repo)}/${runId}`) ?? error
  })
}

/** GitHub answers 403 also because of the run's state, which no token would change. */
function notRepeatable(error: unknown, run: string): GitHubError | null {
  if (!(error instanceof GitHubAuthError) || error.status !== 403) return null
  const { status, requestId, message } = error
  const hint: Hint | null = /already running|in progress/i.test(message)
    ? ['wait until it has ended: ', { verb: ['WORKFLOW', 'WATCH'], target: run }]
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
