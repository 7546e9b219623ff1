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
  ' lists the dead ones: replay them, shorten webhooks.store.keep_dead or raise max_size',
]

/**
 * Waiting and dead deliveries are never removed, so there may be no room to make. New deliveries are
 * then refused, and RECOVER has GitHub send them again.
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
        'the store has reached max_size, and contains only waiting and dead deliveries',
        { hint: remedy },
      )
    },
  }
}

/** Bytes. With less, a small write may succeed although the next delivery would fail. */
const leastRoom = 4 * 1024 * 1024

/** @throws StoreError if the disk has no room for the next delivery */
export async function assertDisk(store: StoreConfig): Promise<void> {
  if (store.engine === 'postgres') return
  const { bavail, bsize } = await statfs(dirname(store.path))
  if (bavail * bsize >= leastRoom) return
  throw new StoreError(`no space is left at ${store.path}`, { hint: 'free some space there' })
}
