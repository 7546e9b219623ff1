import { z } from 'zod/mini'
import { checkedRepo, type Repo } from '../../../base/names/repository.js'
import { type Api, ask, parseAnswer } from '../api.js'
import { pagesOf } from '../pages.js'

/** @throws GitHubNotFoundError */
export async function getWorkflowRun(
  api: Api,
  owner: string,
  repo: string,
  runId: string | number,
): Promise<WorkflowRunData> {
  const run = { ...checkedRepo(owner, repo), run_id: runId as number }
  return ask(api, workflowRunAnswer, (rest) => rest.actions.getWorkflowRun(run))
}

/**
 * One attempt of a run, as it is or as it ended.
 * https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run-attempt
 *
 * @throws GitHubNotFoundError
 */
export async function getRunAttempt(
  api: Api,
  { owner, repo }: Repo,
  runId: string | number,
  attempt: number,
): Promise<WorkflowRunData> {
  const run = { ...checkedRepo(owner, repo), run_id: runId as number, attempt_number: attempt }
  return ask(api, workflowRunAnswer, (rest) => rest.actions.getWorkflowRunAttempt(run))
}

const accountAnswer = z.nullish(z.object({ login: z.string() }))

/** https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run */
export interface WorkflowRunData {
  id: number
  /** `queued`, `in_progress`, `completed`, `waiting` … */
  status: string
  /** `success`, `failure`, `neutral`, `cancelled` …; null until it is completed. */
  conclusion: string | null
  name: string | null
  workflow_id: number | null
  check_suite_id: number | null
  /** `.github/workflows/tests.yml`, without the ref that some servers add. */
  path: string | null
  event: string | null
  /** The name of a branch or tag. */
  head_branch: string | null
  head_sha: string | null
  run_attempt: number
  /** ISO 8601, like the other times. */
  run_started_at: string | null
  created_at: string
  updated_at: string
  html_url: string
  logs_url: string | null
  artifacts_url: string | null
  /** The logins of those who started the run and its latest attempt. */
  actors: string[]
  /** `OWNER/NAME`. */
  repository: string | null
}

export const workflowRunAnswer = z.pipe(
  z.object({
    id: z.number(),
    name: z.nullish(z.string()),
    workflow_id: z.nullish(z.number()),
    check_suite_id: z.nullish(z.number()),
    path: z.nullish(z.string()),
    event: z.nullish(z.string()),
    status: z.nullable(z.string()),
    conclusion: z.nullable(z.string()),
    head_branch: z.nullish(z.string()),
    head_sha: z.nullish(z.string()),
    run_attempt: z.nullish(z.number()),
    run_started_at: z.nullish(z.string()),
    created_at: z.string(),
    updated_at: z.string(),
    html_url: z.string(),
    url: z.nullish(z.string()),
    logs_url: z.nullish(z.string()),
    artifacts_url: z.nullish(z.string()),
    actor: accountAnswer,
    triggering_actor: accountAnswer,
    repository: z.nullish(z.object({ full_name: z.string() })),
  }),
  z.transform(
    (answer): WorkflowRunData => ({
      id: answer.id,
      status: answer.status ?? 'queued',
      conclusion: answer.conclusion,
      name: answer.name ?? null,
      workflow_id: answer.workflow_id ?? null,
      check_suite_id: answer.check_suite_id ?? null,
      path: answer.path?.replace(/@.*$/s, '') ?? null,
      event: answer.event ?? null,
      head_branch: answer.head_branch ?? null,
      head_sha: answer.head_sha ?? null,
      run_attempt: answer.run_attempt ?? 1,
      run_started_at: answer.run_started_at ?? null,
      created_at: answer.created_at,
      updated_at: answer.updated_at,
      html_url: answer.html_url,
      logs_url: answer.logs_url ?? null,
      artifacts_url: answer.artifacts_url ?? (answer.url ? `${answer.url}/artifacts` : null),
      actors: [answer.actor, answer.triggering_actor].flatMap((one) => one?.login ?? []),
      repository: answer.repository?.full_name ?? null,
    }),
  ),
)

/** https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository */
export const runListAnswer = z.object({ workflow_runs: z.array(workflowRunAnswer) })

export interface WorkflowJob {
  id: number
  name: string
  status: string
  conclusion: string | null
  started_at: string | null
  completed_at: string | null
  steps: WorkflowStep[]
}

export interface WorkflowStep {
  /** From 1, as in the log's file names. */
  number: number
  name: string
  status: string
  conclusion: string | null
  started_at: string | null
  completed_at: string | null
}

export const jobsPerPage = 100

/**
 * The jobs of a run's latest attempt, or of the given one, all pages.
 * https://docs.github.com/en/rest/actions/workflow-jobs#list-jobs-for-a-workflow-run
 */
export async function listJobs(
  api: Api,
  { owner, repo }: Repo,
  runId: number,
  attempt?: number,
): Promise<WorkflowJob[]> {
  const octokit = await api.octokit()
  const { listJobsForWorkflowRun, listJobsForWorkflowRunAttempt } = octokit.rest.actions
  const run = { owner, repo, run_id: runId }
  const paging = { perPage: jobsPerPage }
  const found =
    attempt === undefined
      ? await pagesOf(octokit, listJobsForWorkflowRun, { ...run, filter: 'latest' }, paging)
      : await pagesOf(
          octokit,
          listJobsForWorkflowRunAttempt,
          { ...run, attempt_number: attempt },
          paging,
        )
  return parseAnswer(api, z.array(jobAnswer), found)
}

/**
 * The run and the attempt that a job belongs to.
 * https://docs.github.com/en/rest/actions/workflow-jobs#get-a-job-for-a-workflow-run
 *
 * @throws GitHubNotFoundError
 */
export async function getJobPlace(
  api: Api,
  { owner, repo }: Repo,
  jobId: number,
): Promise<{ runId: number; attempt: number }> {
  const job = { ...checkedRepo(owner, repo), job_id: jobId }
  const answer = z.object({ run_id: z.number(), run_attempt: z.nullish(z.number()) })
  const place = await ask(api, answer, (rest) => rest.actions.getJobForWorkflowRun(job))
  return { runId: place.run_id, attempt: place.run_attempt ?? 1 }
}

/** https://docs.github.com/en/rest/actions/workflow-jobs#list-jobs-for-a-workflow-run */
const jobAnswer = z.pipe(
  z.object({
    id: z.number(),
    name: z.string(),
    status: z.string(),
    conclusion: z.nullish(z.string()),
    started_at: z.nullish(z.string()),
    completed_at: z.nullish(z.string()),
    steps: z.nullish(
      z.array(
        z.object({
          number: z.number(),
          name: z.string(),
          status: z.string(),
          conclusion: z.nullish(z.string()),
          started_at: z.nullish(z.string()),
          completed_at: z.nullish(z.string()),
        }),
      ),
    ),
  }),
  z.transform((answer) => ({
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
  })),
)
