import { GitHubNotFoundError } from '../base/errors.js'
import { oneLine } from '../base/text.js'
import { type Api, parseAnswer } from '../github/rest/api.js'
import { listArtifacts } from '../github/rest/artifacts.js'
import { pagesOf } from '../github/rest/pages.js'
import { getWorkflowRun, type WorkflowRunData, workflowRunAnswer } from '../github/rest/runs.js'
import { fileOf, type Workflow } from '../github/rest/workflows.js'
import { fullNameOf, type Repo } from './deps.js'
import { listJobs } from './jobs.js'
import { toRun } from './run-data.js'
import type { RunArtifact, WorkflowRun, WorkflowRunWithJobs } from './types.js'
import { isCompleted } from './watch/conclusion.js'

export interface RunFilter {
  /** Of one workflow alone. */
  workflow?: Workflow | undefined
  /** A status or a conclusion: `in_progress`, `failure` … */
  status?: string | undefined
  branch?: string | undefined
  event?: string | undefined
  /** A full commit id. */
  sha?: string | undefined
  /** Default: all that GitHub gives, which is 1,000 where something is filtered. */
  limit?: number | undefined
}

/**
 * The newest first, all pages up to the limit.
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
  // A server that is older than the parameter lists the runs of every commit.
  return sha === undefined ? runs : runs.filter(({ head_sha: of }) => of === null || of === sha)
}

/** @throws GitHubNotFoundError where it never ran */
export async function newestRun(
  github: Api,
  repo: Repo,
  workflow: Workflow,
  branch?: string,
): Promise<WorkflowRun> {
  const [run] = await listRuns(github, repo, { workflow, branch, limit: 1 })
  if (run !== undefined) return run
  const where = branch === undefined ? '' : ` on ${oneLine(branch, 100)}`
  const target = `${fullNameOf(repo)}/${fileOf(workflow.path)}`
  throw new GitHubNotFoundError(`${target} never ran${where}`, {
    hint: [{ verb: ['WORKFLOW', 'RUN'], target }, ' runs it'],
  })
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

/** Those that have expired left out; none is downloaded. */
export async function listRunArtifacts(
  github: Api,
  { owner, repo }: Repo,
  runId: number,
): Promise<RunArtifact[]> {
  const all = await listArtifacts(github, owner, repo, runId)
  return all.filter(({ expired }) => !expired).map(({ name, size }) => ({ name, path: null, size }))
}
