import { systemClock } from '../../../src/base/clock.js'
import { createMetrics } from '../../../src/webhooks/metrics/metrics.js'
import { inheritedSocket } from '../../../src/webhooks/receive/listen.js'
import { startReceiver } from '../../../src/webhooks/receive/receiver.js'
import { MemoryStore, someSettings } from './memory-store.js'

/** Runs in its own process: serves the socket that it was started with until SIGTERM. */
const place = inheritedSocket(process.env, process.pid)
if (place === null) throw new Error('there is no socket')
const receiver = await startReceiver({
  place,
  settings: () => someSettings,
  store: new MemoryStore(),
  probeStore: async () => {},
  state: { isDraining: false, isStoreUp: true },
  metrics: createMetrics(),
  gauges: async () => [],
  githubRanges: async () => [],
  clock: systemClock,
  emit: () => {},
})
process.once('SIGTERM', () => void receiver.drain())
process.stdout.write(`${process.pid}\n`)
