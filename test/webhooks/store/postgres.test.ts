import { setImmediate } from 'node:timers/promises'
import { inspect } from 'node:util'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/base/clock.js'
import { ConfigError, UsageError } from '../../../src/base/errors.js'
import { StoreError } from '../../../src/webhooks/store/engine/failures.js'
import { PostgresPool } from '../../../src/webhooks/store/engine/postgres-pool.js'
import { openStore } from '../../../src/webhooks/store/open.js'
import type { DeliveryStore } from '../../../src/webhooks/store/store.js'
import { claimOf, decideFor, died, done, pushTo, received } from '../support/deliveries.js'
import { type Cluster, postgresFolder, startCluster } from '../support/postgres.js'

describe.skipIf(postgresFolder() === null)('PostgreSQL', () => {
  let cluster: Cluster
  const open = (schema: string, url = cluster.url) =>
    openStore({ engine: 'postgres', url, schema, clock: systemClock })

  beforeAll(() => {
    cluster = startCluster()
  })
  afterAll(() => cluster.remove())

  async function query(text: string): Promise<void> {
    const client = new pg.Client(cluster.url)
    await client.connect()
    await client.query(text)
    await client.end()
  }

  const functionOf = (name: string, value: string) =>
    query(`CREATE OR REPLACE FUNCTION ${name}() RETURNS bigint LANGUAGE sql VOLATILE AS
      'SELECT ((extract(epoch FROM clock_timestamp()) + ${value}) * 1000)::bigint'`)

  test('takes a run over when its lease ends, and the server has been up for as long', {
    tags: ['deep'],
  }, async () => {
    const store = await open('leases')
    await store.accept([received()])
    await store.route(1, decideFor({}))
    const [first] = await store.claim(claimOf())
    await functionOf('leases.now_ms', '20')
    expect(await store.renew([first!])).toEqual([])
    await functionOf('leases.now_ms', '45')
    const other = claimOf({ owner: 'owner-of-two', machine: 'two' })
    expect(await store.claim(other)).toEqual([])
    expect(await store.nextDue()).toBeLessThan(6000)
    await functionOf('leases.now_ms', '51')
    await functionOf('leases.up_since_ms', '25')
    expect(await store.claim(other)).toEqual([])
    await functionOf('leases.up_since_ms', '20')
    expect(await store.claim(other)).toMatchObject([{ attempt: 2, isLast: false }])
    expect(await store.renew([first!])).toEqual([first])
    expect(await store.finish(first!, done)).toBe(false)
    await store.close()
  })

  test('is refused where a commit is not synced', { tags: ['deep'] }, async () => {
    await query('ALTER ROLE wizard SET synchronous_commit = off')
    await expect(open('unsynced')).rejects.toThrow(/synchronous_commit = off/)
    await query('ALTER ROLE wizard RESET synchronous_commit')
    await query('ALTER SYSTEM SET fsync = off')
    await query('SELECT pg_reload_conf()')
    const refusal = () => open('unsynced').then(async (store) => store.close(), String)
    await expect.poll(refusal).toMatch(/fsync = off/)
    await query('ALTER SYSTEM RESET fsync')
    await query('SELECT pg_reload_conf()')
    await expect.poll(refusal).toBeUndefined()
  })

  test("leaves a newer wizard's schema as it is", async () => {
    await (await open('newer')).close()
    await query('UPDATE newer.store SET version = 99')
    await expect(open('newer')).rejects.toThrow(ConfigError)
  })

  test('never names the url, whatever is wrong with it', async () => {
    const urls: [url: string, error: typeof ConfigError | typeof StoreError][] = [
      ['postgres://wizard:hunter2@127.0.0.1:1/x', StoreError],
      ['postgres://wizard:hunter2@no-such-host.invalid/x', StoreError],
      ['postgres://wizard:hunter2@127.0.0.1:99999999/x', ConfigError],
      ['http://wizard:hunter2@127.0.0.1/x', ConfigError],
      ['hunter2', ConfigError],
      [`${cluster.url}&password=hunter2&options=-cfsync%3Doff`, ConfigError],
      [cluster.url.replace('/postgres?', '/hunter2?'), ConfigError],
    ]
    for (const [url, kind] of urls) {
      const error = await open('x', url).then(
        () => expect.unreachable(),
        (thrown: unknown) => thrown,
      )
      expect(error).toBeInstanceOf(kind)
      expect(inspect(error, { depth: 5 })).not.toContain('hunter2')
    }
  })

  test('is made once by those who open it together', async () => {
    const stores = await Promise.all(['once', 'once', 'once'].map((schema) => open(schema)))
    const same = received()
    const answers = await Promise.all(stores.map((store) => store.accept([same, received()])))
    expect(answers.flat().filter(({ outcome }) => outcome === 'accepted')).toHaveLength(4)
    expect(await stores[0]!.list({})).toHaveLength(4)
    for (const store of stores) await store.close()
  })

  describe('two who change a delivery at once', () => {
    const day = 24 * 60 * 60 * 1000
    const retention = { keep: 1, keepIds: 90, keepDead: 1, maxBytes: null }
    let store: DeliveryStore
    const push = received()

    /**
     * Locks a table, at which the first one has to wait, and lets it go when the second one waits
     * too or has ended.
     *
     * @returns what each has returned or thrown
     */
    async function overtake(
      table: string,
      first: () => Promise<unknown>,
      second: () => Promise<unknown>,
    ) {
      const client = new pg.Client(cluster.url)
      await client.connect()
      await client.query(`BEGIN; LOCK TABLE overtaken.${table} IN ACCESS EXCLUSIVE MODE`)
      const waiting = async () => {
        const { rows } = await client.query('SELECT pid FROM pg_locks WHERE NOT granted')
        return rows.length
      }
      let hasEnded = false
      const result = (end: Promise<unknown>) => end.catch((error: unknown) => error)
      const results = [result(first())]
      await expect.poll(waiting).toBe(1)
      results.push(result(second()).finally(() => (hasEnded = true)))
      await expect.poll(async () => hasEnded || (await waiting()) === 2).toBe(true)
      await client.query('COMMIT')
      await client.end()
      return Promise.all(results)
    }

    beforeEach(async () => {
      store = await open('overtaken')
      await query('TRUNCATE overtaken.deliveries RESTART IDENTITY CASCADE')
      await store.accept([push])
      await store.route(1, decideFor({}))
      const [run] = await store.claim(claimOf())
      await store.finish(run!, died)
      await query(`UPDATE overtaken.deliveries SET changed_at = changed_at - ${2 * day}`)
    })
    afterEach(() => store.close())

    test('PRUNE, then REPLAY: it is not run without its body', { tags: ['deep'] }, async () => {
      const prune = () => store.prune(retention)
      const [pruned, end] = await overtake('outputs', prune, () => store.replay(['1'], null))
      expect(pruned).toBe(1)
      expect(end).toBeInstanceOf(UsageError)
      expect(await store.claim(claimOf())).toEqual([])
      expect(await store.view('1')).toMatchObject({ status: 'dead', runs: [{ status: 'dead' }] })
    })

    test('PRUNE, then a redelivery: it is not run without its body', {
      tags: ['deep'],
    }, async () => {
      const prune = () => store.prune(retention)
      const [, end] = await overtake('outputs', prune, () => store.accept([push]))
      expect(end).toEqual([{ id: 1, outcome: 'duplicate' }])
      expect(await store.claim(claimOf())).toEqual([])
      expect(await store.view('1')).toMatchObject({ status: 'dead', times_received: 2 })
    })

    test('REPLAY, then PRUNE: it keeps its body', { tags: ['deep'] }, async () => {
      const replay = () => store.replay(['1'], null)
      const [, pruned] = await overtake('runs', replay, () => store.prune(retention))
      expect(pruned).toBe(0)
      expect(await store.claim(claimOf())).toMatchObject([{ attempt: 2 }])
    })

    test('its routing, then CANCEL: it is not run', { tags: ['deep'] }, async () => {
      const router = await open('overtaken')
      await store.accept([received()])
      const route = () => router.route(5, decideFor({}))
      await overtake('bodies', route, () => store.cancel(['2']))
      expect(await store.claim(claimOf())).toEqual([])
      expect(await store.view('2')).toMatchObject({ status: 'cancelled' })
      await router.close()
    })
  })

  test('a server that goes away during a transaction does not end the process', {
    tags: ['deep'],
  }, async () => {
    const pool = await PostgresPool.open(cluster.url, 'away')
    const broken = pool.transaction(async (sql) => {
      cluster.crash()
      cluster.start()
      // Until the connection has said so.
      for (let turn = 0; turn < 20; turn++) await setImmediate()
      return sql.all('SELECT 1')
    })
    await expect(broken).rejects.toThrow(StoreError)
    await pool.end()
  })

  test('three clients of a server that crashes lose nothing, and hold the order', {
    tags: ['deep'],
  }, async () => {
    const stores = await Promise.all(['crash', 'crash', 'crash'].map((schema) => open(schema)))
    const load = new Load()
    const end = stores[0]!.watch(() => {})
    const accepting = stores.map((store, index) => load.acceptAll(store, index))
    const running = stores.map((store, index) => load.runAll(store, index))
    await load.reached(60)
    cluster.crash()
    cluster.start()
    await Promise.all(accepting)
    await Promise.all(running)
    end()
    const known = await stores[0]!.known([...load.accepted])
    expect(known.size).toBe(load.accepted.size)
    expect(load.failures).toBeGreaterThan(0)
    expect(load.overlaps).toEqual([])
    expect(load.overtaken).toEqual([])
    const { counts } = await stores[0]!.counts()
    expect(counts).toMatchObject({ done: load.accepted.size, queued: 0, running: 0, repeat: 0 })
    for (const store of stores) await store.close()
  })
})

