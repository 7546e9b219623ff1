import { z } from 'zod'
import { checkedRepo } from '../../base/names/repository.js'
import { type Api, ask } from './api.js'

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

const accountAnswer = z.object({ login: z.string() }).nullish()

/** https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run */
export interface WorkflowRunData {
  id: number
  /** `queued`, `in_progress`, `completed`, `waiting` … */
  status: string
  /** `success`, `failure`, `neutral`, `cancelled` …; null until it is completed. */
  conclusion: string | null
  name: string | null
  workflow_id: number | null
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

export const workflowRunAnswer = z
  .object({
    id: z.number(),
    name: z.string().nullish(),
    workflow_id: z.number().nullish(),
    path: z.string().nullish(),
    event: z.string().nullish(),
    status: z.string().nullable(),
    conclusion: z.string().nullable(),
    head_branch: z.string().nullish(),
    head_sha: z.string().nullish(),
    run_attempt: z.number().nullish(),
    run_started_at: z.string().nullish(),
    created_at: z.string(),
    updated_at: z.string(),
    html_url: z.string(),
    url: z.string().nullish(),
    logs_url: z.string().nullish(),
    artifacts_url: z.string().nullish(),
    actor: accountAnswer,
    triggering_actor: accountAnswer,
    repository: z.object({ full_name: z.string() }).nullish(),
  })
  .transform(
    (answer): WorkflowRunData => ({
      id: answer.id,
      status: answer.status ?? 'queued',
      conclusion: answer.conclusion,
      name: answer.name ?? null,
      workflow_id: answer.workflow_id ?? null,
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
  )

/** https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository */
export const runListAnswer = z.object({ workflow_runs: z.array(workflowRunAnswer) })
