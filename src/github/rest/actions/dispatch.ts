import { z } from 'zod/mini'
import { GitHubError, GitHubNetworkError, withRemedy } from '../../../base/errors.js'
import type { HintParts } from '../../../base/hint.js'
import { checkedRepo } from '../../../base/names/repository.js'
import { isNeverSent } from '../../../http/failure.js'
import type { Api } from '../api.js'
import { getRepo } from '../repositories.js'
import { findWorkflow, type Workflow, workflowFileOf } from './workflows.js'

export interface Dispatch {
  owner: string
  repo: string
  workflow: Workflow
  /** A branch or a tag. */
  ref: string
  inputs: Record<string, string>
}

export interface DispatchResult {
  /** null if the server does not return it. */
  runId: number | null
  htmlUrl: string | null
}

/**
 * Starts a workflow. The answer names the run from version 2026-03-10 on; before, that was to be
 * asked for. If a server rejects the unknown field, it is asked again without it; wrong inputs are
 * rejected only once.
 * https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event
 *
 * @throws GitHubError with GitHub's message: wrong inputs, an unknown ref, no `workflow_dispatch`,
 *   a disabled workflow
 */
export async function dispatchWorkflow(api: Api, dispatch: Dispatch): Promise<DispatchResult> {
  if ((await api.restVersion()) !== '2022-11-28') return post(api, dispatch, {})
  try {
    return await post(api, dispatch, { return_run_details: true })
  } catch (error) {
    if (!isUnknownField(error)) throw error
  }
  return post(api, dispatch, {})
}

async function post(
  api: Api,
  { owner, repo, workflow, ref, inputs }: Dispatch,
  details: { return_run_details?: true },
): Promise<DispatchResult> {
  const { data } = await (await api.octokit()).rest.actions.createWorkflowDispatch({
    ...checkedRepo(owner, repo),
    workflow_id: workflow.id,
    ref,
    inputs,
    ...details,
  })
  return resultOf(data)
}

/** Whether a dispatch may have been carried out although it failed: its answer was lost, or a 5xx. */
export const mayHaveStarted = (error: unknown): error is GitHubNetworkError =>
  error instanceof GitHubNetworkError &&
  !isNeverSent(error) &&
  (error.status === undefined || error.status >= 500)

/**
 * A body with an unknown key gets a 400 or a 422. Wrong inputs, refs and triggers also get a 422,
 * with their own messages. After any other 422 nothing has started, so a request without the field
 * shows whether the field was the reason.
 */
function isUnknownField(error: unknown): boolean {
  if (!(error instanceof GitHubError)) return false
  if (error.status === 400) return true
  if (error.status !== 422) return false
  return /return_run_details/.test(error.message) || !ofTheRequest.test(error.message)
}

const ofTheRequest = /\binputs?\b|\bref\b|workflow_dispatch|\bdisabled\b/i

/** https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event */
const dispatchAnswer = z.object({
  workflow_run_id: z.number(),
  html_url: z.nullish(z.string()),
})

/** A 204 has no body, and an unexpected body names no run. */
function resultOf(data: unknown): DispatchResult {
  const parsed = dispatchAnswer.safeParse(data)
  if (!parsed.success) return { runId: null, htmlUrl: null }
  return { runId: parsed.data.workflow_run_id, htmlUrl: parsed.data.html_url ?? null }
}

export interface DispatchOptions {
  /** A branch or a tag; default: the default branch. */
  ref?: string | undefined
  inputs?: Record<string, string> | undefined
}

/**
 * Starts a workflow by its id, its file (`tests.yml` or `tests`) or its display name.
 *
 * @returns the run's id; null if the server does not return it (WorkflowRunner finds the run
 *   anyway)
 * @throws GitHubNotFoundError, UsageError if two workflows have that name, GitHubError with
 *   GitHub's message if the inputs are wrong or there is no `workflow_dispatch`
 */
export async function runWorkflow(
  api: Api,
  owner: string,
  repo: string,
  workflow: string | number,
  { ref, inputs = {} }: DispatchOptions = {},
): Promise<string | null> {
  const found = await findWorkflow(api, owner, repo, workflow)
  const on = ref ?? (await getRepo(api, owner, repo)).default_branch
  const dispatch = { owner, repo, workflow: found, ref: on, inputs }
  const { runId } = await dispatchWorkflow(api, dispatch).catch((error: unknown) => {
    throw mayHaveStarted(error) ? withRemedy(error, lookFirst(dispatch)) : error
  })
  return runId === null ? null : String(runId)
}

const lookFirst = ({ owner, repo, workflow }: Dispatch): HintParts => [
  'a run may have been started: before dispatching again look at ',
  { verb: ['WORKFLOW', 'RUNS'], target: `${owner}/${repo}/${workflowFileOf(workflow.path)}` },
]
