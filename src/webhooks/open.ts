import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '../base/clock.js'
import type { StoreConfig, WebhooksConfig } from '../config/files/webhooks.js'
import { acquireLock, type Lock } from '../process/lock.js'
import type { WebhookSession } from './session.js'
import { openStore } from './store/open.js'
import type { DeliveryStore } from './store/store.js'

/** @throws as `openStore` */
export const openStoreOf = (
  store: StoreConfig,
  clock: Clock,
  { isChecked = false } = {},
): Promise<DeliveryStore> =>
  store.engine === 'sqlite'
    ? openStore({ engine: 'sqlite', path: store.path, clock, isChecked })
    : openStore({ engine: 'postgres', url: store.url, schema: store.schema, clock })

/** Opens the store for this work. @throws as `openStore` */
export async function withStore<T>(
  { store: config }: WebhooksConfig,
  clock: Clock,
  work: (store: DeliveryStore) => Promise<T>,
): Promise<T> {
  const store = await openStoreOf(config, clock)
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** false: no delivery has come yet, and a command that only reads does not make the database. */
export const storeExists = ({ store }: WebhooksConfig): boolean =>
  store.engine === 'postgres' || existsSync(store.path)

/**
 * The lock of a SQLite store, whose holder runs its handlers. PostgreSQL has leases instead, so that
 * any number of machines can run them.
 *
 * @throws LockedError if another SERVE has it
 */
export async function lockStore(
  { clock, self, signal, webhooks: { store } }: WebhookSession,
  command: string,
): Promise<Lock> {
  if (store.engine === 'postgres') return { release: async () => {} }
  // The lock would make a folder that others can read.
  await mkdir(dirname(store.path), { recursive: true, mode: 0o700 })
  return acquireLock(
    { clock, self, signal },
    {
      path: `${store.path}.lock`,
      command,
      wait: 0,
      hint: 'LIST, VIEW, STATUS, REPLAY and CANCEL work while it runs; several SERVE need engine: postgres',
    },
  )
}
