import { inLanes } from '../../base/async/lanes.js'
import { type ErrorReport, reportError } from '../../base/error-report.js'
import { WizardError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import { type Annotation, jobAnnotations } from '../../github/rest/actions/annotations.js'
import type { WorkflowJob, WorkflowStep } from '../../github/rest/actions/runs.js'
import { type Logs, openLogs } from '../logs/log-source.js'
import { failedPart, linesOf } from '../logs/parse.js'
import type { ViewedRun, WorkflowRun } from '../run-data.js'
import { startupErrors } from '../runs.js'
import type { Repo, WorkflowSession } from '../session.js'
import { failedItself, isCompleted } from '../watch/conclusion.js'
import { cutExcerpt, fairShares, sizeOf, usualExcerptBytes } from './fair-cut.js'
import { type Excerpt, findFirstError } from './first-error.js'

/** Why a run failed; the keys are those of `--json`. */
export interface RunReasons
  extends Pick<WorkflowRun, 'run_id' | 'status' | 'conclusion' | 'html_url' | 'repo' | 'workflow'> {
  attempt: number
  /** The jobs that failed. */
  jobs: FailedJob[]
  /** Of a run that never started, or that somebody or something cancelled. */
  annotations: Annotation[]
  /** Whether something was left out, to stay within `maxBytes`. */
  truncated: boolean
}

export interface FailedJob {
  id: number
  name: string
  conclusion: string | null
  html_url: string
  /** The first step that failed; null if none did. */
  step: { number: number; name: string } | null
  /** Only failures. */
  annotations: Annotation[]
  /** The first error of the log, with some lines before and after; null without a log. */
  excerpt: string | null
  /** Lines of the whole job's log; null without one. */
  log_lines: number | null
  truncated: boolean
  /** Why annotations or log could not be read. */
  error: ErrorReport | null
}

export interface WhyOptions {
  /** Bytes of all excerpts; default: 16 KiB. */
  maxBytes?: number | undefined
  /** The folder for logs while they are read; default: the system's. */
  tempDir?: string | undefined
}

/** An excerpt with fewer bytes says nothing, so its log is not read. */
const leastBytes = 200
const atOnce = 8

/**
 * Says why a run failed, or its jobs that have ended: annotations and the first error of each failed
 * job's log, at most two requests a job. What can't be read of a job is its `error`.
 *
 * @throws the signal's reason, and what reading a run that never started throws
 */
export async function reasonsOf(
  session: WorkflowSession,
  repo: Repo,
  run: ViewedRun,
  { maxBytes = usualExcerptBytes, tempDir }: WhyOptions = {},
): Promise<RunReasons> {
  const { run_id, attempt, status, conclusion, html_url, workflow } = run
  const known = { run_id, attempt, status, conclusion, html_url, repo: run.repo, workflow }
  if (conclusion === 'startup_failure') {
    const annotations = await startupErrors(session.github, repo, run_id)
    return { ...known, jobs: [], annotations, truncated: false }
  }
  const failed = run.jobs.filter((job) => isCompleted(job) && failedItself(job))
  if (failed.length === 0) {
    const annotations = conclusion === 'cancelled' ? await whoCancelled(session, repo, run) : []
    return { ...known, jobs: [], annotations, truncated: false }
  }
  const read = failed.slice(0, Math.max(1, Math.floor(maxBytes / leastBytes)))
  const logs = await openLogs(session, repo, run, { zip: false, tempDir })
  try {
    const found = new Map<WorkflowJob, JobFinding>()
    await inLanes(atOnce, read, async (job) => {
      found.set(job, await lookAt(session, repo, job, logs))
    })
    const jobs = failed.map((job) => ({
      job,
      isRead: found.has(job),
      ...(found.get(job) ?? unread),
    }))
    const { cut, truncated } = cutAll(jobs, maxBytes)
    return { ...known, jobs: cut.map((one) => toFailedJob(run, one)), annotations: [], truncated }
  } finally {
    await logs.close()
  }
}

interface JobFinding {
  annotations: Annotation[]
  excerpt: Excerpt | null
  lines: number | null
  error: ErrorReport | null
}

const unread: JobFinding = { annotations: [], excerpt: null, lines: null, error: null }

async function lookAt(
  session: WorkflowSession,
  repo: Repo,
  job: WorkflowJob,
  logs: Logs,
): Promise<JobFinding> {
  session.signal?.throwIfAborted()
  const [annotations, log] = await Promise.allSettled([
    jobAnnotations(session.github, repo, job.id),
    readLog(job, logs),
  ])
  const refused = [log, annotations].find((one) => one.status === 'rejected')
  if (refused !== undefined && !(refused.reason instanceof WizardError)) throw refused.reason
  session.signal?.throwIfAborted()
  const some = annotations.status === 'fulfilled' ? annotations.value.filter(isFailure) : []
  const telling = some.filter(({ message }) => !/^Process completed with exit code/.test(message))
  const text = log.status === 'fulfilled' ? log.value : { excerpt: null, lines: null }
  return {
    ...text,
    annotations: telling,
    error: refused === undefined ? null : reportError(refused.reason),
  }
}

const isFailure = ({ level }: Annotation) => level === 'failure' || level === null

async function readLog(
  job: WorkflowJob,
  logs: Logs,
): Promise<{ excerpt: Excerpt | null; lines: number | null }> {
  const log = await logs.ofJob(job)
  if (log === null) return { excerpt: null, lines: null }
  let lines = 0
  for await (const _ of linesOf(log.read())) lines++
  const step = job.steps.find(failedItself)
  const part = step === undefined ? linesOf(log.read()) : withoutEnds(failedPart(log, step))
  return { excerpt: await findFirstError(part), lines }
}

async function* withoutEnds(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield line.slice(0, -1)
}

/** GitHub says it in the annotations of a cancelled job; one is enough. */
async function whoCancelled(
  session: WorkflowSession,
  repo: Repo,
  { jobs }: ViewedRun,
): Promise<Annotation[]> {
  const [job] = jobs.filter(({ conclusion }) => conclusion === 'cancelled')
  if (job === undefined) return []
  try {
    return (await jobAnnotations(session.github, repo, job.id)).filter(isFailure)
  } catch (error) {
    if (!(error instanceof WizardError) || session.signal?.aborted) throw error
    session.emit({ type: 'warning', message: reportError(error).message })
    return []
  }
}

type Looked = JobFinding & { job: WorkflowJob; isRead: boolean }

/** Divides the bytes fairly over the excerpts. */
function cutAll(jobs: Looked[], most: number) {
  const sizes = jobs.map(({ excerpt }) => (excerpt === null ? 0 : sizeOf(excerpt.lines)))
  const shares = fairShares(sizes, most)
  const cut = jobs.map((one, index) => {
    const lines = one.excerpt === null ? null : cutExcerpt(one.excerpt, shares[index] ?? 0)
    const isCut = sizeOf(lines ?? []) < (sizes[index] ?? 0)
    return { ...one, excerpt: lines, truncated: isCut || !one.isRead }
  })
  return { cut, truncated: cut.some(({ truncated }) => truncated) }
}

type Cut = Omit<Looked, 'excerpt'> & { excerpt: string[] | null; truncated: boolean }

function toFailedJob(
  run: WorkflowRun,
  { job, annotations, excerpt, lines, truncated, error }: Cut,
): FailedJob {
  const step: WorkflowStep | undefined = job.steps.find(failedItself)
  return {
    id: job.id,
    name: job.name,
    conclusion: job.conclusion,
    html_url: `${run.html_url.replace(/\/attempts\/\d+$/, '')}/job/${job.id}`,
    step: step === undefined ? null : { number: step.number, name: oneLine(step.name) },
    annotations,
    excerpt: excerpt === null ? null : excerpt.map((line) => `${line}\n`).join(''),
    log_lines: lines,
    truncated,
    error,
  }
}
