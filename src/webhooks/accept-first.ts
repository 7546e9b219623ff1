import type { Clock } from '../base/clock.js'
import type { DeliveryStore } from './store/store.js'
import type { StoreLimit } from './store-limit.js'

export interface Intake extends Pick<DeliveryStore, 'accept'> {
  /** Waits while deliveries are being stored, but not for long. */
  standBack(): Promise<void>
}

/** Milliseconds that routing waits at most, and between two looks. */
const longestWait = 50
const look = 5

/**
 * Stores deliveries within the limit, and before others are routed: GitHub waits for an answer, and
 * nobody waits for the routing. While they arrive without a pause, routing gets a small share of the
 * time.
 */
export function acceptFirst(
  store: Pick<DeliveryStore, 'accept'>,
  limit: Pick<StoreLimit, 'assertRoom'>,
  clock: Clock,
): Intake {
  let inHand = 0
  return {
    async accept(batch) {
      limit.assertRoom()
      inHand++
      try {
        return await store.accept(batch)
      } finally {
        inHand--
      }
    },
    async standBack() {
      for (let waited = 0; inHand > 0 && waited < longestWait; waited += look) {
        await clock.sleep(look)
      }
    },
  }
}
