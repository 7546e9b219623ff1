import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type { WebhooksConfig } from '../../../src/config/files/webhooks.js'
import { routerFor } from '../../../src/webhooks/routing/route.js'
import type { AttemptEnd } from '../../../src/webhooks/runs/end.js'
import { Worker, type WorkerOptions } from '../../../src/webhooks/runs/worker.js'
import { openStore, type StoreOptions } from '../../../src/webhooks/store/open.js'
import type { DeliveryStore } from '../../../src/webhooks/store/store.js'
import { type TestClock, testClock } from '../../support/clock.js'
import { webhooksConfig } from './configuration.js'
import { received } from './deliveries.js'

/** A program's attempt that went well, or that failed. */
export const succeeded: AttemptEnd = attemptEnd(null)
export const failed: AttemptEnd = attemptEnd({ code: 'FAILED', message: 'exit 1', hint: null })

function attemptEnd(error: AttemptEnd['error']): AttemptEnd {
  const exit = error === null ? 0 : 1
  return { exit, result: null, output: Buffer.alloc(0), error, isFinal: error === null }
}

/** A worker over a store on the disk. Nothing runs: a test ends each attempt itself. */
export interface TestWorker {
  worker: Worker
  store: DeliveryStore
  clock: TestClock
  /** What the worker has reported, such as `started tests 1`: a handler and a delivery's number. */
  readonly said: string[]
  /** The pushes to these repositories come in, in one batch. */
  push(...repositories: string[]): Promise<void>
  /** Ends the attempt that is named as in `said`, such as `tests 1`. */
  end(name: string, end: AttemptEnd): Promise<void>
  /** Why an attempt was asked to end; undefined while it goes on. */
  stopOf(name: string): unknown
  /** What runs, such as `tests 1`. */
  running(): string[]
  /** The worker has done all that it can do at this time. */
  idle(): Promise<void>
  /** Lets time pass, and the worker do what is due. */
  pass(milliseconds: number): Promise<void>
  /** Reads other handlers, as a reload does. */
  configure(handlers: object): Promise<void>
  /** Opens the same store as another process would. */
  another(): Promise<DeliveryStore>
}

export interface TestWorkerOptions {
  /** Of webhooks.yaml, beside the handlers. */
  settings?: object
  isShared?: boolean
  /** Of the store; the others are SQLite's. */
  store?: (store: DeliveryStore) => Partial<DeliveryStore>
  worker?: Partial<WorkerOptions>
}

interface Attempt {
  signal: AbortSignal
  resolve(end: AttemptEnd): void
}

export async function testWorker(
  handlers: object,
  { settings = {}, isShared = false, store: changed, worker: parts }: TestWorkerOptions = {},
): Promise<TestWorker> {
  const clock = testClock()
  const opened = await temporaryStore(clock)
  const store = { ...opened.store, isShared, ...changed?.(opened.store) }
  const attempts = new Map<string, Attempt>()
  const said: string[] = []
  let config: WebhooksConfig = await webhooksConfig(handlers, settings)
  const nameOf = (run: { handler: string; delivery: { id: number } }) =>
    `${run.handler} ${run.delivery.id}`
  const worker = new Worker({
    store,
    clock,
    machine: 'one',
    owner: 'owner-of-one',
    settings: () => ({ ...config, decide: routerFor(config) }),
    async perform(run, _, signal) {
      const name = nameOf(run)
      const end = new Promise<AttemptEnd>((resolve, reject) => {
        attempts.set(name, { signal, resolve })
        signal.addEventListener('abort', () => reject(signal.reason))
      })
      return end.finally(() => attempts.delete(name))
    },
    random: () => 0.5,
    standBack: async () => {},
    release: async () => {},
    on: {
      routed: () => {},
      started: (run) => said.push(`started ${nameOf(run)}`),
      ended: (run, end) => said.push(`${end.status} ${nameOf(run)}`),
      fenced: (run) => said.push(`fenced ${nameOf(run)}`),
      trouble: (error) => said.push(error === null ? 'no trouble' : `trouble: ${error}`),
    },
    ...parts,
  })
  // SQLite answers within this turn of the event loop.
  const idle = async () => {
    for (let turn = 0; turn < 3; turn++) await setImmediate()
  }
  onTestFinished(async () => {
    for (const { resolve } of attempts.values()) resolve(succeeded)
    await worker.drain(0)
  })
  return {
    worker,
    store,
    clock,
    said,
    idle,
    another: opened.another,
    running: () => [...attempts.keys()],
    stopOf: (name) => attempts.get(name)?.signal.reason,
    async push(...repositories) {
      await store.accept(repositories.map(pushTo))
      worker.wake()
      await idle()
    },
    async end(name, end) {
      const attempt = attempts.get(name)
      if (attempt === undefined) throw new Error(`${name} does not run`)
      attempt.resolve(end)
      await idle()
    },
    async pass(milliseconds) {
      await clock.pass(milliseconds)
      await idle()
    },
    async configure(others) {
      config = await webhooksConfig(others, settings)
      worker.reconfigure()
      await idle()
    },
  }
}

/** A push to a repository of uDOS, as GitHub sends it. */
export const pushTo = (name: string) =>
  received({
    text: JSON.stringify({
      ref: 'refs/heads/main',
      repository: { id: 1, full_name: `uDOS/${name}` },
      compare: randomUUID(),
    }),
  })

async function temporaryStore(clock: TestClock) {
  const folder = await mkdtemp(join(tmpdir(), 'wizard-worker-'))
  const options: StoreOptions = { engine: 'sqlite', path: join(folder, 'deliveries.db'), clock }
  const stores: DeliveryStore[] = []
  onTestFinished(async () => {
    for (const store of stores) await store.close()
    await rm(folder, { recursive: true })
  })
  const another = async () => {
    const store = await openStore(options)
    stores.push(store)
    return store
  }
  return { store: await another(), another }
}
