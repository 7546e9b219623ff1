import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../../base/clock.js'
import type { Metrics } from '../metrics/metrics.js'
import type { AcceptedDelivery, DeliveryStore, ReceivedDelivery } from '../store/store.js'

export interface GroupCommitOptions {
  store: Pick<DeliveryStore, 'accept'>
  metrics: Metrics
  clock: Clock
  /** Called after each commit with what it brought, when its deliveries are being answered. */
  onCommit(committed: CommittedDelivery[]): void
  /**
   * Called where a commit failed, after its deliveries were refused. Neither callback may throw.
   *
   * @param isDown whether nothing else of its batch could be stored either
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

/** Milliseconds that a delivery waits for its commit: GitHub waits ten seconds for all of it. */
const longestWait = 9000
/** One batch: its commit holds everything else up. Bytes may exceed this by one body. */
const mostDeliveries = 512
const mostBytes = 32 * 1024 ** 2

interface Waiting {
  received: ReceivedDelivery
  settle(accepted: AcceptedDelivery | null): void
}

/**
 * Stores all deliveries that are in flight together in one commit. While one is under way the next
 * batch gathers.
 */
export function groupCommit(options: GroupCommitOptions): GroupCommit {
  const { clock } = options
  let gathering: Waiting[] = []
  let isBusy = false

  async function commitAll() {
    // First in a later turn, so that whatever has arrived in this one comes along.
    for (await nextTurn(); gathering.length > 0; await nextTurn()) {
      const size = batchSize(gathering)
      const batch = gathering.slice(0, size)
      gathering = gathering.slice(size)
      await commit(batch, options)
    }
    isBusy = false
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
  try {
    await store(batch, options)
  } catch (error) {
    if (batch.length === 1) refuse(batch, error, true, options)
    else await commitOneByOne(batch, options)
  }
}

/**
 * One odd delivery, such as one that is too large for the room that is left, does not take the
 * others of its batch with it. The smallest go first: where two fail and none was stored, the store
 * is down, and the others do not wait for it.
 */
async function commitOneByOne(batch: Waiting[], options: GroupCommitOptions): Promise<void> {
  const failed: Waiting[] = []
  let stored = 0
  let error: unknown
  for (const waiting of batch.toSorted(bySize)) {
    if (stored === 0 && failed.length >= 2) {
      failed.push(waiting)
      continue
    }
    try {
      await store([waiting], options)
      stored++
    } catch (cause) {
      error = cause
      failed.push(waiting)
    }
  }
  if (failed.length > 0) refuse(failed, error, stored === 0, options)
}

const bySize = (one: Waiting, other: Waiting) =>
  one.received.body.length - other.received.body.length

function refuse(
  batch: Waiting[],
  error: unknown,
  isDown: boolean,
  { onFailure }: GroupCommitOptions,
): void {
  for (const { settle } of batch) settle(null)
  onFailure(error, isDown)
}

/** @throws whatever the store throws: nothing of the batch is stored */
async function store(batch: Waiting[], options: GroupCommitOptions): Promise<void> {
  const { metrics, onCommit } = options
  const start = performance.now()
  const accepted = await options.store.accept(batch.map(({ received }) => received))
  metrics.observe('wizard_webhook_commit_seconds', {}, (performance.now() - start) / 1000)
  metrics.observe('wizard_webhook_batch_size', {}, batch.length)
  const committed: CommittedDelivery[] = []
  for (const [index, { received, settle }] of batch.entries()) {
    const mine = accepted[index] ?? null
    settle(mine)
    if (mine !== null) committed.push({ received, accepted: mine })
  }
  onCommit(committed)
}
