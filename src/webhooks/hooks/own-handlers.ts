import type { Defer } from '../../base/async/cleanup.js'
import { LockedError } from '../../base/errors.js'
import { openHandlers } from '../handlers-of-store.js'
import { type LiveSettings, liveSettings } from '../live-settings.js'
import { lockStore } from '../open.js'
import type { Worker } from '../runs/worker.js'
import type { WebhookSession } from '../session.js'
import type { DeliveryStore } from '../store/store.js'

/** Runs the handlers of a store as long as no SERVE does. */
export interface OwnHandlers {
  readonly settings: LiveSettings
  /** Something may be due. @returns whether the handlers run here */
  wake(): Promise<boolean>
}

/**
 * For a command that gets deliveries in another way than SERVE. Its end waits for what runs, as long
 * as webhooks.yaml's `drain` says.
 */
export function ownHandlers(
  session: WebhookSession,
  store: DeliveryStore,
  { command, defer }: { command: string; defer: Defer },
): OwnHandlers {
  const settings = liveSettings(session)
  let worker: Worker | null = null
  const watch = settings.watch(() => worker?.reconfigure())
  defer(() => watch.stop())

  /** @returns null where a SERVE runs them */
  async function open(): Promise<Worker | null> {
    const lock = await lockStore(session, command).catch((error: unknown) => {
      if (error instanceof LockedError) return null
      throw error
    })
    if (lock === null) return null
    defer(() => lock.release())
    const opened = await openHandlers(session, { store, settings, metrics: null })
    defer(() => opened.drain(settings.config.drain * 1000))
    opened.start()
    return opened
  }

  return {
    settings,
    async wake() {
      worker ??= await open()
      worker?.wake()
      return worker !== null
    },
  }
}
