import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import type { WorktreeStatus } from '../worktree/status.js'
import type { Helper, HelperEvents, Job } from './helper.js'
import { perform, type Task } from './task.js'

export interface PoolOptions {
  /** How many tasks there will be, as far as is known: for few no thread is started. */
  expected: number
  signal?: AbortSignal | undefined
  /** A thread died. Its work is done all the same, here. */
  onDeath?: ((message: string) => void) | undefined
  /** For tests: how many threads beside this one, and the file that they run. */
  helpers?: number
  file?: URL | null
}

/** A thread takes some 40 ms to start, the time of a few work trees. */
const tasksPerThread = 16
const mostHelpers = 7

/** Put in by the build: where the bundle has the worker. From source there is none, and all is done in one thread. */
declare const __WIZARD_WORKER__: string | undefined
const bundled =
  typeof __WIZARD_WORKER__ === 'string' ? new URL(__WIZARD_WORKER__, import.meta.url) : null

/**
 * Looks at many work trees with all of the machine's cores: this thread takes part, and each further core has a
 * thread of its own. Which of them does a task makes no difference to its result: what a thread can't do, as it fails
 * or as the thread dies, is done again in this one, so that an error is the very one that was thrown. That is right
 * for looking, which changes nothing; a task that writes has no place here.
 */
export class WorktreePool {
  readonly #signal: AbortSignal | undefined
  readonly #helpers: Helper[]
  readonly #waiting: Job[] = []
  #isBusyHere = false

  private constructor({ signal, onDeath }: PoolOptions, start: (events: HelperEvents) => Helper[]) {
    this.#signal = signal
    this.#helpers = start({
      onFree: () => this.#handOut(),
      onReturned: (job) => job.resolve(perform(job.task, signal)),
      onDeath: (reason) => {
        onDeath?.(`a thread of wizard's died (${reason}); its work is done without it`)
        this.#handOut()
      },
    })
    signal?.addEventListener('abort', this.#abort)
  }

  /** What threads need is loaded where there will be any. */
  static async open(options: PoolOptions): Promise<WorktreePool> {
    const { expected, file = bundled, helpers = helpersFor(expected) } = options
    if (file === null || helpers === 0) return new WorktreePool(options, () => [])
    const { Helper } = await import('./helper.js')
    const start = (events: HelperEvents) =>
      Array.from({ length: helpers }, () => new Helper(file, events))
    return new WorktreePool(options, start)
  }

  /** @throws as `status`; the signal's reason when it is aborted */
  status(task: Task): Promise<WorktreeStatus> {
    return new Promise((resolve, reject) => {
      if (this.#signal?.aborted) throw this.#signal.reason
      this.#waiting.push({ task, resolve, reject })
      this.#handOut()
    })
  }

  /** To be called when nothing is asked for any more. */
  close(): void {
    this.#signal?.removeEventListener('abort', this.#abort)
    for (const helper of this.#helpers) helper.end()
  }

  #handOut(): void {
    for (let job = this.#next(); job !== undefined; job = this.#next()) {
      const helper = this.#helpers.find(({ isFree }) => isFree)
      if (helper !== undefined) helper.give(job)
      else void this.#doHere(job)
    }
  }

  /** undefined where nothing waits, or nobody has time for it. */
  #next(): Job | undefined {
    const isAnyoneFree = !this.#isBusyHere || this.#helpers.some(({ isFree }) => isFree)
    return isAnyoneFree ? this.#waiting.shift() : undefined
  }

  async #doHere({ task, resolve, reject }: Job): Promise<void> {
    this.#isBusyHere = true
    // A task may be over without a turn of the event loop, in which the answers of the helpers come.
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
