import type { Clock } from '../../base/clock.js'
import { WizardError } from '../../base/errors.js'
import type { HandlerConfig } from '../../config/files/webhook-handlers.js'
import type {
  ClaimedRun,
  DeliveryStore,
  RoutedDelivery,
  RoutingDecision,
  RunClaim,
  RunEnd,
  StoredDelivery,
} from '../store/store.js'
import { takesRootLock } from './command-line.js'
import { type AttemptEnd, attemptThatThrew, handlerTimedOut, runEndAfter } from './end.js'

export interface WorkerOptions {
  store: DeliveryStore
  clock: Clock
  machine: string
  /** The mark of this process, from `livenessFor`. */
  owner: string
  /** Read at each turn, so that a reload applies from then on. */
  settings(): WorkerSettings
  perform(run: ClaimedRun, handler: HandlerConfig, signal: AbortSignal): Promise<AttemptEnd>
  /** At least 0, less than 1. */
  random(): number
  /** Awaited before each batch is routed, so that accepting new deliveries goes first. */
  standBack(): Promise<void>
  /** Awaited at the end of a drain: nothing runs any more. */
  release(): Promise<void>
  on: WorkerListener
}

export interface WorkerSettings {
  handlers: readonly HandlerConfig[]
  concurrency: number
  decide(delivery: StoredDelivery): RoutingDecision
}

export interface WorkerListener {
  routed(deliveries: RoutedDelivery[]): void
  started(run: ClaimedRun): void
  ended(run: ClaimedRun, end: RunEnd, milliseconds: number): void
  /** Another machine has taken the run over; what this one did is not recorded. */
  fenced(run: ClaimedRun): void
  /** null: the store works again. */
  trouble(error: unknown): void
}

interface RunInHand {
  run: ClaimedRun
  handler: HandlerConfig
  stop: AbortController
  done: Promise<void>
}

/** Deliveries of one turn of routing, so that accepting others does not wait for long. */
const batch = 64
/** Milliseconds after which the worker looks at the store even if nothing has changed. */
const longestSleep = 30_000
const renewEvery = 10_000
/** Milliseconds until a store that failed is tried again. */
const pauseAfterTrouble = 1000

/** Routes accepted deliveries and runs their handlers, as many at a time as the settings allow. */
export class Worker {
  readonly #options: WorkerOptions
  readonly #inHand = new Map<number, RunInHand>()
  readonly #undo: (() => void)[] = []
  #turn: Promise<void> | null = null
  #isWoken = false
  /** The handlers may have changed since the last turn. */
  #isReconfigured = true
  #isStopped = false
  #isTroubled = false
  /** Ends that could not be recorded during a drain: these runs are started again. */
  #unrecorded = 0
  #unsetTimer = () => {}
  #unsetRenewal = () => {}

  constructor(options: WorkerOptions) {
    this.#options = options
  }

