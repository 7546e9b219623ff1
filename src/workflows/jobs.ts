import { z } from 'zod'
import { type Api, parseAnswer } from '../github/rest/api.js'
import { pagesOf } from '../github/rest/pages.js'
import type { WorkflowJob } from './run-data.js'
import type { Repo } from './session.js'

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

/** https://docs.github.com/en/rest/actions/workflow-jobs#list-jobs-for-a-workflow-run */
const jobAnswer = z
  .object({
    id: z.number(),
    name: z.string(),
    status: z.string(),
    conclusion: z.string().nullish(),
    started_at: z.string().nullish(),
    completed_at: z.string().nullish(),
    steps: z
      .array(
        z.object({
          number: z.number(),
          name: z.string(),
          status: z.string(),
          conclusion: z.string().nullish(),
          started_at: z.string().nullish(),
          completed_at: z.string().nullish(),
        }),
      )
      .nullish(),
  })
  .transform((answer) => ({
    id: answer.id,
    name: answer.name,
    status: answer.status,
    conclusion: answer.conclusion ?? null,
    started_at: answer.started_at ?? null,
    completed_at: answer.completed_at ?? null,
    steps: (answer.steps ?? []).map((step) => ({
      number: step.number,
      name: step.name,
      status: step.status,
      conclusion: step.conclusion ?? null,
      started_at: step.started_at ?? null,
      completed_at: step.completed_at ?? null,
    })),
  }))
