import type { Repository } from '../../../model/repository.js'
import { type Attempt, finishRun, type Rerun, type Run, rerun } from '../../../model/runs.js'
import type { Call } from '../../call.js'
import { ApiError, notFound } from '../../errors.js'
import { page } from '../../page.js'
import { type Route, route } from '../../route.js'
import { runShape } from '../../shapes/actions.js'
import { fits } from './run-filters.js'
import { workflowOf } from './workflows.js'

/** https://docs.github.com/rest/actions/workflow-runs */
export const runRoutes: Route[] = [
  route('GET /repos/{owner}/{repo}/actions/runs', (call) => list(call, call.repository().runs)),
  route('GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs', async (call) => {
    const repository = call.repository()
    const { id } = await workflowOf(call, repository)
    return list(
      call,
      repository.runs.filter(({ workflowId }) => workflowId === id),
    )
  }),
  route('GET /repos/{owner}/{repo}/actions/runs/{run_id}', (call) => {
    const { repository, run } = runOf(call)
    return { data: shown(call, repository, run) }
  }),
  route('GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}', (call) => {
    const { repository, run, attempt } = attemptOf(call)
    return { data: runShape(call.addresses, repository, { ...run, ...attempt }) }
  }),
  route('POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel', cancel),
  route('POST /repos/{owner}/{repo}/actions/runs/{run_id}/force-cancel', cancel),
  route('POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun', (call) =>
    again(call, writableRun(call).run),
  ),
  route('POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs', (call) =>
    again(call, writableRun(call).run, { failedOnly: true }),
  ),
]

function list(call: Call, runs: Run[]) {
  const repository = call.repository()
  const listed = runs.filter(({ listedFrom }) => listedFrom <= call.world.now())
  const found = listed.filter((run) => fits(run, call.query))
  const { items, headers } = page(call, found)
  const shaped = items.map((run) => shown(call, repository, run))
  return { data: { total_count: found.length, workflow_runs: shaped }, headers }
}

/** Shows a run as it is now. Tests that wait for these answers may then move it on. */
function shown({ addresses, world }: Call, repository: Repository, run: Run) {
  const shape = runShape(addresses, repository, run)
  world.onShown(run)
  return shape
}

/** The run in the path. @throws ApiError 404 */
export function runOf(call: Call): { repository: Repository; run: Run } {
  const repository = call.repository()
  const id = call.id('run_id')
  const run = repository.runs.find((candidate) => candidate.id === id)
  if (!run) throw notFound()
  return { repository, run }
}

/** The run and the attempt in the path; without one there, the latest. @throws ApiError 404 */
export function attemptOf(call: Call): { repository: Repository; run: Run; attempt: Attempt } {
  const { repository, run } = runOf(call)
  if (call.parameter('attempt_number') === '') return { repository, run, attempt: run }
  const attempt = [...run.earlier, run][call.id('attempt_number') - 1]
  if (!attempt) throw notFound()
  return { repository, run, attempt }
}

function writableRun(call: Call) {
  call.writableRepository()
  return runOf(call)
}

function cancel(call: Call) {
  const { run } = writableRun(call)
  if (run.status === 'completed') {
    throw new ApiError(409, 'Cannot cancel a workflow run that is completed.')
  }
  finishRun(call.world, run, { conclusion: 'cancelled' })
  return { status: 202, data: {} }
}

export function again(call: Call, run: Run, which: Rerun = {}) {
  if (run.status !== 'completed') {
    throw new ApiError(403, 'This workflow is already running')
  }
  rerun(call.world, run, which)
  return { status: 201, data: {} }
}