  start(): void {
    this.#undo.push(this.#options.store.watch(() => this.wake()))
    if (this.#options.store.isShared) this.#renewLater()
    this.wake()
  }

  /** Applies new settings: a run that waits for a handler that is gone is dead. */
  reconfigure(): void {
    this.#isReconfigured = true
    this.wake()
  }

  /** Starts what is due. */
  wake(): void {
    this.#isWoken = true
    if (this.#isStopped || this.#turn !== null) return
    this.#turn = this.#turns().finally(() => {
      this.#turn = null
      if (this.#isWoken && !this.#isStopped) this.wake()
    })
  }

  runningOf(handler: string): number {
    return [...this.#inHand.values()].filter((one) => one.handler.name === handler).length
  }

  /**
   * Starts nothing new, and waits for what runs.
   *
   * @param milliseconds after which it ends what still runs, and gives it back
   * @returns whether every run ended by itself and is recorded
   */
  async drain(milliseconds: number): Promise<boolean> {
    this.#isStopped = true
    for (const undo of this.#undo.splice(0)) undo()
    this.#unsetTimer()
    await this.#turn
    // The last turn may have set another.
    this.#unsetTimer()
    const left: RunClaim[] = []
    const unset = this.#options.clock.after(milliseconds, () => {
      for (const { run, stop } of this.#inHand.values()) {
        left.push(run)
        stop.abort(drained)
      }
    })
    await Promise.all([...this.#inHand.values()].map(({ done }) => done))
    unset()
    this.#unsetRenewal()
    await this.#options.release()
    if (left.length > 0) await this.#options.store.giveBack(left)
    return left.length === 0 && this.#unrecorded === 0
  }

  async #turns(): Promise<void> {
    while (this.#isWoken && !this.#isStopped) {
      this.#isWoken = false
      try {
        await this.#retire()
        await this.#route()
        if (!this.#isStopped) await this.#claim()
        await this.#sleepUntilDue()
        this.#trouble(null)
      } catch (error) {
        this.#trouble(error)
        this.#sleep(pauseAfterTrouble)
      }
    }
  }

  #trouble(error: unknown): void {
    // Once per outage.
    if (this.#isTroubled === (error !== null)) return
    this.#isTroubled = error !== null
    this.#options.on.trouble(error)
  }

  async #retire(): Promise<void> {
    // Another machine may still have the handler.
    if (!this.#isReconfigured || this.#options.store.isShared) return
    await this.#options.store.retire(this.#options.settings().handlers.map(({ name }) => name))
    this.#isReconfigured = false
  }

  async #route(): Promise<void> {
    const { store, settings, on, standBack } = this.#options
    for (;;) {
      await standBack()
      const routed = await store.route(batch, settings().decide)
      if (routed.length > 0) on.routed(routed)
      if (routed.length < batch || this.#isStopped) return
    }
  }

  /** Only one run at a time takes the root's lock: a second one would hold a slot just to wait. */
  async #claim(): Promise<void> {
    const { concurrency, handlers } = this.#options.settings()
    const others = handlers.filter((one) => !takesRootLock(one))
    const ofRoot = handlers.filter(takesRootLock)
    await this.#claimOf(others, concurrency - this.#inHand.size)
    const isTaken = [...this.#inHand.values()].some(({ handler }) => takesRootLock(handler))
    await this.#claimOf(ofRoot, isTaken ? 0 : Math.min(1, concurrency - this.#inHand.size))
  }

  async #claimOf(handlers: readonly HandlerConfig[], limit: number): Promise<void> {
    if (limit <= 0 || handlers.length === 0) return
    const { store, machine, owner } = this.#options
    const claimed = await store.claim({ machine, owner, limit, handlers: [...handlers] })
    // A drain has begun meanwhile: another machine starts them, or the next SERVE.
    if (this.#isStopped) return store.giveBack(claimed)
    for (const run of claimed) {
      const handler = handlers.find(({ name }) => name === run.handler)
      if (handler !== undefined) this.#begin(run, handler)
    }
  }

  #begin(run: ClaimedRun, handler: HandlerConfig): void {
    const stop = new AbortController()
    const earlier = this.#inHand.get(run.id)
    // Its lease ended while the store was away, and this machine was the first to claim it again.
    earlier?.stop.abort(fenced)
    const done = this.#carryOut(run, handler, stop, earlier?.done).finally(() => {
      if (this.#inHand.get(run.id)?.stop === stop) this.#inHand.delete(run.id)
      this.wake()
    })
    this.#inHand.set(run.id, { run, handler, stop, done })
  }

  async #carryOut(
    run: ClaimedRun,
    handler: HandlerConfig,
    stop: AbortController,
    earlier: Promise<void> | undefined,
  ): Promise<void> {
    const { clock, perform, random, on } = this.#options
    if (earlier !== undefined) await earlier
    on.started(run)
    const begun = clock.now()
    const unset = clock.after(handler.timeout * 1000, () => stop.abort(handlerTimedOut(handler)))
    const attempt = await perform(run, handler, stop.signal).catch(attemptThatThrew)
    unset()
    if (stop.signal.reason === drained) return
    const end = runEndAfter(attempt, run, handler, random())
    const record = await this.#finish(run, end)
    if (record === 'recorded') on.ended(run, end, clock.now() - begun)
    if (record === 'fenced') on.fenced(run)
    if (record === 'unrecorded') this.#unrecorded++
  }

  /** Tries until the store has recorded the end of a run; only a drain gives up. */
  async #finish(run: ClaimedRun, end: RunEnd): Promise<'recorded' | 'fenced' | 'unrecorded'> {
    const { store, clock } = this.#options
    for (;;) {
      try {
        const isRecorded = await store.finish(run, end)
        this.#trouble(null)
        return isRecorded ? 'recorded' : 'fenced'
      } catch (error) {
        this.#trouble(error)
        if (this.#isStopped) return 'unrecorded'
        await clock.sleep(pauseAfterTrouble)
      }
    }
  }

  async #sleepUntilDue(): Promise<void> {
    const due = await this.#options.store.nextDue()
    this.#sleep(Math.min(due ?? longestSleep, longestSleep))
  }

  #sleep(milliseconds: number): void {
    this.#unsetTimer()
    this.#unsetTimer = this.#options.clock.after(milliseconds, () => this.wake())
  }

  #renewLater(): void {
    this.#unsetRenewal = this.#options.clock.after(renewEvery, async () => {
      await this.#renew().catch((error: unknown) => this.#trouble(error))
      if (!this.#isStopped || this.#inHand.size > 0) this.#renewLater()
    })
  }

  async #renew(): Promise<void> {
    if (this.#inHand.size === 0) return
    const lost = await this.#options.store.renew([...this.#inHand.values()].map(({ run }) => run))
    for (const { id } of lost) this.#inHand.get(id)?.stop.abort(fenced)
  }
}

const drained = new WizardError('drain ran out')
const fenced = new WizardError('another machine has taken over the run')
