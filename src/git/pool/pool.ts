import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { onAbort } from '../../base/async/on-abort.js'
import type { WorktreeSummary } from '../worktree/summary.js'
import type { Helper, HelperEvents, Job } from './helper.js'
import { perform, type Task } from './task.js'

export interface PoolOptions {
  /** The expected number of tasks: a few do not need a thread. */
  expected: number
  signal?: AbortSignal | undefined
  /** A thread died. Its tasks are done in this thread. */
  onDeath?: ((message: string) => void) | undefined
  /** For tests: the number of additional threads, and the file that they run. */
  helpers?: number
  file?: URL | null
}

/** A thread takes some 40 ms to start, as long as a few work trees take. */
const tasksPerThread = 16
const mostHelpers = 7

/**
 * Set by the build: the worker's place in the bundle. A run from source has none, and uses one
 * thread.
 */
declare const __WIZARD_WORKER__: string | undefined
const bundled =
  typeof __WIZARD_WORKER__ === 'string' ? new URL(__WIZARD_WORKER__, import.meta.url) : null

/**
 * Summarizes many work trees on all cores: this thread takes part, and each further
 * core has its own thread. The result does not depend on the thread: if a thread fails or dies,
 * this thread repeats the task, so that a caller sees the original error. Repeating is safe because
 * that only reads; tasks that write do not belong here.
 */
export class WorktreePool {
  readonly #signal: AbortSignal | undefined
  readonly #helpers: Helper[]
  readonly #waiting: Job[] = []
  #isBusyHere = false
  #leave = () => {}

  private constructor({ signal, onDeath }: PoolOptions, start: (events: HelperEvents) => Helper[]) {
    this.#signal = signal
    this.#helpers = start({
      onFree: () => this.#handOut(),
      onReturned: (job) => job.resolve(perform(job.task, signal)),
      onDeath: (reason) => {
        onDeath?.(`a thread of wizard died (${reason}); wizard continues without it`)
        this.#handOut()
      },
    })
    if (signal) this.#leave = onAbort(signal, this.#abort)
  }

  /** Loads the code of threads only if there will be any. */
  static async open(options: PoolOptions): Promise<WorktreePool> {
    const { expected, file = bundled, helpers = helpersFor(expected) } = options
    if (file === null || helpers === 0) return new WorktreePool(options, () => [])
    const { Helper } = await import('./helper.js')
    const start = (events: HelperEvents) =>
      Array.from({ length: helpers }, () => new Helper(file, events))
    return new WorktreePool(options, start)
  }

  /** @throws as `summarizeWorktree`; the signal's reason when it is aborted */
  summarize(task: Task): Promise<WorktreeSummary> {
    return new Promise((resolve, reject) => {
      if (this.#signal?.aborted) throw this.#signal.reason
      this.#waiting.push({ task, resolve, reject })
      this.#handOut()
    })
  }

  /** Call it when there are no more tasks. */
  close(): void {
    this.#leave()
    for (const helper of this.#helpers) helper.end()
  }

  #handOut(): void {
    for (let job = this.#next(); job !== undefined; job = this.#next()) {
      const helper = this.#helpers.find(({ isFree }) => isFree)
      if (helper !== undefined) helper.give(job)
      else void this.#doHere(job)
    }
  }

  /** undefined if no job waits, or no thread is free for it. */
  #next(): Job | undefined {
    const isAnyoneFree = !this.#isBusyHere || this.#helpers.some(({ isFree }) => isFree)
    return isAnyoneFree ? this.#waiting.shift() : undefined
  }

  async #doHere({ task, resolve, reject }: Job): Promise<void> {
    this.#isBusyHere = true
    // A task may finish without a turn of the event loop, and the helpers' answers need one.
    await setImmediate()
    await perform(task, this.#signal).then(resolve, reject)
    this.#isBusyHere = false
    this.#handOut()
  }

  readonly #abort = () => {
    const jobs = [...this.#waiting.splice(0), ...this.#helpers.flatMap((helper) => helper.end())]
    for (const { reject } of jobs) reject(this.#signal?.reason)
  }
}

const helpersFor = (tasks: number) =>
  Math.min(availableParallelism() - 1, Math.floor(tasks / tasksPerThread), mostHelpers)
