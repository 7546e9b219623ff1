import { expect, it } from 'vitest'
import type { StoreCounts } from '../../src/webhooks/store/store.js'
import { storeLimit } from '../../src/webhooks/store-limit.js'

const retention = { keep: 30, keepIds: 90, keepDead: 90, maxBytes: 1000 }

/** A store of so many bytes, of which pruning may remove some. */
function storeOf(bytes: number, removable: number) {
  const store = { bytes, removable }
  return {
    holds: store,
    counts: async () => ({ store_bytes: store.bytes }) as StoreCounts,
    async prune() {
      store.bytes -= store.removable
      store.removable = 0
      return 1
    },
  }
}

it('makes room, and is full only where none can be made', async () => {
  const store = storeOf(1500, 600)
  const limit = storeLimit(store, () => retention)
  await limit.look()
  expect(store.holds.bytes).toBe(900)
  limit.assertRoom()
  store.holds.bytes = 1001
  await limit.look()
  expect(() => limit.assertRoom()).toThrow(/max_size/)
  store.holds.removable = 1
  await limit.look()
  limit.assertRoom()
})

it('prunes nothing while the store is small enough', async () => {
  const store = storeOf(1000, 600)
  await storeLimit(store, () => retention).look()
  expect(store.holds.bytes).toBe(1000)
})
