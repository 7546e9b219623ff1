import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../../src/webhooks/store/open.js'
import type { DeliveryStore } from '../../../src/webhooks/store/store.js'
import { testClock } from '../../support/clock.js'

/** A store of deliveries with its own database, and a clock that a test moves. */
export interface TestStore {
  store: DeliveryStore
  /** Opens the same database as another process would. */
  another(): Promise<DeliveryStore>
  /** Moves the database's clock; back, where it is negative. */
  pass(milliseconds: number): Promise<void>
  close(): Promise<void>
}

export interface TestEngine {
  name: 'sqlite' | 'postgres'
  open(): Promise<TestStore>
}

const sqlite: TestEngine = {
  name: 'sqlite',
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'wizard-store-'))
    const clock = testClock()
    let offset = 0
    const moved = { ...clock, now: () => clock.now() + offset }
    const opened: DeliveryStore[] = []
    const another = async () => {
      const path = join(folder, 'webhooks', 'deliveries.db')
      const store = await openStore({ engine: 'sqlite', path, clock: moved })
      opened.push(store)
      return store
    }
    return {
      store: await another(),
      another,
      async pass(milliseconds) {
        if (milliseconds < 0) offset += milliseconds
        else await clock.pass(milliseconds)
      },
      async close() {
        await Promise.all(opened.map((store) => store.close()))
        await rm(folder, { recursive: true })
      },
    }
  },
}

/** Those that this machine has. */
export const engines: TestEngine[] = [sqlite]
