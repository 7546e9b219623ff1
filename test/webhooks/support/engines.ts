import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { systemClock } from '../../../src/base/clock.js'
import { openStore, type StoreOptions } from '../../../src/webhooks/store/open.js'
import type { DeliveryStore } from '../../../src/webhooks/store/store.js'
import { testClock } from '../../support/clock.js'
import { type Cluster, postgresFolder, startCluster } from './postgres.js'

/** A store of deliveries with its own database, and a clock that a test moves. */
export interface TestStore {
  store: DeliveryStore
  options: StoreOptions
  /** Opens the same database as another process would. */
  another(): Promise<DeliveryStore>
  /** Moves the database's clock; back, where it is negative. */
  pass(milliseconds: number): Promise<void>
  close(): Promise<void>
}

export interface TestEngine {
  name: 'sqlite' | 'postgres'
  isInstalled: boolean
  open(): Promise<TestStore>
  /** After the last one is closed. */
  stop(): Promise<void>
}

const sqlite: TestEngine = {
  name: 'sqlite',
  isInstalled: true,
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'wizard-store-'))
    const clock = testClock()
    let offset = 0
    const moved = { ...clock, now: () => clock.now() + offset }
    const path = join(folder, 'webhooks', 'deliveries.db')
    const options: StoreOptions = { engine: 'sqlite', path, clock: moved }
    const opened = openMany(options)
    return {
      options,
      store: await opened.another(),
      another: opened.another,
      async pass(milliseconds) {
        if (milliseconds < 0) offset += milliseconds
        else await clock.pass(milliseconds)
      },
      async close() {
        await opened.close()
        await rm(folder, { recursive: true })
      },
    }
  },
  async stop() {},
}

/** What all tests over PostgreSQL share, as a server, a schema and a pool each take long to make. */
interface SharedPostgres {
  cluster: Cluster
  options: StoreOptions
  store: DeliveryStore
  client: pg.Client
}

let shared: SharedPostgres | null = null

async function sharePostgres(): Promise<SharedPostgres> {
  const cluster = startCluster()
  const { url } = cluster
  const options: StoreOptions = { engine: 'postgres', url, schema: 'a "test', clock: systemClock }
  const store = await openStore(options)
  const client = new pg.Client(url)
  await client.connect()
  await client.query(`SET search_path TO "a ""test"`)
  return { cluster, options, store, client }
}

const postgres: TestEngine = {
  name: 'postgres',
  isInstalled: postgresFolder() !== null,
  async open() {
    shared ??= await sharePostgres()
    const { options, store, client } = shared
    const opened = openMany(options)
    const moveTo = (offset: number) =>
      client.query(`CREATE OR REPLACE FUNCTION now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS
        'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint + ${offset}'`)
    let offset = 0
    return {
      options,
      store,
      another: opened.another,
      async pass(milliseconds) {
        offset += milliseconds
        await moveTo(offset)
      },
      async close() {
        await opened.close()
        await client.query('TRUNCATE deliveries, bodies, runs, outputs, servers RESTART IDENTITY')
        if (offset !== 0) await moveTo(0)
      },
    }
  },
  async stop() {
    await shared?.store.close()
    await shared?.client.end()
    shared?.cluster.remove()
    shared = null
  },
}

function openMany(options: StoreOptions) {
  const opened: DeliveryStore[] = []
  return {
    async another() {
      const store = await openStore(options)
      opened.push(store)
      return store
    },
    close: () => Promise.all(opened.map((store) => store.close())),
  }
}

export const engines: TestEngine[] = [sqlite, postgres]
