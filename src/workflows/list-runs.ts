import { z } from 'zod/mini'
import { GitHubNotFoundError, UsageError } from '../base/errors.js'
import { didYouMean, oneLine } from '../base/text.js'
import { type WorkflowRunData, workflowRunAnswer } from '../github/rest/actions/runs.js'
import { type Workflow, workflowFileOf } from '../github/rest/actions/workflows.js'
import { type Api, parseAnswer } from '../github/rest/api.js'
import { type PagingCall, pagesOf } from '../github/rest/pages.js'
import { toRun, type WorkflowRun } from './run-data.js'
import { fullNameOf, type Repo } from './session.js'

export interface RunFilter {
  /** Only runs of this workflow. */
  workflow?: Workflow | undefined
  /** A status or a conclusion: `in_progress`, `failure` … */
  status?: string | undefined
  branch?: string | undefined
  event?: string | undefined
  /** A full commit id. */
  sha?: string | undefined
  /** The login of who started it. */
  actor?: string | undefined
  /** Default: all that GitHub returns, at most 1,000 with a filter. */
  limit?: number | undefined
}

/** https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository */
const states = [
  ...['queued', 'in_progress', 'completed', 'requested', 'waiting', 'pending'],
  ...['success', 'failure', 'neutral', 'cancelled', 'skipped', 'stale', 'timed_out'],
  ...['action_required', 'startup_failure'],
]

/** @throws UsageError for what is neither a status nor a conclusion: GitHub would list nothing */
function assertState(status: string): void {
  if (states.includes(status)) return
  throw new UsageError(`not a status or conclusion of a run: ${oneLine(status, 100)}`, {
    hint: didYouMean(status, states) ?? `expected one of ${states.join(', ')}`,
  })
}

/**
 * Newest first, all pages up to the limit.
 *
 * @throws UsageError for an unknown status
 * https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository
 */
export async function listRuns(
  github: Api,
  repo: Repo,
  filter: RunFilter = {},
  onHeaders?: PagingCall['onHeaders'],
): Promise<WorkflowRun[]> {
  if (filter.status !== undefined) assertState(filter.status)
  const found = await listRunData(github, repo, filter, onHeaders)
  return found.map((data) => toRun(github, repo, data))
}

/** https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository */
const mostFiltered = 1000

async function listRunData(
  github: Api,
  { owner, repo }: Repo,
  { workflow, sha, limit, ...filter }: RunFilter,
  onHeaders: PagingCall['onHeaders'],
): Promise<WorkflowRunData[]> {
  const octokit = await github.octokit()
  const { listWorkflowRuns, listWorkflowRunsForRepo } = octokit.rest.actions
  const parameters = { owner, repo, ...filter, head_sha: sha }
  const found =
    workflow === undefined
      ? await pagesOf(octokit, listWorkflowRunsForRepo, parameters, { limit, onHeaders })
      : await pagesOf(
          octokit,
          listWorkflowRuns,
          { ...parameters, workflow_id: workflow.id },
          { limit, onHeaders },
        )
  const runs = parseAnswer(github, z.array(workflowRunAnswer), found)
  const filtered = sha !== undefined || Object.values(filter).some((value) => value !== undefined)
  if (filtered && runs.length >= mostFiltered && (limit ?? Number.POSITIVE_INFINITY) > mostFiltered)
    github.warn(`GitHub lists at most ${mostFiltered} runs with a filter; there may be older ones`)
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
