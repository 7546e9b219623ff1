import { z } from 'zod/mini'
import { GitHubNotFoundError, UsageError } from '../../../base/errors.js'
import { checkedRepo, type Repo } from '../../../base/names/repository.js'
import { oneLine } from '../../../base/text.js'
import { type Api, parseAnswer } from '../api.js'
import { pagesOf } from '../pages.js'

/** https://docs.github.com/en/rest/actions/workflows#list-repository-workflows */
export interface Workflow {
  id: number
  name: string
  /** `.github/workflows/tests.yml` */
  path: string
  /** `active`, `disabled_manually`, `disabled_inactivity`, `disabled_fork` … */
  state: string
}

const workflowAnswer: z.ZodMiniType<Workflow> = z.object({
  id: z.number(),
  name: z.string(),
  path: z.string(),
  state: z.string(),
})

export async function listWorkflows(api: Api, owner: string, repo: string): Promise<Workflow[]> {
  const octokit = await api.octokit()
  const { listRepoWorkflows } = octokit.rest.actions
  const found = await pagesOf(octokit, listRepoWorkflows, { ...checkedRepo(owner, repo) }).catch(
    (error: unknown) => {
      throw error instanceof GitHubNotFoundError ? noRepository(owner, repo, error) : error
    },
  )
  return parseAnswer(api, z.array(workflowAnswer), found)
}

/** Every repository has this list, so a 404 means that the repository is missing. */
function noRepository(owner: string, repo: string, cause: GitHubNotFoundError) {
  const { remedy: hint, status, requestId } = cause
  const message = `${owner}/${repo} was not found, or is not visible to you`
  return new GitHubNotFoundError(message, { cause, hint, status, requestId })
}

/**
 * Finds a workflow by its id, file (`tests.yml` or `tests`), path or display name, ignoring case.
 * An id or whole file name takes precedence.
 *
 * @throws GitHubNotFoundError with the existing ones; UsageError if two match
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
      hint: workflows.length > 0 ? `available: ${listed(workflows)}` : 'it has no workflows',
    })
  }
  throw new UsageError(`${owner}/${repo} has several workflows ${called}: ${listed(found)}`, {
    hint: 'name it by its file or its id',
  })
}

/** `tests.yml` for `.github/workflows/tests.yml`. */
export const workflowFileOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

const exactNames = ({ id, path }: Workflow) => [String(id), path, workflowFileOf(path)]

function isCalled(workflow: Workflow, wanted: string): boolean {
  const { path, name } = workflow
  const names = [...exactNames(workflow), workflowFileOf(path).replace(/\.ya?ml$/i, ''), name]
  return names.some((one) => one.toLowerCase() === wanted.toLowerCase())
}

const listed = (workflows: Workflow[]) =>
  oneLine(
    workflows.map(({ id, path, name }) => `${workflowFileOf(path)} (${name}, ${id})`).join(', '),
    400,
  )

/** https://docs.github.com/en/rest/actions/workflows#enable-a-workflow */
export async function changeWorkflow(
  api: Api,
  repo: Repo,
  workflowId: number,
  state: 'enable' | 'disable',
): Promise<void> {
  const { enableWorkflow, disableWorkflow } = (await api.octokit()).rest.actions
  const change = state === 'enable' ? enableWorkflow : disableWorkflow
  await change({ ...repo, workflow_id: workflowId })
}
