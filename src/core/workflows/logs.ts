import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openZip, type ZipArchive } from '../archive/zip.js'
import { GitHubNotFoundError } from '../errors.js'
import { repositoryPath } from '../github/api.js'
import { downloadFile } from '../github/download.js'
import { oneLine } from '../text.js'
import type { Repo, WorkflowDeps } from './deps.js'
import { fileLog, type LogText, zipLog } from './log-files.js'
import { chooseJob, hasFailed, ran } from './log-jobs.js'
import { type LineOptions, textOf } from './log-lines.js'
import { failedPart, tailOf } from './log-steps.js'
import type { WorkflowJob, WorkflowRun, WorkflowStep } from './types.js'
import { isCompleted } from './verdict.js'

export interface LogOptions extends LineOptions {
  /** A job's name or id: its own log alone, which is there as soon as the job has ended. */
  job?: string | undefined
  /** The failed steps of the failed jobs alone. */
  failed?: boolean | undefined
  /** Where logs are kept while they are read; default: the system's. */
  tempDir?: string | undefined
}

/** A piece of a log: whole lines, with their time stamps, safe to be shown on a terminal. */
export interface LogChunk {
  job: WorkflowJob
  /** null: of the whole job. */
  step: WorkflowStep | null
  text: string
}

type LoggedRun = Pick<WorkflowRun, 'run_id' | 'status' | 'html_url'>

/**
 * The logs of a run, job by job and step by step, as GitHub keeps them. Memory does not grow with them.
 * https://docs.github.com/en/rest/actions/workflow-runs#download-workflow-run-logs
 *
 * @throws GitHubNotFoundError for a job that there is not, for a run or a job that has not ended, and for logs that
 *   have expired
 */
export async function* readLogs(
  deps: WorkflowDeps,
  repo: Repo,
  run: LoggedRun,
  jobs: WorkflowJob[],
  options: LogOptions = {},
): AsyncGenerator<LogChunk> {
  const chosen = options.job === undefined ? null : chooseJob(jobs, options.job)
  if (chosen === null && !isCompleted(run)) throw stillRunning(run, jobs)
  if (chosen !== null && !isCompleted(chosen)) throw jobStillRunning(chosen)
  const logs = await openLogs(deps, repo, run, { zip: chosen === null, tempDir: options.tempDir })
  try {
    const wanted = (chosen === null ? jobs : [chosen]).filter(ran)
    yield* options.failed
      ? failedLogs(logs, wanted.filter(hasFailed), options)
      : jobLogs(logs, wanted, options)
  } finally {
    await logs.close()
  }
}

async function* jobLogs(
  logs: Logs,
  jobs: WorkflowJob[],
  options: LineOptions,
): AsyncGenerator<LogChunk> {
  for (const job of jobs) {
    const log = await logs.ofJob(job)
    if (log === null) continue
    for await (const text of textOf(log.read(), options)) yield { job, step: null, text }
  }
  logs.expectSome()
}

async function* failedLogs(
  logs: Logs,
  jobs: WorkflowJob[],
  options: LineOptions,
): AsyncGenerator<LogChunk> {
  for (const job of jobs) {
    for (const { step, log } of await failedParts(logs, job)) {
      for await (const text of textOf(log, options)) yield { job, step, text }
    }
  }
  if (jobs.length > 0) logs.expectSome()
}

interface FailedPart {
  step: WorkflowStep | null
  log: AsyncIterable<Buffer | string>
}

/** Of the whole job where no step of it failed: its runner was lost, or it never came to one. */
async function failedParts(logs: Logs, job: WorkflowJob): Promise<FailedPart[]> {
  const steps = job.steps.filter(hasFailed)
  if (steps.length === 0) {
    const log = await logs.ofJob(job)
    return log === null ? [] : [{ step: null, log: log.read() }]
  }
  const parts: FailedPart[] = []
  for (const step of steps) {
    const own = logs.ofStep(job, step)
    const whole = own === null ? await logs.ofJob(job) : null
    if (own !== null) parts.push({ step, log: own.read() })
    else if (whole !== null) parts.push({ step, log: failedPart(whole, step) })
  }
  return parts
}

export interface FailedStep {
  job: WorkflowJob
  /** null where no step of the job failed. */
  step: WorkflowStep | null
  /** The last ones. */
  lines: string[]
  /** Whether there were more before. */
  cut: boolean
}

/**
 * The ends of the failed steps' logs, which is where the reason mostly stands. What can't be had is left out, and told
 * as a warning: the run failed all the same.
 */
