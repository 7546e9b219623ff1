import { GitHubAuthError, GitHubNotFoundError } from '../../base/errors.js'
import { findHolder } from '../../github/rest/actions/concurrency.js'
import {
  getWorkflowRun,
  jobsPerPage,
  listJobs,
  type WorkflowJob,
  type WorkflowStep,
} from '../../github/rest/actions/runs.js'
import { isTransient } from '../../http/failure.js'
import { toRun, type WorkflowRun, type WorkflowRunWithJobs } from '../run-data.js'
import type { Repo, WorkflowEvent, WorkflowSession } from '../session.js'
import { isCompleted } from './conclusion.js'
import { ignoreTransientFailures, type Watch } from './poll.js'

/** Milliseconds for which a newly dispatched run may not be visible yet. */
const youngest = 60_000
/** Attempts to read the final jobs of a completed run. */
const lastTries = 3

const isWaiting = ({ status }: { status: string }): boolean => status === 'waiting'
/** At its concurrency limit. */
const isPending = ({ status }: { status: string }): boolean => status === 'pending'

/**
 * Polls one run and reports changes. A poll is one request: for the run, or for its jobs while they
 * are running. More requests follow a change, and otherwise every fifth poll.
 */
export class RunWatch implements Watch {
  run: WorkflowRunWithJobs
  /** Of the run, from 1. */
  attempt = 1
  readonly #after: number
  readonly #session: WorkflowSession
  readonly #repo: Repo
  readonly #begun: number
  #polls = 0
  /** The poll that last read the jobs; null: they are older than the run. */
  #jobsRead: number | null = null
  #seen = false
  #triesAfterEnd = 0
  #announced = false
  #askedHolder = false
  #timesGone = 0
  #refused = false

  /** @param after an attempt that has ended: GitHub may still show it, and the next one is meant */
  constructor(session: WorkflowSession, repo: Repo, run: WorkflowRun, after = 0) {
    this.#after = after
    this.#session = session
    this.#repo = repo
    this.#begun = session.clock.now()
    this.run = { ...run, jobs: [] }
  }

  /** The run is completed, and the final state of its jobs is known. */
  get done(): boolean {
    // A completed run may have no conclusion for a moment.
    if (!this.#seen || !isCompleted(this.run) || this.run.conclusion === null) return false
    return this.#jobsRead !== null || this.#triesAfterEnd >= lastTries
  }

  /** @throws permanent failures: no access, no such run */
  async poll(): Promise<void> {
    this.#polls++
    const refreshed = await ignoreTransientFailures(
      this.#session,
      () => this.#refresh(),
      this.#mayPass,
    )
    if (refreshed) this.#refused = false
    if (isCompleted(this.run)) this.#triesAfterEnd++
  }

  async #refresh(): Promise<true> {
    const before = this.run
    const turn = this.#turn()
    try {
      if (turn !== 'jobs') await this.#readRun()
      if (this.#isBefore) return true
      if (turn !== 'run' || this.#jobsRead === null) await this.#readJobs()
      if (turn === 'jobs' && this.#settled) await this.#readRun()
    } finally {
      // Changes that were seen before a failure are reported all the same.
      for (const event of changesBetween(before, this.run)) this.#session.emit(event)
    }
    this.#session.emit({ type: 'run-seen', run: this.run })
    this.#announceApproval()
    await this.#announceHolder()
    return true
  }

  /** The run waits for an approval: reported once. */
  #announceApproval(): void {
    if (this.#announced || ![this.run, ...this.run.jobs].some(isWaiting)) return
    this.#announced = true
    this.#session.emit({ type: 'run-waiting', run: this.run })
  }

  /** The run waits for its concurrency group: asked and reported once. */
  async #announceHolder(): Promise<void> {
    if (this.#askedHolder || ![this.run, ...this.run.jobs].some(isPending)) return
    this.#askedHolder = true
    const behind = await findHolder(this.#session.github, this.#repo, this.run.run_id)
    if (behind !== null) {
      this.#session.emit({ type: 'run-queued-behind', run: this.run, behind })
    }
  }

  /** Limits itself to 1.2 requests per poll, however many pages of jobs there are. */
  #turn(): 'run' | 'jobs' | 'both' {
    if (this.run.status !== 'in_progress' || this.#jobsRead === null) return 'run'
    const pages = Math.max(1, Math.ceil(this.run.jobs.length / jobsPerPage))
    const since = this.#polls - this.#jobsRead
    // All known jobs have ended: the run is about to end, or more jobs are about to begin.
    if (this.#settled) return since >= 5 * pages ? 'both' : 'run'
    return since >= Math.max(2, 5 * (pages - 1)) ? 'jobs' : 'run'
  }

  get #isBefore(): boolean {
    return this.attempt <= this.#after
  }

  get #settled(): boolean {
    return this.run.jobs.every(isCompleted)
  }

  async #readRun(): Promise<void> {
    const { owner, repo } = this.#repo
    const data = await getWorkflowRun(this.#session.github, owner, repo, this.run.run_id)
    this.attempt = data.run_attempt
    const now = toRun(this.#session.github, this.#repo, data)
    const run = this.#isBefore ? queuedAgain(now) : now
    const changed = run.status !== this.run.status || run.conclusion !== this.run.conclusion
    if (!this.#seen || (changed && this.#jobsRead !== this.#polls)) this.#jobsRead = null
    this.#seen = true
    this.#timesGone = 0
    this.run = { ...run, jobs: this.#isBefore ? [] : this.run.jobs }
  }

  async #readJobs(): Promise<void> {
    const jobs = await listJobs(this.#session.github, this.#repo, this.run.run_id)
    this.#jobsRead = this.#polls
    this.run = { ...this.run, jobs }
  }

  readonly #mayPass = (error: unknown): boolean => {
    if (isTransient(error)) return true
    if (error instanceof GitHubAuthError && error.status === 401) {
      // A valid token may be refused once by accident, but not twice in a row.
      const first = this.#seen && !this.#refused
      this.#refused = true
      return first
    }
    if (!(error instanceof GitHubNotFoundError)) return false
    // A run may disappear for a moment behind a lagging replica, but not three times.
    if (this.#seen) return ++this.#timesGone < 3
    return this.#session.clock.now() - this.#begun < youngest
  }
}

/** How a run is as soon as it is run again, whatever GitHub shows of its last attempt. */
const queuedAgain = (run: WorkflowRun): WorkflowRun => ({
  ...run,
  status: 'queued',
  conclusion: null,
  completed_at: null,
  duration_seconds: null,
})

interface State {
  status: string
  conclusion: string | null
}

/**
 * The events between two states of a run, in order. The first state of its jobs reports no steps.
 */
export function changesBetween(before: WorkflowRunWithJobs, after: WorkflowRunWithJobs) {
  const first = before.jobs.length === 0
  const jobs = new Map(before.jobs.map((job) => [job.id, job]))
  const events: WorkflowEvent[] = []
  // A run's start comes before its jobs, and its end after them.
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

/** Something new is an event once it is no longer queued. */
function changed(before: State | undefined, after: State): boolean {
  if (before === undefined) return !['queued', 'pending'].includes(after.status)
  return before.status !== after.status || before.conclusion !== after.conclusion
}
