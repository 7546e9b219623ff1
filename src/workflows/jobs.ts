import { jobAnswer } from '../github/rest/actions-shapes.js'
import { type Api, parseAnswer } from '../github/rest/api.js'
import { pagesOf } from '../github/rest/pages.js'
import type { Repo } from './deps.js'
import type { WorkflowJob } from './types.js'

export const jobsPerPage = 100

/**
 * The jobs of a run's latest attempt, all pages.
 * https://docs.github.com/en/rest/actions/workflow-jobs#list-jobs-for-a-workflow-run
 */
export async function listJobs(
  github: Api,
  { owner, repo }: Repo,
  runId: number,
): Promise<WorkflowJob[]> {
  const octokit = await github.octokit()
  const { listJobsForWorkflowRun } = octokit.rest.actions
  const found = await pagesOf(
    octokit,
    listJobsForWorkflowRun,
    { owner, repo, run_id: runId, filter: 'latest' },
    { perPage: jobsPerPage },
  )
  return parseAnswer(github, jobAnswer.array(), found)
}
