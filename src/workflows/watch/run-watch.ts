import { GitHubAuthError, GitHubNotFoundError } from '../../base/errors.js'
import { getWorkflowRun } from '../../github/rest/runs.js'
import { isTransient } from '../../http/failure.js'
import { jobsPerPage, listJobs } from '../jobs.js'
import {
  toRun,
  type WorkflowJob,
  type WorkflowRun,
  type WorkflowRunWithJobs,
  type WorkflowStep,
} from '../run-data.js'
import type { Repo, WorkflowDeps, WorkflowEvent } from '../session.js'
import { isCompleted } from './conclusion.js'
import { ignoreTransientFailures, type Watch } from './poll.js'

/** Milliseconds in which a run that was just dispatched may not be there yet. */
const youngest = 60_000
/** A run that is completed is worth that many tries to see how its jobs ended. */
const lastTries = 3

const isWaiting = ({ status }: { status: string }): boolean => status === 'waiting'

/**
 * Looks at one run again and again, and tells what changed. A poll is one request: of the run, or of its jobs while
 * they are at work. More are sent where something changed, and else for one poll in five.
 */
export class RunWatch implements Watch {
  run: WorkflowRunWithJobs
  readonly #deps: WorkflowDeps
  readonly #repo: Repo
  readonly #begun: number
  #polls = 0
  /** The poll that last read the jobs; null: they are not as new as the run. */
  #jobsRead: number | null = null
  #seen = false
  #triesAfterEnd = 0
  #announced = false
  #timesGone = 0
  #refused = false

  constructor(deps: WorkflowDeps, repo: Repo, run: WorkflowRun) {
    this.#deps = deps
    this.#repo = repo
    this.#begun = deps.clock.now()
    this.run = { ...run, jobs: [] }
  }

  /** The run is completed, and its jobs are known as they ended. */
  get done(): boolean {
    // For a moment a run is completed and GitHub has not told how.
    if (!this.#seen || !isCompleted(this.run) || this.run.conclusion === null) return false
    return this.#jobsRead !== null || this.#triesAfterEnd >= lastTries
  }

  /** @throws what will not pass: no access, no such run */
  async poll(): Promise<void> {
    this.#polls++
    const looked = await ignoreTransientFailures(this.#deps, () => this.#look(), this.#mayPass)
    if (looked) this.#refused = false
    if (isCompleted(this.run)) this.#triesAfterEnd++
  }

  async #look(): Promise<true> {
    const before = this.run
    const turn = this.#turn()
    try {
      if (turn !== 'jobs') await this.#readRun()
      if (turn !== 'run' || this.#jobsRead === null) await this.#readJobs()
      if (turn === 'jobs' && this.#settled) await this.#readRun()
    } finally {
      // What was learnt before something failed is told all the same.
      for (const event of changesBetween(before, this.run)) this.#deps.emit(event)
    }
    this.#deps.emit({ type: 'run-seen', run: this.run })
    this.#announceApproval()
    return true
  }

  /** Somebody has to look at it: told once. */
  #announceApproval(): void {
    if (this.#announced || ![this.run, ...this.run.jobs].some(isWaiting)) return
    this.#announced = true
    this.#deps.emit({ type: 'run-waiting', run: this.run })
  }

  /** Keeps to 1.2 requests a poll, however many pages of jobs there are. */
  #turn(): 'run' | 'jobs' | 'both' {
    if (this.run.status !== 'in_progress' || this.#jobsRead === null) return 'run'
    const pages = Math.max(1, Math.ceil(this.run.jobs.length / jobsPerPage))
    const since = this.#polls - this.#jobsRead
    // Where all that are known have ended, the run is about to, or more are about to begin.
    if (this.#settled) return since >= 5 * pages ? 'both' : 'run'
    return since >= Math.max(2, 5 * (pages - 1)) ? 'jobs' : 'run'
  }

  get #settled(): boolean {
    return this.run.jobs.every(isCompleted)
  }

  async #readRun(): Promise<void> {
    const { owner, repo } = this.#repo
    const data = await getWorkflowRun(this.#deps.github, owner, repo, this.run.run_id)
    const run = toRun(this.#deps.github, this.#repo, data)
    const changed = run.status !== this.run.status || run.conclusion !== this.run.conclusion
    if (!this.#seen || (changed && this.#jobsRead !== this.#polls)) this.#jobsRead = null
    this.#seen = true
    this.#timesGone = 0
    this.run = { ...run, jobs: this.run.jobs }
  }

  async #readJobs(): Promise<void> {
    const jobs = await listJobs(this.#deps.github, this.#repo, this.run.run_id)
    this.#jobsRead = this.#polls
    this.run = { ...this.run, jobs }
  }

  readonly #mayPass = (error: unknown): boolean => {
    if (isTransient(error)) return true
    if (error instanceof GitHubAuthError && error.status === 401) {
      // A token that was good a moment ago may be refused by accident; twice running is none.
      const first = this.#seen && !this.#refused
      this.#refused = true
      return first
    }
    if (!(error instanceof GitHubNotFoundError)) return false
    // A run that was there may be gone for a moment, behind a replica that lags; thrice is no accident.
    if (this.#seen) return ++this.#timesGone < 3
    return this.#deps.clock.now() - this.#begun < youngest
  }
}

interface State {
  status: string
  conclusion: string | null
}

/** What is told of a run between two looks at it, in order. A first look at jobs tells no steps. */
export function changesBetween(before: WorkflowRunWithJobs, after: WorkflowRunWithJobs) {
  const first = before.jobs.length === 0
  const jobs = new Map(before.jobs.map((job) => [job.id, job]))
  const events: WorkflowEvent[] = []
  // A run's beginning goes before its jobs, and its end after them.
  const ofRun = changed(before, after) ? [runChanged(after)] : []
  if (after.status !== 'completed') events.push(...ofRun)
  for (const job of after.jobs) {
    const known = jobs.get(job.id)
    if (!first) events.push(...stepChanges(after, known, job))
    if (changed(known, job)) events.push({ type: 'job-changed', run: after, job })
  }
  if (after.status === 'completed') events.push(...ofRun)
  return events
}

const runChanged = (run: WorkflowRun): WorkflowEvent => ({ type: 'run-changed', run })

function stepChanges(
  run: WorkflowRun,
  before: WorkflowJob | undefined,
  job: WorkflowJob,
): WorkflowEvent[] {
  const steps = new Map<number, WorkflowStep>()
  for (const step of before?.steps ?? []) steps.set(step.number, step)
  return job.steps
    .filter((step) => changed(steps.get(step.number), step))
    .map((step) => ({ type: 'step-changed', run, job, step }))
}

/** What was not there before is news once it is no longer queued. */
function changed(before: State | undefined, after: State): boolean {
  if (before === undefined) return !['queued', 'pending'].includes(after.status)
  return before.status !== after.status || before.conclusion !== after.conclusion
}
