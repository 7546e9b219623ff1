import { Worker } from 'node:worker_threads'
import type { WorktreeStatus } from '../worktree/status.js'
import type { Order, Task, TaskAnswer } from './task.js'

/** What somebody waits for. */
export interface Job {
  task: Task
  resolve(status: WorktreeStatus | Promise<WorktreeStatus>): void
  reject(reason: unknown): void
}

/** What a helper tells the pool. */
export interface HelperEvents {
  /** It has room for another job. */
  onFree(): void
  /** A job that it could not do. */
  onReturned(job: Job): void
  /** The thread is no more, though nobody ended it; its jobs have been returned. */
  onDeath(reason: string): void
}

/** Beside the one at work, so that a thread does not stand still while its answer is read. */
const mostJobs = 2

/** Another thread of this process, with the jobs that it was given. */
export class Helper {
  readonly #worker: Worker
  readonly #events: HelperEvents
  readonly #jobs = new Map<number, Job>()
  #given = 0
  #isOver = false

  /** @param file the worker's, as it stands in the bundle */
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
    // While somebody waits for its answer, the process does not end.
    this.#worker.ref()
    this.#worker.postMessage({ id, task: job.task } satisfies Order)
  }

  /** Ends the thread, whatever it is at. @returns the jobs that it had */
  end(): Job[] {
    this.#isOver = true
    void this.#worker.terminate()
    return this.#takeJobs()
  }

  #settle({ id, status }: TaskAnswer): void {
    const job = this.#jobs.get(id)
    this.#jobs.delete(id)
    if (this.#jobs.size === 0) this.#worker.unref()
    if (status !== null) job?.resolve(status)
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
