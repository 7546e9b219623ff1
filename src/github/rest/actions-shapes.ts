import { z } from 'zod'

const text = z.string()
const optionalText = z.string().nullish()

/** https://docs.github.com/en/rest/actions/workflows#list-repository-workflows */
export interface Workflow {
  id: number
  name: string
  /** `.github/workflows/tests.yml` */
  path: string
  /** `active`, `disabled_manually`, `disabled_inactivity`, `disabled_fork` … */
  state: string
}

export const workflowAnswer: z.ZodType<Workflow> = z.object({
  id: z.number(),
  name: text,
  path: text,
  state: text,
})

const accountAnswer = z.object({ login: text }).nullish()

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
  /** A branch's or a tag's name. */
  head_branch: string | null
  head_sha: string | null
  run_attempt: number
  /** ISO 8601, as the other times. */
  run_started_at: string | null
  created_at: string
  updated_at: string
  html_url: string
  logs_url: string | null
  artifacts_url: string | null
  /** The logins of who started it, and of who started its latest attempt. */
  actors: string[]
  /** `OWNER/NAME`. */
  repository: string | null
}

export const workflowRunAnswer = z
  .object({
    id: z.number(),
    name: optionalText,
    workflow_id: z.number().nullish(),
    path: optionalText,
    event: optionalText,
    status: text.nullable(),
    conclusion: text.nullable(),
    head_branch: optionalText,
    head_sha: optionalText,
    run_attempt: z.number().nullish(),
    run_started_at: optionalText,
    created_at: text,
    updated_at: text,
    html_url: text,
    url: optionalText,
    logs_url: optionalText,
    artifacts_url: optionalText,
    actor: accountAnswer,
    triggering_actor: accountAnswer,
    repository: z.object({ full_name: text }).nullish(),
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

/** https://docs.github.com/en/rest/actions/workflow-jobs#list-jobs-for-a-workflow-run */
export const jobAnswer = z
  .object({
    id: z.number(),
    name: text,
    status: text,
    conclusion: optionalText,
    started_at: optionalText,
    completed_at: optionalText,
    steps: z
      .array(
        z.object({
          number: z.number(),
          name: text,
          status: text,
          conclusion: optionalText,
          started_at: optionalText,
          completed_at: optionalText,
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

/** https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event */
export const dispatchAnswer = z.object({
  workflow_run_id: z.number(),
  html_url: optionalText,
})

/** https://docs.github.com/en/rest/commits/commits#get-a-commit */
export const commitAnswer = z.object({ sha: text.regex(/^[0-9a-f]{40,64}$/) })
