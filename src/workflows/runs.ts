import { GitHubError, GitHubNotFoundError } from '../base/errors.js'
import { oneLine } from '../base/text.js'
import { type Api, parseAnswer } from '../github/rest/api.js'
import { listArtifacts } from '../github/rest/artifacts.js'
import { pagesOf } from '../github/rest/pages.js'
import {
  getWorkflowRun,
  listJobs,
  type WorkflowRunData,
  workflowRunAnswer,
} from '../github/rest/runs.js'
import { type Workflow, workflowFileOf } from '../github/rest/workflows.js'
import { type RunArtifact, toRun, type WorkflowRun, type WorkflowRunWithJobs } from './run-data.js'
import { fullNameOf, type Repo } from './session.js'
import { isCompleted } from './watch/conclusion.js'

export interface RunFilter {
  /** Only runs of this workflow. */
  workflow?: Workflow | undefined
  /** A status or a conclusion: `in_progress`, `failure` … */
  status?: string | undefined
  branch?: string | undefined
  event?: string | undefined
  /** A full commit id. */
  sha?: string | undefined
  /** Default: all that GitHub returns, at most 1,000 with a filter. */
  limit?: number | undefined
}

/**
 * Newest first, all pages up to the limit.
 * https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository
 */
export async function listRuns(
  github: Api,
  repo: Repo,
  filter: RunFilter = {},
): Promise<WorkflowRun[]> {
  return (await listRunData(github, repo, filter)).map((data) => toRun(github, repo, data))
}

export async function listRunData(
  github: Api,
  { owner, repo }: Repo,
  { workflow, sha, limit, ...filter }: RunFilter,
): Promise<WorkflowRunData[]> {
  const octokit = await github.octokit()
  const { listWorkflowRuns, listWorkflowRunsForRepo } = octokit.rest.actions
  const parameters = { owner, repo, ...filter, head_sha: sha }
  const found =
    workflow === undefined
      ? await pagesOf(octokit, listWorkflowRunsForRepo, parameters, { limit })
      : await pagesOf(
          octokit,
          listWorkflowRuns,
          { ...parameters, workflow_id: workflow.id },
          { limit },
        )
  const runs = parseAnswer(github, workflowRunAnswer.array(), found)
  // A server that does not know the parameter lists the runs of every commit.
  return sha === undefined ? runs : runs.filter(({ head_sha: of }) => of === null || of === sha)
}

/** @throws GitHubNotFoundError if it has no runs */
export async function newestRun(
  github: Api,
  repo: Repo,
  workflow: Workflow,
  branch?: string,
): Promise<WorkflowRun> {
  const [run] = await listRuns(github, repo, { workflow, branch, limit: 1 })
  if (run !== undefined) return run
  const where = branch === undefined ? '' : ` on ${oneLine(branch, 100)}`
  const target = `${fullNameOf(repo)}/${workflowFileOf(workflow.path)}`
  throw new GitHubNotFoundError(`${target} never ran${where}`, {
    hint: [{ verb: ['WORKFLOW', 'RUN'], target }, ' runs it'],
  })
}

/** @throws GitHubNotFoundError with the newest runs */
export async function findRun(
  github: Api,
  repo: Repo,
  runId: number | string,
): Promise<WorkflowRun> {
  const asked = getWorkflowRun(github, repo.owner, repo.repo, runId)
  return toRun(github, repo, await ofRun(github, repo, runId, asked))
}

/** A run with the jobs of its latest attempt. @throws GitHubNotFoundError */
export async function runWithJobs(
  github: Api,
  repo: Repo,
  runId: number | string,
): Promise<WorkflowRunWithJobs> {
  const data = await getWorkflowRun(github, repo.owner, repo.repo, runId)
  return { ...toRun(github, repo, data), jobs: await listJobs(github, repo, data.id) }
}

/** A run with its jobs, and its artifacts once it is completed. @throws GitHubNotFoundError */
export async function viewRun(
  github: Api,
  repo: Repo,
  runId: number | string,
): Promise<WorkflowRunWithJobs> {
  const run = await runWithJobs(github, repo, runId)
  if (!isCompleted(run)) return run
  return { ...run, artifacts: await listRunArtifacts(github, repo, run.run_id) }
}

/** Leaves out expired artifacts; downloads nothing. */
export async function listRunArtifacts(
  github: Api,
  { owner, repo }: Repo,
  runId: number,
): Promise<RunArtifact[]> {
  const all = await listArtifacts(github, owner, repo, runId)
  return all.filter(({ expired }) => !expired).map(({ name, size }) => ({ name, path: null, size }))
}

const mostNamed = 5

/** Sends a request about one run; if the run does not exist, the error lists the newest runs. */
export async function ofRun<T>(
  github: Api,
  repo: Repo,
  runId: number | string,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof GitHubNotFoundError) || error.status !== 404) throw error
    throw await noSuchRun(github, repo, runId, error)
  }
}

async function noSuchRun(
  github: Api,
  repo: Repo,
  runId: number | string,
  cause: GitHubNotFoundError,
): Promise<GitHubNotFoundError> {
  let runs: Awaited<ReturnType<typeof listRuns>>
  try {
    runs = await listRuns(github, repo, { limit: mostNamed })
  } catch (error) {
    // Then the repository is not visible, and the first error says so.
    if (error instanceof GitHubError) return cause
    throw error
  }
  const { status, requestId } = cause
  const newest = runs.map(
    ({ run_id: id, workflow, status: state, conclusion }) =>
      `${id} (${workflow}, ${conclusion ?? state})`,
  )
  const hint = newest.length === 0 ? 'nothing has run there' : `the newest: ${newest.join(', ')}`
  return new GitHubNotFoundError(`${fullNameOf(repo)} has no run ${oneLine(String(runId), 30)}`, {
    cause,
    status,
    requestId,
    hint: oneLine(hint, 400),
  })
}
