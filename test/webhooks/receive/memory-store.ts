import type { ReceiverSettings } from '../../../src/webhooks/receive/receiver.js'
import type { AcceptedDelivery, ReceivedDelivery } from '../../../src/webhooks/store/store.js'

export const secret = 'it is a secret to everybody'

export const someSettings: ReceiverSettings = {
  secrets: [secret],
  path: '/webhook',
  maxBody: 25 * 1024 ** 2,
  allow: [],
  trustedProxies: [],
  metrics: true,
}

/** Keeps deliveries in memory; a test may hold its commits, or let them fail. */
export class MemoryStore {
  readonly kept: ReceivedDelivery[] = []
  /** The deliveries of each call, also of those that failed. */
  readonly batches: ReceivedDelivery[][] = []
  /** Runs before a batch is kept; throws if it can't be. */
  commit: (batch: ReceivedDelivery[]) => Promise<void> | void = () => {}

  async accept(batch: ReceivedDelivery[]): Promise<AcceptedDelivery[]> {
    this.batches.push(batch)
    await this.commit(batch)
    return batch.map((received) => {
      const known = this.kept.findIndex(({ delivery }) => delivery === received.delivery)
      if (known !== -1) return { id: known + 1, outcome: 'duplicate' }
      const outcome = this.kept.some(({ sha256 }) => sha256 === received.sha256)
        ? 'repeat'
        : 'accepted'
      return { id: this.kept.push(received), outcome }
    })
  }
}
