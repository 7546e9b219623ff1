import { Worker } from 'node:worker_threads'
import type { WorktreeSummary } from '../worktree/summary.js'
import type { Order, Task, TaskAnswer } from './task.js'

/** A task and the promise of its result. */
export interface Job {
  task: Task
  resolve(summary: WorktreeSummary | Promise<WorktreeSummary>): void
  reject(reason: unknown): void
}

/** What a helper reports to the pool. */
export interface HelperEvents {
  /** The helper has room for another job. */
  onFree(): void
  /** The helper could not do this job. */
  onReturned(job: Job): void
  /** The thread ended unexpectedly; its jobs have been returned. */
  onDeath(reason: string): void
}

/** One job more than it works on, so that the thread is not idle while its answer is read. */
const mostJobs = 2

/** Another thread of this process, with its jobs. */
export class Helper {
  readonly #worker: Worker
  readonly #events: HelperEvents
  readonly #jobs = new Map<number, Job>()
  #given = 0
  #isOver = false

  /** @param file the worker's file in the bundle */
  constructor(file: URL, events: HelperEvents) {
    this.#events = events
    this.#worker = new Worker(file, { execArgv: [] })
    this.#worker.unref()
    this.#worker.on('message', (answer: TaskAnswer) => this.#settle(answer))
    this.#worker.on('error', (error) => this.#die(error.message))
    this.#worker.on('exit', (status) => this.#die(`it ended with ${status}`))
  }

  get isFree(): boolean {
    return !this.#isOver && this.#jobs.size < mostJobs
  }

  give(job: Job): void {
    const id = ++this.#given
    this.#jobs.set(id, job)
    // The process must not end while somebody waits for an answer.
    this.#worker.ref()
    this.#worker.postMessage({ id, task: job.task } satisfies Order)
  }

  /** Terminates the thread at once. @returns its unfinished jobs */
  end(): Job[] {
    this.#isOver = true
    void this.#worker.terminate()
    return this.#takeJobs()
  }

  #settle({ id, summary }: TaskAnswer): void {
    const job = this.#jobs.get(id)
    this.#jobs.delete(id)
    if (this.#jobs.size === 0) this.#worker.unref()
    if (summary !== null) job?.resolve(summary)
    else if (job !== undefined) this.#events.onReturned(job)
    this.#events.onFree()
  }

  #die(reason: string): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const job of this.#takeJobs()) this.#events.onReturned(job)
    this.#events.onDeath(reason)
  }

  #takeJobs(): Job[] {
    const jobs = [...this.#jobs.values()]
    this.#jobs.clear()
    return jobs
  }
}
