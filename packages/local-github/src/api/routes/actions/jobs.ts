import type { Repository } from '../../../model/repository.js'
import { type Attempt, allJobs, type Job, type Run } from '../../../model/runs.js'
import { type ZipEntry, zip } from '../../../zip.js'
import type { Call } from '../../call.js'
import { notFound } from '../../errors.js'
import { page } from '../../page.js'
import { type Route, route } from '../../route.js'
import { jobShape } from '../../shapes/actions.js'
import { again, attemptOf } from './runs.js'

/** Jobs and logs: https://docs.github.com/rest/actions/workflow-jobs */
export const jobRoutes: Route[] = [
  route('GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs', listJobs),
  route('GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs', listJobs),
  route('GET /repos/{owner}/{repo}/actions/jobs/{job_id}', (call) => ({
    data: jobShape(call.addresses, jobOf(call)),
  })),
  route('POST /repos/{owner}/{repo}/actions/jobs/{job_id}/rerun', (call) => {
    call.writableRepository()
    const { run, job } = jobOf(call)
    return again(call, run, { jobId: job.id })
  }),
  route('GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs', (call) => {
    const { job } = jobOf(call)
    if (job.status !== 'completed') throw notFound()
    const content = Buffer.from(job.log)
    return call.toStorage({ content, type: 'text/plain', name: `${job.id}.txt` })
  }),
  route('GET /repos/{owner}/{repo}/actions/runs/{run_id}/logs', logs),
  route('GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/logs', logs),
]

function logs(call: Call) {
  const { run, attempt } = attemptOf(call)
  if (attempt.status !== 'completed') throw notFound()
  const name = `logs_${run.id}.zip`
  return call.toStorage({ content: logArchive(attempt), type: 'application/zip', name })
}

function listJobs(call: Call) {
  const { repository, run, attempt } = attemptOf(call)
  const isAll = attempt === run && call.query.get('filter') === 'all'
  const found = isAll ? allJobs(run) : attempt.jobs
  const { items, headers } = page(call, found)
  const jobs = items.map((job) => jobShape(call.addresses, { repository, run, job }))
  return { data: { total_count: found.length, jobs }, headers }
}

function jobOf(call: Call): { repository: Repository; run: Run; job: Job } {
  const repository = call.repository()
  const id = call.id('job_id')
  for (const run of repository.runs) {
    const job = allJobs(run).find((candidate) => candidate.id === id)
    if (job) return { repository, run, job }
  }
  throw notFound()
}

/**
 * Packs logs as GitHub does: one file per job, and one per step in a folder with the job's name.
 */
function logArchive({ jobs }: Attempt): Buffer {
  const entries = jobs.flatMap((job, index): ZipEntry[] => [
    { name: `${index}_${job.name}.txt`, content: job.log },
    ...job.steps.map(({ number, name }) => ({
      name: `${job.name}/${number}_${name.replaceAll('/', '')}.txt`,
      content: number === job.steps.length ? job.log : '',
    })),
  ])
  return zip(entries)
}
