import { afterEach, beforeEach, expect, test } from 'vitest'
import { NotFoundError, UsageError } from '../../../../src/base/errors.js'
import type { DeliveryStore } from '../../../../src/webhooks/store/store.js'
import {
  claimOf,
  decideFor,
  died,
  done,
  pushTo,
  received,
  retryAfter,
} from '../../support/deliveries.js'
import type { TestEngine, TestStore } from '../../support/engines.js'

const day = 24 * 60 * 60 * 1000

export const operatorSuite = (engine: TestEngine) => {
  let opened: TestStore
  let store: DeliveryStore
  beforeEach(async () => {
    opened = await engine.open()
    store = opened.store
  })
  afterEach(() => opened.close())

  const claimAll = (...names: string[]) =>
    store.claim(claimOf({ handlers: names.map((name) => ({ name, concurrency: null })) }))

  test('finds a delivery by number, id, or the first characters of its id', async () => {
    const one = received({ delivery: '72d3162e-cc78-11e3-81ab-4c9367dc0958' })
    const other = received({ delivery: '72d3162e-ffff-11e3-81ab-4c9367dc0958' })
    await store.accept([one, other])
    expect((await store.view('2')).delivery).toBe(other.delivery)
    expect((await store.view(one.delivery)).id).toBe(1)
    expect((await store.view('72d3162e-f')).id).toBe(2)
    await expect(store.view('72d3162e')).rejects.toThrow(UsageError)
    await expect(store.view('72d3162')).rejects.toThrow(NotFoundError)
    await expect(store.view('3')).rejects.toThrow(NotFoundError)
    await expect(store.body('nothing-of-it')).rejects.toThrow(NotFoundError)
    await expect(store.output('1', 'tests')).rejects.toThrow(NotFoundError)
  })

  test('lists the newest first, filtered', async () => {
    await store.accept([pushTo('a/a')])
    await opened.pass(5000)
    const since = Date.parse((await store.view('1')).received_at) + 1
    await store.accept([received({ event: 'release', text: '{"repo":"a/b"}' }), pushTo('A/b')])
    await store.route(2, decideFor({ handler: 'x' }, { handler: 'y' }))
    const ids = async (filter: Parameters<DeliveryStore['list']>[0]) =>
      (await store.list(filter)).map(({ id }) => id)
    expect(await ids({})).toEqual([3, 2, 1])
    expect(await ids({ limit: 1 })).toEqual([3])
    expect(await ids({ status: ['queued', 'dead'] })).toEqual([2, 1])
    expect(await ids({ status: ['queued'], event: 'release' })).toEqual([2])
    expect(await ids({ repo: 'a/B', since })).toEqual([2])
    expect((await store.list({ event: 'release' }))[0]!.handlers).toEqual([
      { handler: 'x', status: 'queued' },
      { handler: 'y', status: 'queued' },
    ])
  })

  test('replays what was done, one handler of it, and what was held', async () => {
    const first = received({ text: '{"n":1}' })
    const [, held] = await store.accept([first, received({ text: '{"n":1}' })])
    const decide = decideFor({ handler: 'x' }, { handler: 'y' })
    await store.route(5, decide)
    for (const run of await claimAll('x', 'y')) await store.finish(run, done)
    expect(await store.replay(['1'], 'y')).toMatchObject([
      { status: 'queued', runs: [{ status: 'done' }, { status: 'queued', attempts: 1 }] },
    ])
    expect(await claimAll('x', 'y')).toMatchObject([{ handler: 'y', attempt: 2, isLast: false }])
    // What runs goes on; the other one is run again.
    expect(await store.replay([first.delivery], null)).toMatchObject([
      { status: 'running', runs: [{ status: 'queued' }, { status: 'running' }] },
    ])
    const id = String(held!.id)
    expect(await store.replay([id], 'y')).toMatchObject([{ status: 'accepted', reason: null }])
    await store.route(5, decide)
    expect(await store.view(id)).toMatchObject({ status: 'queued', runs: [{ handler: 'y' }] })
  })

  test('replays a handler that is new, and leaves those that ran', async () => {
    await store.accept([received()])
    await store.route(1, decideFor({ handler: 'x' }))
    const [run] = await claimAll('x')
    await store.finish(run!, done)
    await store.replay(['1'], 'new')
    await store.route(1, decideFor({ handler: 'x' }, { handler: 'new' }))
    expect(await store.view('1')).toMatchObject({
      status: 'queued',
      runs: [
        { handler: 'x', status: 'done' },
        { handler: 'new', status: 'queued' },
      ],
    })
  })

  test('replays several handlers that are new, which are named one by one', async () => {
    await store.accept([received()])
    await store.route(1, decideFor({ handler: 'x' }))
    for (const name of ['y', 'z', 'y']) await store.replay(['1'], name)
    await store.route(1, decideFor({ handler: 'x' }, { handler: 'y' }, { handler: 'z' }))
    const { runs } = await store.view('1')
    expect(runs.map(({ handler }) => handler)).toEqual(['x', 'y', 'z'])
  })

  test('leaves a delivery as it is when the named handler does not match', async () => {
    await store.accept([received(), received()])
    await store.route(1, decideFor({ handler: 'x' }))
    for (const run of await claimAll('x')) await store.finish(run, done)
    const facts = { action: null, repo: null, ref: null }
    await store.route(1, () => ({ status: 'ignored', reason: 'no handler', facts }))
    await store.replay(['1', '2'], 'other')
    await store.route(2, decideFor({ handler: 'x' }))
    expect(await store.view('1')).toMatchObject({ status: 'done', runs: [{ status: 'done' }] })
    expect(await store.view('2')).toMatchObject({
      status: 'ignored',
      reason: 'handler other does not match',
      runs: [],
    })
  })

  test('starts a replayed run as often as a new one', async () => {
    await store.accept([received()])
    await store.route(1, decideFor({ attempts: 2 }))
    for (const end of [retryAfter(0), died]) {
      const [run] = await claimAll('tests')
      await store.finish(run!, end)
    }
    await store.replay(['1'], null)
    expect(await claimAll('tests')).toMatchObject([{ attempt: 3, isLast: false }])
  })

  test('replays all or none', async () => {
    await store.accept([received()])
    await store.route(1, decideFor({}))
    for (const run of await claimAll('tests')) await store.finish(run, died)
    await expect(store.replay(['1', '99'], null)).rejects.toThrow(NotFoundError)
    expect(await store.view('1')).toMatchObject({ status: 'dead' })
  })

  test('cancels what waits, and lets go on what runs', async () => {
    await store.accept([pushTo('a/a'), pushTo('a/a'), received(), received({ text: '{}' })])
    const [held] = await store.accept([received({ text: '{}' })])
    await store.route(2, decideFor({}))
    const [run] = await claimAll('tests')
    const ids = ['1', '2', '3', String(held!.id)]
    const { deliveries, unchanged } = await store.cancel(ids)
    expect(deliveries.map(({ status }) => status)).toEqual([
      'running',
      'cancelled',
      'cancelled',
      'repeat',
    ])
    expect(unchanged).toEqual([1, held!.id])
    expect((await store.cancel(['2'])).unchanged).toEqual([2])
    await store.finish(run!, done)
    expect(await claimAll('tests')).toEqual([])
    expect(await store.route(5, decideFor({}))).toMatchObject([{ id: 4 }])
  })

  test('keeps the body of a run that goes on when the rest is cancelled', async () => {
    const limit = { keep: 1, keepIds: 90, keepDead: 90, maxBytes: 0 }
    await store.accept([received()])
    await store.route(1, decideFor({ handler: 'x' }))
    const [run] = await claimAll('x')
    await store.replay(['1'], 'new')
    expect(await store.cancel(['1'])).toMatchObject({
      deliveries: [{ status: 'running' }],
      unchanged: [],
    })
    await store.prune(limit)
    await store.finish(run!, retryAfter(0))
    expect(await claimAll('x')).toMatchObject([{ handler: 'x', attempt: 2 }])
  })

  test('counts, and says who serves', async () => {
    expect(await store.counts()).toMatchObject({
      counts: { accepted: 0, done: 0, repeat: 0 },
      oldest_waiting_seconds: null,
      last_received_at: null,
      serving: [],
    })
    await store.accept([received(), received()])
    await opened.pass(90_000)
    const server = { owner: 'o', machine: 'one', pid: 7, address: '127.0.0.1:8787' }
    await store.announce(server)
    await opened.pass(25_000)
    await store.announce(server)
    await store.announce({ ...server, owner: 'p', machine: 'two' })
    const counts = await store.counts()
    expect(counts.counts.accepted).toBe(2)
    expect(counts.oldest_waiting_seconds).toBeGreaterThanOrEqual(115)
    expect(counts.store_bytes).toBeGreaterThan(1000)
    expect(counts.serving).toMatchObject([{ machine: 'one', pid: 7 }, { machine: 'two' }])
    await store.depart('p')
    expect((await store.counts()).serving).toHaveLength(1)
    await opened.pass(31_000)
    expect((await store.counts()).serving).toEqual([])
  })

  test('a server that is known to be dead does not serve', async () => {
    const server = { owner: 'o', machine: 'one', pid: 7, address: '127.0.0.1:8787' }
    await store.announce(server)
    await store.announce({ ...server, owner: 'p', machine: 'two' })
    expect(await store.takeOver(async (owner) => owner === 'o')).toBe(0)
    expect((await store.counts()).serving).toMatchObject([{ machine: 'two' }])
  })

  test('prunes bodies, then what is known of them; never what waits', async () => {
    await store.accept([received(), received(), pushTo('a/b')])
    await store.route(2, decideFor({ handler: 'x', order: 'none' }))
    const [ended, dead] = await claimAll('x')
    await store.finish(ended!, done)
    await store.finish(dead!, died)
    const retention = { keep: 30, keepIds: 90, keepDead: 60, maxBytes: null }
    expect(await store.prune(retention)).toBe(0)
    await opened.pass(31 * day)
    expect(await store.prune(retention)).toBe(1)
    expect(await store.prune(retention)).toBe(0)
    await expect(store.body('1')).rejects.toThrow(NotFoundError)
    await expect(store.output('1', 'x')).rejects.toThrow(NotFoundError)
    await expect(store.replay(['1'], null)).rejects.toThrow(UsageError)
    expect(await store.view('1')).toMatchObject({ status: 'done', headers: {} })
    expect(await store.body('2')).toBeDefined()
    await opened.pass(60 * day)
    expect(await store.prune(retention)).toBe(2)
    await expect(store.view('1')).rejects.toThrow(NotFoundError)
    await expect(store.view('2')).rejects.toThrow(NotFoundError)
    expect(await store.view('3')).toMatchObject({ status: 'accepted' })
    expect(await store.body('3')).toBeDefined()
  })

  test('removes the oldest bodies of what is done when it is too large, and nothing else', async () => {
    const big = (_: unknown, n: number) =>
      received({ text: JSON.stringify({ n, x: 'x'.repeat(50_000) }) })
    await store.accept(Array.from({ length: 61 }, big))
    await store.route(40, decideFor({ order: 'none' }))
    const runs = await store.claim(claimOf())
    for (const [index, run] of runs.entries()) await store.finish(run, index === 0 ? died : done)
    const limit = { keep: 30, keepIds: 90, keepDead: 90, maxBytes: 2_000_000 }
    const pruned = await store.prune(limit)
    expect(pruned).toBeGreaterThan(15)
    expect(pruned).toBeLessThan(25)
    expect((await store.counts()).store_bytes).toBeLessThanOrEqual(limit.maxBytes)
    await expect(store.body('2')).rejects.toThrow(NotFoundError)
    expect(await store.body('1')).toBeDefined()
    await store.prune({ ...limit, maxBytes: 1 })
    expect(await store.body('1')).toBeDefined()
    expect(await store.body('41')).toBeDefined()
    await expect(store.body('40')).rejects.toThrow(NotFoundError)
  })

  test('a delivery whose body was pruned is not run again when it comes again', async () => {
    const delivery = received()
    await store.accept([delivery])
    await store.route(1, decideFor({}))
    for (const run of await claimAll('tests')) await store.finish(run, died)
    await opened.pass(2 * day)
    await store.prune({ keep: 1, keepIds: 90, keepDead: 1, maxBytes: null })
    expect(await store.accept([delivery])).toEqual([{ id: 1, outcome: 'duplicate' }])
    expect(await store.view('1')).toMatchObject({ status: 'dead', times_received: 2 })
  })

  test('works beside another process, and sees its changes', async () => {
    const other = await opened.another()
    let isSeen = false
    const end = store.watch(() => {
      isSeen = true
    })
    await other.accept([received()])
    const look = () => opened.pass(250).then(() => isSeen)
    await expect.poll(look).toBe(true)
    end()
    expect(await store.route(5, decideFor({}))).toHaveLength(1)
    expect(await other.claim(claimOf())).toHaveLength(1)
    expect(await store.claim(claimOf())).toEqual([])
  })
}
