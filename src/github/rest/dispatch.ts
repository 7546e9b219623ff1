import { z } from 'zod'
import { GitHubError } from '../../base/errors.js'
import { checkedRepo } from '../../base/names/repository.js'
import type { Api } from './api.js'
import { getRepo } from './repositories.js'
import { findWorkflow, type Workflow } from './workflows.js'

export interface Dispatch {
  owner: string
  repo: string
  workflow: Workflow
  /** A branch or a tag. */
  ref: string
  inputs: Record<string, string>
}

export interface DispatchResult {
  /** null where the server does not tell it. */
  runId: number | null
  htmlUrl: string | null
}

/**
 * Starts a workflow, and asks for the run's id with the answer. A server that does not know that field refuses it,
 * and is asked without; wrong inputs are refused once.
 * https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event
 *
 * @throws GitHubError with GitHub's words: wrong inputs, an unknown ref, no `workflow_dispatch`, a disabled workflow
 */
export async function dispatchWorkflow(api: Api, dispatch: Dispatch): Promise<DispatchResult> {
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

/**
 * A body with an unknown key is a 400 or a 422. Inputs, refs and triggers are refused with 422 too, in words of their
 * own; whatever else a 422 says did nothing, and asking without the field shows whether that was it.
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
  html_url: z.string().nullish(),
})

/** A 204 has no body, and an answer of another shape tells no run. */
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
 * Starts a workflow, which is named by its id, its file (`tests.yml` or `tests`) or its display name.
 *
 * @returns the run's id; null where the server does not tell it: WorkflowRunner finds it all the same
 * @throws GitHubNotFoundError, UsageError where two workflows have that name,
 *   GitHubError with GitHub's words where the inputs are wrong or there is no `workflow_dispatch`
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
  const { runId } = await dispatchWorkflow(api, { owner, repo, workflow: found, ref: on, inputs })
  return runId === null ? null : String(runId)
}