export async function failedSteps(
  deps: WorkflowDeps,
  repo: Repo,
  run: LoggedRun,
  jobs: WorkflowJob[],
  { lines = 100, ...options }: Omit<LogOptions, 'job' | 'failed'> & { lines?: number } = {},
): Promise<FailedStep[]> {
  const failed = jobs.filter(hasFailed)
  if (failed.length === 0) return []
  const logs = await openLogs(deps, repo, run, { zip: isCompleted(run), tempDir: options.tempDir })
  const found: FailedStep[] = []
  try {
    for (const job of failed) {
      for (const { step, log } of await failedParts(logs, job)) {
        found.push({ job, step, ...(await tailOf(textOf(log, options), lines)) })
      }
    }
  } finally {
    await logs.close()
  }
  return found
}

/** The files of a run's logs, each fetched when it is first asked for. */
interface Logs {
  ofJob(job: WorkflowJob): Promise<LogText | null>
  /** null where the archive has none. */
  ofStep(job: WorkflowJob, step: WorkflowStep): LogText | null
  /** @throws GitHubNotFoundError where some were asked for and none was there */
  expectSome(): void
  close(): Promise<void>
}

async function openLogs(
  deps: WorkflowDeps,
  repo: Repo,
  run: LoggedRun,
  { zip: wantsZip, tempDir = tmpdir() }: { zip: boolean; tempDir: string | undefined },
): Promise<Logs> {
  const folder = await mkdtemp(join(tempDir, 'wizard-logs-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const zip = wantsZip ? await fetchZip(deps, repo, run, folder) : null
    const names = zip === null ? null : zipLog(zip)
    let [asked, there] = [0, 0]
    return {
      async ofJob(job) {
        asked++
        const log = names?.ofJob(job) ?? (await fetchJob(deps, repo, job, folder))
        if (log !== null) there++
        return log
      },
      ofStep(job, step) {
        const log = names?.ofStep(job, step) ?? null
        if (log !== null) there++
        return log
      },
      expectSome() {
        if (asked > 0 && there === 0) throw expired(run)
      },
      async close() {
        await zip?.close()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

/** @returns null where there is none, so that each job's own log is asked for */
async function fetchZip(
  { github, signal }: WorkflowDeps,
  { owner, repo }: Repo,
  run: LoggedRun,
  folder: string,
): Promise<ZipArchive | null> {
  const path = `${repositoryPath(owner, repo)}/actions/runs/${run.run_id}/logs`
  const file = join(folder, 'run.zip')
  try {
    await downloadFile(github, path, file, { accept: 'application/vnd.github+json' })
  } catch (error) {
    if (!(error instanceof GitHubNotFoundError)) throw error
    if (error.status === 410) throw expired(run, error)
    return null
  }
  return openZip(file, { label: `the logs of run ${run.run_id}`, signal })
}

/** @returns null where it is not there; that is told. */
async function fetchJob(
  { github, emit }: WorkflowDeps,
  { owner, repo }: Repo,
  job: WorkflowJob,
  folder: string,
): Promise<LogText | null> {
  const file = join(folder, `${job.id}.txt`)
  const path = `${repositoryPath(owner, repo)}/actions/jobs/${job.id}/logs`
  try {
    await downloadFile(github, path, file, { accept: 'application/vnd.github+json' })
    return fileLog(file)
  } catch (error) {
    if (!(error instanceof GitHubNotFoundError)) throw error
    emit({ type: 'warning', message: `the log of the job ${oneLine(job.name, 100)} is not there` })
    return null
  }
}

const expired = ({ run_id, html_url }: LoggedRun, cause?: GitHubNotFoundError) =>
  new GitHubNotFoundError(
    `the logs of run ${run_id} are gone: they have expired, or were deleted`,
    {
      status: cause?.status ?? 404,
      hint: `what is known of it: ${html_url}`,
      cause,
    },
  )

function stillRunning({ run_id, status }: LoggedRun, jobs: WorkflowJob[]): GitHubNotFoundError {
  const ended = jobs.filter((job) => isCompleted(job) && ran(job)).map(({ name }) => name)
  const there = oneLine(ended.join(', '), 300)
  const message = `run ${run_id} is ${status.replaceAll('_', ' ')}: its logs come when it has ended`
  return new GitHubNotFoundError(message, {
    hint:
      ended.length > 0
        ? `wait with WORKFLOW WATCH, or take one job with --job; ended: ${there}`
        : 'wait with WORKFLOW WATCH',
  })
}

const jobStillRunning = ({ name, status }: WorkflowJob) =>
  new GitHubNotFoundError(
    `the job ${oneLine(name, 100)} is ${status.replaceAll('_', ' ')}: its log comes when it has ended`,
    { hint: 'wait with WORKFLOW WATCH' },
  )
