import { acceptBatch } from './accept.js'
import { claimRuns } from './claim.js'
import type { Engine } from './engine/engine.js'
import type { PostgresOptions } from './engine/postgres.js'
import type { SqliteOptions } from './engine/sqlite.js'
import { pruneDeliveries } from './prune.js'
import {
  countDeliveries,
  knownDeliveries,
  listDeliveries,
  readDeliveryBody,
  readRunOutput,
  viewDelivery,
} from './read.js'
import { recentBodies } from './recent-bodies.js'
import { cancelDeliveries, replayDeliveries } from './replay.js'
import { routeAccepted } from './route.js'
import { finishRun, giveBackRuns, nextDueRun, renewRuns, retireRuns, takeOverRuns } from './runs.js'
import { announceServer, departServer } from './servers.js'
import type { DeliveryStore } from './store.js'

export type StoreOptions =
  | ({ engine: 'sqlite' } & SqliteOptions)
  | ({ engine: 'postgres' } & PostgresOptions)

/**
 * Opens the store of deliveries, and makes it if it does not exist.
 *
 * @throws ConfigError if it is damaged or a newer wizard's, or what it needs is not installed or set
 *   up; StoreError if it can't be reached or written
 */
export async function openStore(options: StoreOptions): Promise<DeliveryStore> {
  return storeOver(await openEngine(options))
}

async function openEngine(options: StoreOptions): Promise<Engine> {
  if (options.engine === 'postgres') {
    const { openPostgres } = await import('./engine/postgres.js')
    return openPostgres(options)
  }
  const { openSqlite } = await import('./engine/sqlite.js')
  return openSqlite(options)
}

function storeOver(engine: Engine): DeliveryStore {
  const recent = recentBodies()
  return {
    engine: engine.name,
    isShared: engine.lease !== null,
    accept: (batch) => acceptBatch(engine, recent, batch),
    route: (limit, decide) => routeAccepted(engine, recent, limit, decide),
    claim: (request) => claimRuns(engine, request),
    nextDue: () => nextDueRun(engine),
    renew: (runs) => renewRuns(engine, runs),
    finish: (run, end) => finishRun(engine, run, end),
    giveBack: (runs) => giveBackRuns(engine, runs),
    retire: (configured) => retireRuns(engine, configured),
    takeOver: (isDead) => takeOverRuns(engine, isDead),
    list: (filter) => listDeliveries(engine, filter),
    view: (id) => viewDelivery(engine, id),
    body: (id) => readDeliveryBody(engine, id),
    output: (id, handler) => readRunOutput(engine, id, handler),
    counts: () => countDeliveries(engine),
    replay: (ids, handler) => replayDeliveries(engine, ids, handler),
    cancel: (ids) => cancelDeliveries(engine, ids),
    known: (deliveries) => knownDeliveries(engine, deliveries),
    prune: (retention) => pruneDeliveries(engine, retention),
    announce: (server) => announceServer(engine, server),
    depart: (owner) => departServer(engine, owner),
    watch: (listener) => engine.watch(listener),
    close: () => engine.close(),
  }
}
