import type { Repository } from '../../../model/repository.js'
import type { Job, Run } from '../../../model/runs.js'
import { type ZipEntry, zip } from '../../../zip.js'
import type { Call } from '../../call.js'
import { notFound } from '../../errors.js'
import { page } from '../../page.js'
import { type Route, route } from '../../route.js'
import { jobShape } from '../../shapes/actions.js'
import { runOf } from './runs.js'

/** Jobs and logs: https://docs.github.com/rest/actions/workflow-jobs */
export const jobRoutes: Route[] = [
  route('GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs', listJobs),
  route('GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs', listJobs),
  route('GET /repos/{owner}/{repo}/actions/jobs/{job_id}', (call) => ({
    data: jobShape(call.addresses, jobOf(call)),
  })),
  route('GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs', (call) => {
    const { job } = jobOf(call)
    if (job.status !== 'completed') throw notFound()
    const content = Buffer.from(job.log)
    return call.toStorage({ content, type: 'text/plain', name: `${job.id}.txt` })
  }),
  route('GET /repos/{owner}/{repo}/actions/runs/{run_id}/logs', (call) => {
    const { run } = runOf(call)
    if (run.status !== 'completed') throw notFound()
    const name = `logs_${run.id}.zip`
    return call.toStorage({ content: logArchive(run), type: 'application/zip', name })
  }),
]

function listJobs(call: Call) {
  const { repository, run } = runOf(call)
  const found = attemptsAsked(call, run).flat()
  const { items, headers } = page(call, found)
  const jobs = items.map((job) => jobShape(call.addresses, { repository, run, job }))
  return { data: { total_count: found.length, jobs }, headers }
}

const allJobs = (run: Run) => [...run.earlierJobs, run.jobs]

/** The attempt in the path, all attempts with `filter=all`, or the latest. @throws ApiError 404 */
function attemptsAsked(call: Call, run: Run): Job[][] {
  const asked = call.parameter('attempt_number')
  if (asked === '') return call.query.get('filter') === 'all' ? allJobs(run) : [run.jobs]
  const jobs = allJobs(run)[call.id('attempt_number') - 1]
  if (!jobs) throw notFound()
  return [jobs]
}

function jobOf(call: Call): { repository: Repository; run: Run; job: Job } {
  const repository = call.repository()
  const id = call.id('job_id')
  for (const run of repository.runs) {
    const job = allJobs(run)
      .flat()
      .find((candidate) => candidate.id === id)
    if (job) return { repository, run, job }
  }
  throw notFound()
}

/**
 * Packs logs as GitHub does: one file per job, and one per step in a folder with the job's name.
 */
function logArchive({ jobs }: Run): Buffer {
  const entries = jobs.flatMap((job, index): ZipEntry[] => [
    { name: `${index}_${job.name}.txt`, content: job.log },
    ...job.steps.map(({ number, name }) => ({
      name: `${job.name}/${number}_${name.replaceAll('/', '')}.txt`,
      content: number === job.steps.length ? job.log : '',
    })),
  ])
  return zip(entries)
}
