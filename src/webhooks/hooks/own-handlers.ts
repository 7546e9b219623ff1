import { LockedError } from '../../base/errors.js'
import type { Lock } from '../../process/lock.js'
import { openHandlers } from '../handlers-of-store.js'
import { type LiveSettings, liveSettings } from '../live-settings.js'
import { lockStore } from '../open.js'
import type { Worker } from '../runs/worker.js'
import type { WebhookSession } from '../session.js'
import type { DeliveryStore } from '../store/store.js'

/** Runs the handlers of a store for as long as no SERVE holds it. */
export interface OwnHandlers {
  /** Something may be due. @returns whether they run here */
  wake(): Promise<boolean>
  /** Waits for what runs, as long as webhooks.yaml's `drain`. */
  close(): Promise<void>
}

/** For a command that brings deliveries by another way than HTTP. */
export function ownHandlers(
  session: WebhookSession,
  store: DeliveryStore,
  command: string,
): OwnHandlers {
  let held: Held | null = null
  return {
    async wake() {
      held ??= await hold(session, store, command)
      held?.worker.wake()
      return held !== null
    },
    async close() {
      if (held === null) return
      held.unwatch()
      try {
        await held.worker.drain(held.settings.config.drain * 1000)
      } finally {
        await held.lock.release()
      }
    },
  }
}

interface Held {
  lock: Lock
  worker: Worker
  settings: LiveSettings
  unwatch(): void
}

/** @returns null where a SERVE runs them */
async function hold(
  session: WebhookSession,
  store: DeliveryStore,
  command: string,
): Promise<Held | null> {
  const lock = await lockStore(session, command).catch((error: unknown) => {
    if (error instanceof LockedError) return null
    throw error
  })
  if (lock === null) return null
  try {
    const settings = liveSettings(session)
    const worker = await openHandlers(session, { store, settings, metrics: null })
    worker.start()
    return { lock, worker, settings, unwatch: settings.watch(() => worker.wake()) }
  } catch (error) {
    await lock.release()
    throw error
  }
}
