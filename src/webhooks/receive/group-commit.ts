import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../../base/clock.js'
import type { Metrics } from '../metrics/metrics.js'
import type { AcceptedDelivery, DeliveryStore, ReceivedDelivery } from '../store/store.js'

export interface GroupCommitOptions {
  store: Pick<DeliveryStore, 'accept'>
  metrics: Metrics
  clock: Clock
  /**
   * Called after each commit, once its deliveries are answered. An error that this or `onFailure`
   * throws becomes an unhandled rejection; deliveries go on being committed.
   */
  onCommit(committed: CommittedDelivery[]): void
  /**
   * Called after a failed commit, once its deliveries are refused.
   *
   * @param isDown whether no other delivery of the batch could be stored either
   */
  onFailure(error: unknown, isDown: boolean): void
}

export interface CommittedDelivery {
  received: ReceivedDelivery
  accepted: AcceptedDelivery
}

export interface GroupCommit {
  /** Resolves once the delivery is committed and synced; null: it can't be stored now. */
  accept(delivery: ReceivedDelivery): Promise<AcceptedDelivery | null>
}

/** Milliseconds that a delivery waits for its commit: GitHub waits ten seconds for the answer. */
const longestWait = 9000
/** Limits of a batch, because its commit delays the next. Bytes may exceed theirs by one body. */
const mostDeliveries = 512
const mostBytes = 32 * 1024 ** 2

interface Waiting {
  received: ReceivedDelivery
  settle(accepted: AcceptedDelivery | null): void
}

/** Stores all deliveries in flight in one commit. The next batch gathers while a commit runs. */
export function groupCommit(options: GroupCommitOptions): GroupCommit {
  const { clock } = options
  let gathering: Waiting[] = []
  let isBusy = false

  async function commitAll() {
    try {
      // Starts in a later turn, so that the batch includes whatever arrives in this one.
      for (await nextTurn(); gathering.length > 0; await nextTurn()) {
        const size = batchSize(gathering)
        const batch = gathering.slice(0, size)
        gathering = gathering.slice(size)
        await commit(batch, options)
      }
    } finally {
      isBusy = false
    }
  }

  return {
    accept: (received) =>
      new Promise((resolve) => {
        const waiting: Waiting = {
          received,
          settle(accepted) {
            unset()
            resolve(accepted)
          },
        }
        const unset = clock.after(longestWait, () => {
          gathering = gathering.filter((other) => other !== waiting)
          resolve(null)
        })
        gathering.push(waiting)
        if (isBusy) return
        isBusy = true
        void commitAll()
      }),
  }
}

function batchSize(waiting: readonly Waiting[]): number {
  let bytes = 0
  const full = waiting.findIndex(({ received }, index) => {
    const isFull = index === mostDeliveries || bytes >= mostBytes
    bytes += received.body.length
    return isFull
  })
  return full === -1 ? waiting.length : full
}

async function commit(batch: Waiting[], options: GroupCommitOptions): Promise<void> {
  const failure = await store(batch, options)
  if (failure === null) return
  if (batch.length > 1) await commitOneByOne(batch, options)
  else refuse(batch, failure, true, options)
}

/**
 * One odd delivery, such as one that is too large for the space left, does not fail the rest of its
 * batch. The smallest go first: if the first two both fail, the store is down, and the others are not
 * tried.
 */
async function commitOneByOne(batch: Waiting[], options: GroupCommitOptions): Promise<void> {
  const failed: Waiting[] = []
  let stored = 0
  let last: Failure | null = null
  for (const waiting of batch.toSorted(bySize)) {
    const isDown = stored === 0 && failed.length >= 2
    const failure: Failure | null = isDown ? last : await store([waiting], options)
    if (failure === null) {
      stored++
    } else {
      last = failure
      failed.push(waiting)
    }
  }
  if (last !== null) refuse(failed, last, stored === 0, options)
}

const bySize = (one: Waiting, other: Waiting) =>
  one.received.body.length - other.received.body.length

function refuse(
  batch: Waiting[],
  { error }: Failure,
  isDown: boolean,
  { onFailure }: GroupCommitOptions,
): void {
  for (const { settle } of batch) settle(null)
  void detached(() => onFailure(error, isDown))
}

interface Failure {
  error: unknown
}

/** Stores a batch and answers it. @returns null; or why the store has kept nothing of it */
async function store(batch: Waiting[], options: GroupCommitOptions): Promise<Failure | null> {
  const start = performance.now()
  let accepted: AcceptedDelivery[]
  try {
    accepted = await options.store.accept(batch.map(({ received }) => received))
  } catch (error) {
    return { error }
  }
  observe(options, start, batch.length)
  const committed: CommittedDelivery[] = []
  for (const [index, { received, settle }] of batch.entries()) {
    const mine = accepted[index] ?? null
    settle(mine)
    if (mine !== null) committed.push({ received, accepted: mine })
  }
  void detached(() => options.onCommit(committed))
  return null
}

/** Its error stops nothing here, and is not hidden either: it is an unhandled rejection. */
const detached = async (callback: () => void) => callback()

function observe({ metrics }: GroupCommitOptions, start: number, size: number): void {
  metrics.observe('wizard_webhook_commit_seconds', {}, (performance.now() - start) / 1000)
  metrics.observe('wizard_webhook_batch_size', {}, size)
}
