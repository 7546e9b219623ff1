import { GitHubNotFoundError } from '../../base/errors.js'
import type { HintParts } from '../../base/hint.js'
import { oneLine } from '../../base/text.js'
import type { WorkflowJob, WorkflowStep } from '../../github/rest/actions/runs.js'
import type { Repo, WorkflowSession } from '../session.js'
import { isCompleted } from '../watch/conclusion.js'
import { type LoggedRun, type Logs, openLogs } from './log-source.js'
import { failedPart, hasFailed, type LineOptions, ran, selectJob, tailOf, textOf } from './parse.js'

export interface JobLogOptions extends LineOptions {
  /** A job's name or id: only its own log, which exists as soon as the job has ended. */
  job?: string | undefined
  /** Only the failed steps of the failed jobs. */
  failed?: boolean | undefined
  /** An attempt of the run; default: the latest. */
  attempt?: number | undefined
  /** The folder for logs while they are read; default: the system's. */
  tempDir?: string | undefined
}

/** A piece of a log: whole lines with their time stamps, safe for a terminal. */
export interface LogChunk {
  job: WorkflowJob
  /** null: of the whole job. */
  step: WorkflowStep | null
  text: string
}

/**
 * Reads the logs of a run, job by job and step by step, as GitHub keeps them. Memory does not grow
 * with them.
 * https://docs.github.com/en/rest/actions/workflow-runs#download-workflow-run-logs
 *
 * @throws GitHubNotFoundError for an unknown job, for a run or job that has not ended, and for
 *   expired logs
 */
export async function* readLogs(
  session: WorkflowSession,
  repo: Repo,
  run: LoggedRun,
  jobs: WorkflowJob[],
  options: JobLogOptions = {},
): AsyncGenerator<LogChunk> {
  const chosen = options.job === undefined ? null : selectJob(jobs, options.job)
  if (chosen === null && !isCompleted(run)) throw stillRunning(run, jobs)
  if (chosen !== null && !isCompleted(chosen)) throw jobStillRunning(chosen)
  const logs = await openLogs(session, repo, run, {
    zip: chosen === null,
    ...{ attempt: options.attempt, tempDir: options.tempDir },
  })
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
  logs.assertSome()
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
  if (jobs.length > 0) logs.assertSome()
}

interface FailedPart {
  step: WorkflowStep | null
  log: AsyncIterable<Buffer | string>
}

/** The whole job if no step of it failed: its runner was lost, or it never got one. */
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
  /** null if no step of the job failed. */
  step: WorkflowStep | null
  /** The last lines. */
  lines: string[]
  /** Whether lines before them were left out. */
  cut: boolean
}

export interface FailedStepOptions extends Omit<JobLogOptions, 'job' | 'failed'> {
  /** Lines per step; default: 100. */
  lines?: number | undefined
}

/**
 * The ends of the failed steps' logs, which usually show the reason. Missing logs become warnings,
 * because the run's failure matters more.
 */
export async function failedSteps(
  session: WorkflowSession,
  repo: Repo,
  run: LoggedRun,
  jobs: WorkflowJob[],
  { lines = 100, ...options }: FailedStepOptions = {},
): Promise<FailedStep[]> {
  const failed = jobs.filter(hasFailed)
  if (failed.length === 0) return []
  const logs = await openLogs(session, repo, run, {
    zip: isCompleted(run),
    ...{ attempt: options.attempt, tempDir: options.tempDir },
  })
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

function stillRunning({ run_id, status }: LoggedRun, jobs: WorkflowJob[]): GitHubNotFoundError {
  const ended = jobs.filter((job) => isCompleted(job) && ran(job)).map(({ name }) => name)
  const there = oneLine(ended.join(', '), 300)
  const message = `run ${run_id} is ${status.replaceAll('_', ' ')}: its logs are available when it has ended`
  return new GitHubNotFoundError(message, {
    hint:
      ended.length > 0
        ? [...waitForIt, ', or choose one job with ', { flag: 'job' }, `; ended: ${there}`]
        : waitForIt,
  })
}

const jobStillRunning = ({ name, status }: WorkflowJob) =>
  new GitHubNotFoundError(
    `the job ${oneLine(name, 100)} is ${status.replaceAll('_', ' ')}: its log is available when it has ended`,
    { hint: waitForIt },
  )

const waitForIt: HintParts = ['wait with ', { verb: ['WORKFLOW', 'WATCH'], brief: true }]