const repositories = 5
const perClient = 40

/** Deliveries that three clients accept and run, each of which is sent to two of them. */
class Load {
  readonly accepted = new Set<string>()
  readonly overlaps: string[] = []
  readonly overtaken: string[] = []
  failures = 0
  /** When each was acknowledged, and sent, in steps. */
  readonly #acknowledged = new Map<string, number>()
  readonly #sent = new Map<string, number>()
  readonly #running = new Map<string, string>()
  readonly #started = new Map<string, string[]>()
  readonly #reached: { count: number; resolve: () => void }[] = []
  #step = 0
  #accepting = 0

  reached(count: number): Promise<void> {
    return new Promise((resolve) => this.#reached.push({ count, resolve }))
  }

  async acceptAll(store: DeliveryStore, client: number): Promise<void> {
    this.#accepting++
    for (let n = 0; n < perClient; n++) {
      // The same to two clients: the second one is a duplicate.
      const number = client === 2 ? n : client * perClient + n
      const delivery = `delivery-${number}`
      const push = { ...pushTo(`uDOS/repo-${number % repositories}`), ...fixed(number), delivery }
      this.#step++
      if (!this.#sent.has(delivery)) this.#sent.set(delivery, this.#step)
      await this.#until(() => store.accept([push]))
      this.#step++
      if (!this.accepted.has(delivery)) this.#acknowledged.set(delivery, this.#step)
      this.accepted.add(delivery)
      for (const { count, resolve } of this.#reached) if (this.accepted.size >= count) resolve()
    }
    this.#accepting--
  }

  async runAll(store: DeliveryStore, client: number): Promise<void> {
    const request = claimOf({ machine: `m${client}`, owner: `o${client}`, limit: 3 })
    for (;;) {
      const isLast = this.#accepting === 0
      await this.#until(() => store.route(10, decideFor({})))
      const runs = await store.claim(request).catch(async () => {
        this.failures++
        // It may have claimed some: nobody would run them until their leases end.
        await this.#until(() => store.takeOver(async (owner) => owner === request.owner))
        return []
      })
      for (const { delivery } of runs) this.#start(delivery.repo ?? '', delivery.delivery)
      for (const run of runs) {
        this.#running.delete(run.delivery.repo ?? '')
        await this.#until(() => store.finish(run, done))
      }
      const { counts } = await this.#until(() => store.counts())
      if (isLast && counts.accepted + counts.queued + counts.running === 0) return
    }
  }

  #start(repo: string, delivery: string): void {
    const other = this.#running.get(repo)
    if (other !== undefined) this.overlaps.push(`${delivery} beside ${other}`)
    this.#running.set(repo, delivery)
    const before = this.#started.get(repo) ?? []
    // Those in flight together have no order.
    for (const one of before) {
      const acknowledged = this.#acknowledged.get(delivery) ?? Number.POSITIVE_INFINITY
      if ((this.#sent.get(one) ?? 0) > acknowledged) this.overtaken.push(`${delivery} after ${one}`)
    }
    this.#started.set(repo, [...before, delivery])
  }

  async #until<T>(act: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await act()
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        this.failures++
      }
    }
  }
}

/** The same bytes for the same number. */
function fixed(number: number) {
  const text = JSON.stringify({ number, repo: `uDOS/repo-${number % repositories}` })
  const { body, sha256 } = received({ text })
  return { body, sha256 }
}
