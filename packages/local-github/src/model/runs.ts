import type { Endpoints } from '@octokit/types'
import type { Account, Repository } from './repository.js'
import type { Workflow } from './workflows.js'
import type { World } from './world.js'

type JobData = Endpoints['GET /repos/{owner}/{repo}/actions/jobs/{job_id}']['response']['data']

export interface Run {
  id: number
  nodeId: string
  number: number
  attempt: number
  workflowId: number
  workflowName: string
  path: string
  title: string
  event: string
  branch: string
  sha: string
  status: JobData['status']
  conclusion: JobData['conclusion'] | 'startup_failure'
  /** The concurrency group of its workflow; null: it has none. */
  group: string | null
  actor: Account
  createdAt: string
  updatedAt: string
  /** When its latest attempt began. */
  startedAt: string
  /** Before that time lists omit it, although it can be fetched by id. */
  listedFrom: string
  inputs: Record<string, string>
  /** Of the latest attempt. */
  jobs: Job[]
  /** The earlier attempts as they ended, oldest first. */
  earlier: Attempt[]
  artifacts: Artifact[]
  /** Errors of a run that never started. */
  annotations: RunAnnotation[]
}

export interface RunAnnotation {
  path: string
  line: number
  message: string
  /** Default: `failure`. */
  level?: 'failure' | 'warning' | 'notice'
  title?: string
}

/** One attempt of a run. */
export type Attempt = Pick<
  Run,
  'attempt' | 'status' | 'conclusion' | 'updatedAt' | 'startedAt' | 'jobs'
>

export interface Job {
  id: number
  nodeId: string
  /** The run's attempt, from 1. */
  attempt: number
  name: string
  status: JobData['status']
  conclusion: JobData['conclusion']
  startedAt: string
  completedAt: string | null
  steps: NonNullable<JobData['steps']>
  /** Its output. */
  log: string
  annotations: RunAnnotation[]
}

export interface Artifact {
  id: number
  nodeId: string
  name: string
  /** `sha256:…` of `archive`. */
  digest: string
  /** The bytes as downloaded: a zip, unless a single file was uploaded. */
  archive: Buffer
  /** Its media type. */
  type: string
  /** The file name that storage gives. */
  fileName: string
  expired: boolean
  createdAt: string
}

export interface NewRun {
  workflow: Workflow
  event: string
  branch: string
  sha: string
  title?: string
  inputs?: Record<string, string>
  /** Default: the viewer. */
  actor?: Account
}

/** Adds a queued run with the jobs and steps of its workflow file. */
export function addRun(world: World, repository: Repository, request: NewRun): Run {
  const { workflow, event, branch, sha, title = workflow.name, inputs = {} } = request
  const { actor = world.viewer } = request
  const id = world.nextId()
  const time = world.now()
  const run: Run = {
    id,
    nodeId: world.nodeId('WFR', id),
    number: repository.runs.filter(({ workflowId }) => workflowId === workflow.id).length + 1,
    attempt: 1,
    workflowId: workflow.id,
    workflowName: workflow.name,
    path: workflow.path,
    title,
    event,
    branch,
    sha,
    status: 'queued',
    conclusion: null,
    group: null,
    actor,
    createdAt: time,
    updatedAt: time,
    startedAt: time,
    listedFrom: time,
    inputs,
    jobs: jobsOf(world, workflow),
    earlier: [],
    artifacts: [],
    annotations: [],
  }
  repository.runs.unshift(run)
  return run
}

function jobsOf(world: World, { definition }: Workflow): Job[] {
  return Object.entries(definition.jobs).map(([key, { name = key, steps = [] }]) => {
    const id = world.nextId()
    return {
      id,
      nodeId: world.nodeId('CR', id),
      attempt: 1,
      name,
      status: 'queued',
      conclusion: null,
      startedAt: world.now(),
      completedAt: null,
      log: '',
      annotations: [],
      steps: steps.map((step, index) => ({
        number: index + 1,
        name: step.name ?? `Run ${step.run ?? step.uses ?? ''}`,
        status: 'queued',
        conclusion: null,
      })),
    }
  })
}

export function startRun(world: World, run: Run): void {
  touch(world, run, 'in_progress')
  for (const job of run.jobs) job.status = 'in_progress'
}

/**
 * The run waits until somebody approves it:
 * https://docs.github.com/actions/managing-workflow-runs/reviewing-deployments
 */
export function holdRun(world: World, run: Run): void {
  touch(world, run, 'waiting')
  for (const job of run.jobs) if (job.status !== 'completed') job.status = 'waiting'
}

/**
 * The run waits until the run that holds its concurrency group has ended:
 * https://docs.github.com/actions/using-jobs/using-concurrency
 */
export function queueRun(world: World, run: Run, holder: Run, group: string): void {
  holder.group = group
  run.group = group
  touch(world, run, 'pending')
}

export interface RunEnd {
  conclusion?: NonNullable<Run['conclusion']>
  /** The output of each job, by its name. */
  logs?: Record<string, string>
  /** The names of the jobs that end like the run; the others succeed. Default: all. */
  jobs?: string[]
  /** Of each job, by its name. */
  jobAnnotations?: Record<string, RunAnnotation[]>
  /** With `startup_failure`: why it never started. */
  annotations?: RunAnnotation[]
}

/** Ends a run and its jobs; a failed job fails in its last step. */
export function finishRun(world: World, run: Run, end: RunEnd = {}): void {
  const { conclusion = 'success', logs = {}, jobs, jobAnnotations = {}, annotations = [] } = end
  touch(world, run, 'completed')
  run.conclusion = conclusion
  run.annotations = annotations
  const ofJobs = conclusion === 'startup_failure' ? 'failure' : conclusion
  if (conclusion === 'startup_failure') run.jobs = []
  for (const job of run.jobs) {
    const own = jobs && !jobs.includes(job.name) ? 'success' : ofJobs
    job.status = 'completed'
    job.conclusion = own
    job.completedAt = world.now()
    job.log = logs[job.name] ?? `${job.name}: ${own}\n`
    job.annotations = jobAnnotations[job.name] ?? []
    for (const step of job.steps) {
      step.status = 'completed'
      step.conclusion = step.number < job.steps.length ? 'success' : own
    }
  }
}

export interface Rerun {
  failedOnly?: boolean
  /** Only this job. */
  jobId?: number
}

/**
 * Starts a new attempt of a run: all its jobs, or the failed ones. Each attempt has its own jobs.
 */
export function rerun(world: World, run: Run, { failedOnly = false, jobId }: Rerun = {}): void {
  const { attempt, status, conclusion, updatedAt, startedAt, jobs } = run
  run.earlier.push({ attempt, status, conclusion, updatedAt, startedAt, jobs })
  touch(world, run, 'queued')
  run.attempt++
  run.startedAt = world.now()
  run.conclusion = null
  run.jobs = run.jobs.map((job) => {
    const id = world.nextId()
    const again = { ...job, id, nodeId: world.nodeId('CR', id), attempt: run.attempt }
    if (failedOnly && job.conclusion === 'success') return again
    if (jobId !== undefined && job.id !== jobId) return again
    const steps = job.steps.map(
      (step) => ({ ...step, status: 'queued', conclusion: null }) as const,
    )
    return { ...again, status: 'queued', conclusion: null, completedAt: null, steps }
  })
}

function touch(world: World, run: Run, status: Run['status']): void {
  run.status = status
  run.updatedAt = world.now()
}

/** Of all attempts. */
export const allJobs = (run: Run): Job[] => [...run.earlier, run].flatMap(({ jobs }) => jobs)
