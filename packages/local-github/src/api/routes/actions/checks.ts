import type { Repository } from '../../../model/repository.js'
import { allJobs, type Run, type RunAnnotation } from '../../../model/runs.js'
import type { Call } from '../../call.js'
import { notFound } from '../../errors.js'
import { page } from '../../page.js'
import { type Data, type Route, route } from '../../route.js'
import { runPage } from '../../shapes/actions.js'

type CheckRunData = Data<'GET /repos/{owner}/{repo}/check-runs/{check_run_id}'>

/**
 * The checks of a workflow's jobs, and of a run that never started, whose annotations say why:
 * https://docs.github.com/rest/checks/runs
 */
export const checkRoutes: Route[] = [
  route('GET /repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs', (call) => {
    const { repository, run } = checkedRun(call, 'check_suite_id')
    const all = run.annotations.length > 0 ? [checkRunShape(call, repository, run)] : []
    const { items, headers } = page(call, all)
    return { data: { total_count: all.length, check_runs: items }, headers }
  }),
  route('GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations', (call) => {
    const { items, headers } = page(call, annotationsOf(call))
    const data = items.map(({ path, line, message, level = 'failure', title = null }) => ({
      ...{ path, message, start_line: line, end_line: line, start_column: null, end_column: null },
      ...{ annotation_level: level, title, raw_details: null, blob_href: '' },
    }))
    return { data, headers }
  }),
]

/** The check run of a job has its id; that of a run that never started has the run's. */
function annotationsOf(call: Call): RunAnnotation[] {
  const id = call.id('check_run_id')
  const { runs } = call.repository()
  const job = runs.flatMap(allJobs).find((one) => one.id === id)
  return job?.annotations ?? checkedRun(call, 'check_run_id').run.annotations
}

/** A run has one check suite, and here one check run, by its own id. */
function checkedRun(call: Call, name: string): { repository: Repository; run: Run } {
  const repository = call.repository()
  const run = repository.runs.find(({ id }) => id === call.id(name))
  if (!run) throw notFound()
  return { repository, run }
}

function checkRunShape({ addresses }: Call, repository: Repository, run: Run): CheckRunData {
  const html_url = runPage(addresses, repository, run)
  const count = run.annotations.length
  return {
    ...{ id: run.id, node_id: `CR_${run.id}`, head_sha: run.sha, external_id: '', name: run.path },
    ...{ url: html_url, html_url, details_url: html_url, pull_requests: [], app: null },
    ...{ status: 'completed', conclusion: 'failure' },
    ...{ started_at: run.startedAt, completed_at: run.updatedAt, check_suite: { id: run.id } },
    output: {
      ...{ title: null, summary: null, text: null, annotations_url: '' },
      annotations_count: count,
    },
  }
}
