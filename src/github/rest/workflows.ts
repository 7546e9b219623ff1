import { GitHubNotFoundError, UsageError } from '../../base/errors.js'
import { checkedRepo } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import {
  type Workflow,
  type WorkflowRunData,
  workflowAnswer,
  workflowRunAnswer,
} from './actions-shapes.js'
import { type Api, getParsed, parseAnswer, repositoryPath } from './api.js'
import { dispatchWorkflow } from './dispatch.js'
import { pagesOf } from './pages.js'
import { getRepo } from './repositories.js'

export async function listWorkflows(api: Api, owner: string, repo: string): Promise<Workflow[]> {
  const octokit = await api.octokit()
  const { listRepoWorkflows } = octokit.rest.actions
  const found = await pagesOf(octokit, listRepoWorkflows, { ...checkedRepo(owner, repo) }).catch(
    (error: unknown) => {
      throw error instanceof GitHubNotFoundError ? noRepository(owner, repo, error) : error
    },
  )
  return parseAnswer(api, workflowAnswer.array(), found)
}

/** A list is there wherever its repository is. */
function noRepository(owner: string, repo: string, cause: GitHubNotFoundError) {
  const { remedy: hint, status, requestId } = cause
  const message = `${owner}/${repo} is not there, or not visible`
  return new GitHubNotFoundError(message, { cause, hint, status, requestId })
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

/**
 * The workflow that an id, a file (`tests.yml` or `tests`), a path or a display name stands for, in any case.
 * An id or a file's whole name goes before all else.
 *
 * @throws GitHubNotFoundError with those that there are; UsageError where two match
 */
export async function findWorkflow(
  api: Api,
  owner: string,
  repo: string,
  name: string | number,
): Promise<Workflow> {
  const workflows = await listWorkflows(api, owner, repo)
  const wanted = String(name)
  const exact = workflows.filter((one) => exactNames(one).includes(wanted))
  const found = exact.length > 0 ? exact : workflows.filter((one) => isCalled(one, wanted))
  const [only, another] = found
  if (only !== undefined && another === undefined) return only
  const called = oneLine(wanted, 100)
  if (only === undefined) {
    throw new GitHubNotFoundError(`${owner}/${repo} has no workflow ${called}`, {
      hint: workflows.length > 0 ? `there are: ${listed(workflows)}` : 'it has none at all',
    })
  }
  throw new UsageError(`${owner}/${repo} has several workflows ${called}: ${listed(found)}`, {
    hint: 'name it by its file or its id',
  })
}

/** `tests.yml` for `.github/workflows/tests.yml`. */
export const fileOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

const exactNames = ({ id, path }: Workflow) => [String(id), path, fileOf(path)]

function isCalled(workflow: Workflow, wanted: string): boolean {
  const { path, name } = workflow
  const names = [...exactNames(workflow), fileOf(path).replace(/\.ya?ml$/i, ''), name]
  return names.some((one) => one.toLowerCase() === wanted.toLowerCase())
}

const listed = (workflows: Workflow[]) =>
  oneLine(workflows.map(({ id, path, name }) => `${fileOf(path)} (${name}, ${id})`).join(', '), 400)

/** @throws GitHubNotFoundError */
export function getWorkflowRun(
  api: Api,
  owner: string,
  repo: string,
  runId: string | number,
): Promise<WorkflowRunData> {
  return getParsed(
    api,
    `${repositoryPath(owner, repo)}/actions/runs/${encodeURIComponent(runId)}`,
    workflowRunAnswer,
  )
}
