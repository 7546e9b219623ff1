import { ConflictError, GitHubError, GitHubNotFoundError } from '../errors.js'
import { oneLine } from '../text.js'
import { type Api, getParsed, parseAnswer, repositoryPath } from './api.js'
import { pagesOf } from './pages.js'
import { getRepo } from './repositories.js'
import { type Workflow, type WorkflowRun, workflowAnswer, workflowRunAnswer } from './shapes.js'

export async function listWorkflows(api: Api, owner: string, repo: string): Promise<Workflow[]> {
  repositoryPath(owner, repo)
  const octokit = await api.octokit()
  const { listRepoWorkflows } = octokit.rest.actions
  const found = await pagesOf(octokit, listRepoWorkflows, { owner, repo })
  return parseAnswer(api, workflowAnswer.array(), found)
}

export interface DispatchOptions {
  /** A branch or a tag; default: the default branch. */
  ref?: string | undefined
  inputs?: Record<string, string> | undefined
}

/**
 * Starts a workflow, which is named by its id, its file (`tests.yml` or `tests`) or its display name.
 * https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event
 *
 * @returns the run's id; null where the server does not tell it
 * @throws GitHubNotFoundError, ConflictError where two workflows have that name,
 *   GitHubError with GitHub's words where the inputs are wrong or there is no `workflow_dispatch`
 */
export async function runWorkflow(
  api: Api,
  owner: string,
  repo: string,
  workflow: string | number,
  { ref, inputs = {} }: DispatchOptions = {},
): Promise<string | null> {
  const { id } = await findWorkflow(api, owner, repo, String(workflow))
  const target = {
    owner,
    repo,
    workflow_id: id,
    ref: ref ?? (await getRepo(api, owner, repo)).default_branch,
    inputs,
  }
  const octokit = await api.octokit()
  const dispatch = (details: object) =>
    octokit.request('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', {
      ...target,
      ...details,
    })
  try {
    return runIdOf((await dispatch({ return_run_details: true })).data)
  } catch (error) {
    // A server that does not know the field refuses it; wrong inputs are refused again, in GitHub's words.
    if (!(error instanceof GitHubError) || ![400, 422].includes(error.status ?? 0)) throw error
    return runIdOf((await dispatch({})).data)
  }
}

function runIdOf(data: unknown): string | null {
  const { workflow_run_id: id } = { workflow_run_id: undefined, ...(data as object) }
  return typeof id === 'number' || typeof id === 'string' ? String(id) : null
}

/** @throws GitHubNotFoundError with those that there are; ConflictError where two match */
async function findWorkflow(
  api: Api,
  owner: string,
  repo: string,
  name: string,
): Promise<Workflow> {
  const workflows = await listWorkflows(api, owner, repo)
  const byFile = workflows.filter(
    ({ id, path }) => String(id) === name || fileNames(path).includes(name),
  )
  const found =
    byFile.length > 0
      ? byFile
      : workflows.filter((one) => one.name.toLowerCase() === name.toLowerCase())
  const [only, another] = found
  if (only !== undefined && another === undefined) return only
  const list = (some: Workflow[]) => oneLine(some.map(({ path }) => path).join(', '), 400)
  if (only === undefined) {
    throw new GitHubNotFoundError(`${owner}/${repo} has no workflow ${oneLine(name, 100)}`, {
      hint: workflows.length > 0 ? `there are: ${list(workflows)}` : 'it has none',
    })
  }
  throw new ConflictError(
    `${owner}/${repo} has several workflows ${oneLine(name, 100)}: ${list(found)}`,
    {
      hint: 'name it by its file',
    },
  )
}

function fileNames(path: string): string[] {
  const file = path.slice(path.lastIndexOf('/') + 1)
  return [path, file, file.replace(/\.ya?ml$/i, '')]
}

/** @throws GitHubNotFoundError */
export function getWorkflowRun(
  api: Api,
  owner: string,
  repo: string,
  runId: string | number,
): Promise<WorkflowRun> {
  return getParsed(
    api,
    `${repositoryPath(owner, repo)}/actions/runs/${encodeURIComponent(runId)}`,
    workflowRunAnswer,
  )
}
