import { resolve } from '../../../git/bare.js'
import { resolveCommit } from '../../../git/read.js'
import type { Repository } from '../../../model/repository.js'
import { addRun } from '../../../model/runs.js'
import {
  definitionOn,
  findWorkflow,
  listWorkflows,
  type Workflow,
  type WorkflowInput,
} from '../../../model/workflows.js'
import type { Call } from '../../call.js'
import { ApiError, notFound } from '../../errors.js'
import { page } from '../../page.js'
import { noContent, type Route, route } from '../../route.js'
import { runPage, runUrl, workflowShape } from '../../shapes/actions.js'

/** https://docs.github.com/rest/actions/workflows */
export const workflowRoutes: Route[] = [
  route('GET /repos/{owner}/{repo}/actions/workflows', async (call) => {
    const repository = call.repository()
    const workflows = await listWorkflows(call.world, repository)
    const { items, headers } = page(call, workflows)
    const shaped = items.map((item) => workflowShape(call.addresses, repository, item))
    return { data: { total_count: workflows.length, workflows: shaped }, headers }
  }),
  route('GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}', async (call) => {
    const repository = call.repository()
    return { data: workflowShape(call.addresses, repository, await workflowOf(call, repository)) }
  }),
  route('PUT /repos/{owner}/{repo}/actions/workflows/{workflow_id}/enable', (call) =>
    setState(call, 'active'),
  ),
  route('PUT /repos/{owner}/{repo}/actions/workflows/{workflow_id}/disable', (call) =>
    setState(call, 'disabled_manually'),
  ),
  route('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', dispatch),
]

/** The workflow in the path. @throws ApiError 404 */
export async function workflowOf(call: Call, repository: Repository): Promise<Workflow> {
  const workflow = await findWorkflow(call.world, repository, call.parameter('workflow_id'))
  if (!workflow) throw notFound()
  return workflow
}

async function setState(call: Call, state: Workflow['state']) {
  const repository = call.writableRepository()
  const { path } = await workflowOf(call, repository)
  const record = repository.workflows.get(path)
  if (record) record.state = state
  return noContent()
}

async function dispatch(call: Call) {
  const repository = call.writableRepository()
  const workflow = await workflowOf(call, repository)
  const body = await call.body()
  const details = detailsWanted(call, body)
  const { ref, sha, branch } = await target(repository, body.ref)
  const definition = await definitionOn(repository, ref, workflow.path)
  if (!definition?.dispatch) throw refused("Workflow does not have 'workflow_dispatch' trigger")
  if (workflow.state !== 'active') {
    throw refused("Cannot trigger a 'workflow_dispatch' on a disabled workflow")
  }
  const inputs = checkInputs(definition.dispatch, body.inputs)
  const onBranch = { ...workflow, definition }
  const request = { workflow: onBranch, event: 'workflow_dispatch', branch, sha, inputs }
  const run = addRun(call.world, repository, request)
  await call.world.onDispatch(run, repository)
  if (!details) return noContent()
  const { addresses } = call
  const [run_url, html_url] = [
    runUrl(addresses, repository, run),
    runPage(addresses, repository, run),
  ]
  return { data: { workflow_run_id: run.id, run_url, html_url } }
}

const refused = (message: string) => new ApiError(422, message)

/**
 * From 2026-03-10 on the answer always has them, and nobody asks. Before, servers knew the field;
 * older ones ignored or refused it.
 */
function detailsWanted({ world, version }: Call, body: Record<string, unknown>): boolean {
  const isAsked = 'return_run_details' in body
  const isKnown = version === '2022-11-28' && world.runDetails !== 'refused'
  if (isAsked && !isKnown) {
    throw refused('Invalid request.\n\n"return_run_details" is not a permitted key.')
  }
  if (version !== '2022-11-28') return true
  return world.runDetails === 'given' && body.return_run_details === true
}

async function target({ bare }: Repository, ref: unknown) {
  if (typeof ref !== 'string') throw refused('Invalid request.\n\n"ref" wasn\'t supplied.')
  const names = ref.startsWith('refs/') ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`]
  for (const name of names) {
    const sha = (await resolve(bare, name)) && (await resolveCommit(bare, name))
    if (sha) return { ref: name, sha, branch: name.replace(/^refs\/(heads|tags)\//, '') }
  }
  throw refused(`No ref found for: ${ref}`)
}

function checkInputs(
  known: Record<string, WorkflowInput | null>,
  given: unknown,
): Record<string, string> {
  const values: Record<string, unknown> =
    typeof given === 'object' && given !== null ? { ...given } : {}
  const unexpected = Object.keys(values).filter((name) => !(name in known))
  if (unexpected.length > 0) {
    throw refused(`Unexpected inputs provided: ${JSON.stringify(unexpected)}`)
  }
  const inputs: Record<string, string> = {}
  for (const [name, input] of Object.entries(known)) {
    const { required, default: fallback, options } = input ?? {}
    const value = values[name] ?? fallback
    if (required && value === undefined) throw refused(`Required input '${name}' not provided`)
    if (value !== undefined && options && !options.includes(`${value}`)) {
      const text = `Provided value '${value}' for input '${name}' not in the list of allowed values`
      throw refused(text)
    }
    inputs[name] = `${value ?? ''}`
  }
  return inputs
}
