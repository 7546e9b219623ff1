import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { HintParts } from '../base/hint.js'
import type { StoreConfig } from '../config/files/webhooks.js'
import { StoreError } from './store/engine/failures.js'
import type { DeliveryStore, Retention } from './store/store.js'

/** Keeps a store within webhooks.yaml's `max_size`. */
export interface StoreLimit {
  /** Makes room if the store is too large. Call it each minute. */
  look(): Promise<void>
  /** @throws StoreError while the store is too large, and nothing in it may go */
  assertRoom(): void
}

const remedy: HintParts = [
  { verb: ['WEBHOOK', 'LIST'], flags: { status: 'dead' } },
  ' lists what is dead: replay or cancel it, or raise webhooks.store.max_size',
]

/**
 * What waits or is dead never goes, so that there may be no room to make: deliveries are refused
 * then, and GitHub has them for RECOVER.
 */
export function storeLimit(
  store: Pick<DeliveryStore, 'counts' | 'prune'>,
  retention: () => Retention,
): StoreLimit {
  let isFull = false
  const isTooLarge = async () => {
    const { maxBytes } = retention()
    return maxBytes !== null && (await store.counts()).store_bytes > maxBytes
  }
  const isStillTooLarge = async () => {
    await store.prune(retention())
    return isTooLarge()
  }
  return {
    async look() {
      isFull = (await isTooLarge()) && (await isStillTooLarge())
    },
    assertRoom() {
      if (!isFull) return
      throw new StoreError(
        'the store of deliveries has reached max_size, and what it holds waits or is dead',
        { hint: remedy },
      )
    },
  }
}

/** Bytes: a small write may still pass where the next delivery does not. */
const leastRoom = 4 * 1024 * 1024

/** @throws StoreError if a delivery that has just failed for want of room would fail again */
export async function assertDisk(store: StoreConfig): Promise<void> {
  if (store.engine === 'postgres') return
  const { bavail, bsize } = await statfs(dirname(store.path))
  if (bavail * bsize >= leastRoom) return
  throw new StoreError(`there is no room left at ${store.path}`, { hint: 'make room there' })
}
