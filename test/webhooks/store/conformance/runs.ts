import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type {
  DeliveryStore,
  RoutingDecision,
  StoredDelivery,
} from '../../../../src/webhooks/store/store.js'
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

const hour = 60 * 60 * 1000

export const runsSuite = (engine: TestEngine) => {
  let opened: TestStore
  let store: DeliveryStore
  beforeEach(async () => {
    opened = await engine.open()
    store = opened.store
  })
  afterEach(() => opened.close())

  const statuses = async () =>
    (await store.list({})).map(({ id, status }) => [id, status]).reverse()

  test('routes in the order of arrival, at most as many as asked for', async () => {
    await store.accept([pushTo('a/a'), pushTo('a/b'), pushTo('a/c')])
    const seen: number[] = []
    const decide = decideFor({})
    const note: typeof decide = (delivery) => {
      seen.push(delivery.id)
      return decide(delivery)
    }
    expect(await store.route(2, note)).toHaveLength(2)
    expect(await store.route(2, note)).toHaveLength(1)
    expect(await store.route(2, note)).toEqual([])
    expect(seen).toEqual([1, 2, 3])
  })

  test('routes more than is kept in memory in its order, each with its own bytes', {
    tags: ['deep'],
  }, async () => {
    const batch = Array.from({ length: 24 }, (_, number) =>
      received({ body: Buffer.alloc(1024 ** 2, String.fromCharCode(65 + number)) }),
    )
    for (const one of batch) await store.accept([one])
    const seen: string[] = []
    const note = ({ delivery, sha256, body }: StoredDelivery): RoutingDecision => {
      expect(createHash('sha256').update(body).digest('hex')).toBe(sha256)
      seen.push(delivery)
      return {
        status: 'ignored',
        reason: 'no handler',
        facts: { action: null, repo: null, ref: null },
      }
    }
    while ((await store.route(64, note)).length > 0);
    expect(seen).toEqual(batch.map(({ delivery }) => delivery))
  })

  test('keeps what a payload says of itself, with any text in it', async () => {
    await store.accept([received()])
    const facts = { action: 'opened', repo: 'uDOS/Core', ref: 'x;touch \0 \ud83d\ude00' }
    await store.route(1, () => ({ status: 'ignored', reason: 'no handler', facts }))
    expect(await store.view('1')).toMatchObject({
      status: 'ignored',
      reason: 'no handler',
      action: 'opened',
      repo: 'uDOS/Core',
      ref: 'x;touch \ufffd \ud83d\ude00',
    })
    expect(await store.list({ repo: 'udos/cORE' })).toHaveLength(1)
  })

  test('runs the deliveries of one repository one after another, and others beside them', async () => {
    await store.accept([pushTo('a/a'), pushTo('A/a'), pushTo('a/b')])
    await store.route(10, decideFor({}))
    const [one, other, ...more] = await store.claim(claimOf())
    expect([one!.delivery.id, other!.delivery.id, more]).toEqual([1, 3, []])
    expect(await store.claim(claimOf())).toEqual([])
    expect(await statuses()).toEqual([
      [1, 'running'],
      [2, 'queued'],
      [3, 'running'],
    ])
    expect(await store.finish(one!, done)).toBe(true)
    expect(await store.claim(claimOf())).toMatchObject([{ delivery: { id: 2 }, attempt: 1 }])
    expect(await statuses()).toMatchObject([
      [1, 'done'],
      [2, 'running'],
      [3, 'running'],
    ])
  })

  test('starts all that have no order', async () => {
    await store.accept([pushTo('a/a'), pushTo('a/a'), pushTo('a/a')])
    await store.route(10, decideFor({ order: 'none' }))
    expect(await store.claim(claimOf({ limit: 2 }))).toHaveLength(2)
    expect(await store.claim(claimOf())).toMatchObject([{ delivery: { id: 3 } }])
  })

  test('runs no more of a handler than its concurrency, and of others besides', async () => {
    await store.accept([pushTo('a/a'), pushTo('a/b'), pushTo('a/c')])
    await store.route(10, decideFor({ handler: 'few' }, { handler: 'many' }))
    const handlers = [
      { name: 'few', concurrency: 2 },
      { name: 'many', concurrency: null },
    ]
    const claimed = await store.claim(claimOf({ handlers }))
    expect(claimed.map(({ handler, delivery }) => [delivery.id, handler])).toEqual([
      [1, 'few'],
      [1, 'many'],
      [2, 'few'],
      [2, 'many'],
      [3, 'many'],
    ])
    expect(await store.claim(claimOf({ handlers }))).toEqual([])
    await store.finish(claimed[0]!, done)
    expect(await store.claim(claimOf({ handlers }))).toMatchObject([{ handler: 'few' }])
  })

  test('holds its successors back for a retry, not for a dead one', async () => {
    await store.accept([pushTo('a/a'), pushTo('a/a')])
    await store.route(10, decideFor({ attempts: 2 }))
    const [first] = await store.claim(claimOf())
    expect(first).toMatchObject({ attempt: 1, isLast: false })
    await store.finish(first!, retryAfter(10_000))
    expect(await statuses()).toEqual([
      [1, 'retry'],
      [2, 'queued'],
    ])
    expect(await store.claim(claimOf())).toEqual([])
    const wait = await store.nextDue()
    expect(wait).toBeGreaterThan(8000)
    expect(wait).toBeLessThanOrEqual(10_000)
    await opened.pass(10_000)
    const [second] = await store.claim(claimOf())
    expect(second).toMatchObject({ attempt: 2, isLast: true, delivery: { id: 1 } })
    await store.finish(second!, died)
    expect(await store.claim(claimOf())).toMatchObject([{ delivery: { id: 2 } }])
    expect(await store.view('1')).toMatchObject({
      status: 'dead',
      reason: 'tests: exit status 1',
      runs: [{ status: 'dead', attempts: 2, exit: 1, error: { message: 'exit status 1' } }],
    })
    expect(Buffer.from(await store.output('1', 'tests')).toString()).toBe('the end of it\n')
  })

  test('is not held up by a clock that is set back', async () => {
    await store.accept([pushTo('a/a')])
    await store.route(10, decideFor({}))
    const [run] = await store.claim(claimOf())
    await store.finish(run!, retryAfter(60_000))
    await opened.pass(-24 * hour)
    expect(await store.nextDue()).toBeLessThanOrEqual(1000)
    expect(await store.claim(claimOf())).toMatchObject([{ attempt: 2 }])
  })

  test('loses nothing by a clock that jumps a day ahead, and fences what it takes over', async () => {
    await store.accept([pushTo('a/a'), pushTo('a/b')])
    await store.route(10, decideFor({}))
    const [first] = await store.claim(claimOf({ limit: 1 }))
    await opened.pass(24 * hour)
    const claimed = await store.claim(claimOf({ machine: 'two', owner: 'owner-of-two' }))
    // Where machines share the store, the first one's lease has ended by the same clock.
    const attempts = store.isShared ? [2, 1] : [1]
    expect(claimed.map(({ attempt }) => attempt)).toEqual(attempts)
    expect(await store.finish(first!, done)).toBe(!store.isShared)
    for (const run of claimed) expect(await store.finish(run, done)).toBe(true)
    expect(await statuses()).toEqual([
      [1, 'done'],
      [2, 'done'],
    ])
  })

  test('waits for nothing that only another run’s end makes due', async () => {
    expect(await store.nextDue()).toBeNull()
    await store.accept([pushTo('a/a')])
    await store.route(10, decideFor({}))
    const [run] = await store.claim(claimOf())
    await store.finish(run!, retryAfter(1))
    await opened.pass(5000)
    expect(await store.nextDue()).toBe(1000)
  })

  test('runs the newest only of those that coalesce, beside the one that runs', async () => {
    const decide = decideFor({ coalesce: true })
    await store.accept([pushTo('a/a')])
    await store.route(10, decide)
    const [running] = await store.claim(claimOf())
    await store.accept(Array.from({ length: 9 }, () => pushTo('a/a')))
    await store.accept([pushTo('a/a', 'refs/heads/other')])
    await store.route(5, decide)
    await store.route(20, decide)
    expect((await store.counts()).counts).toMatchObject({ running: 1, queued: 2, done: 8 })
    expect(await store.view('9')).toMatchObject({
      status: 'done',
      runs: [{ status: 'superseded' }],
    })
    await store.finish(running!, done)
    const [next] = await store.claim(claimOf())
    expect(next).toMatchObject({ delivery: { id: 10 } })
    await store.finish(next!, done)
    expect(await store.claim(claimOf())).toMatchObject([{ delivery: { id: 11 } }])
  })

  test('does not retry what a newer one that waits does anyway', async () => {
    const decide = decideFor({ coalesce: true })
    await store.accept([pushTo('a/a')])
    await store.route(10, decide)
    const [running] = await store.claim(claimOf())
    await store.accept([pushTo('a/a')])
    await store.route(10, decide)
    await store.finish(running!, retryAfter(1000))
    expect(await statuses()).toEqual([
      [1, 'done'],
      [2, 'queued'],
    ])
    expect(await store.claim(claimOf())).toMatchObject([{ delivery: { id: 2 } }])
  })

  test('has the status of its runs, whichever comes first', async () => {
    const handlers = ['a', 'b', 'c'].map((name) => ({ name, concurrency: null }))
    await store.accept([received()])
    await store.route(1, decideFor({ handler: 'a' }, { handler: 'b' }, { handler: 'c' }))
    const [a, b, c] = await store.claim(claimOf({ handlers }))
    const statusAfter = async (end: Promise<unknown>) => {
      await end
      return (await store.view('1')).status
    }
    expect(await statusAfter(store.finish(a!, died))).toBe('running')
    expect(await statusAfter(store.giveBack([c!]))).toBe('running')
    expect(await statusAfter(store.finish(b!, retryAfter(1000)))).toBe('queued')
    const [again] = await store.claim(claimOf({ handlers: [{ name: 'c', concurrency: 1 }] }))
    expect(await statusAfter(store.finish(again!, done))).toBe('retry')
    expect(await statusAfter(store.cancel(['1']))).toBe('dead')
  })

  test('records nothing for one who was fenced off', async () => {
    await store.accept([received()])
    await store.route(1, decideFor({}))
    const [late] = await store.claim(claimOf())
    expect(await store.renew([late!])).toEqual([])
    expect(await store.takeOver(async (owner) => owner !== 'owner-of-one')).toBe(0)
    expect(await store.takeOver(async (owner) => owner === 'owner-of-one')).toBe(1)
    expect(await store.finish(late!, done)).toBe(false)
    const [again] = await store.claim(claimOf({ owner: 'owner-of-two', machine: 'two' }))
    expect(again).toMatchObject({ attempt: 2, isLast: false })
    expect(await store.renew([late!])).toEqual([late])
    expect(await store.finish(late!, died)).toBe(false)
    await store.giveBack([late!])
    expect(await store.view('1')).toMatchObject({
      runs: [{ status: 'running', machine: 'two', attempts: 2 }],
    })
    expect(await store.finish(again!, done)).toBe(true)
    // The answer to the first call may have been lost.
    expect(await store.finish(again!, done)).toBe(true)
  })

  test('gives a start back that was lost with its machine', async () => {
    await store.accept([received()])
    await store.route(1, decideFor({ attempts: 2 }))
    await store.claim(claimOf())
    await store.takeOver(async () => true)
    const [second] = await store.claim(claimOf())
    expect(second).toMatchObject({ attempt: 2, isLast: false })
    await store.giveBack([second!])
    const [third] = await store.claim(claimOf())
    expect(third).toMatchObject({ attempt: 3, isLast: false })
    await store.finish(third!, retryAfter(0))
    expect(await store.claim(claimOf())).toMatchObject([{ attempt: 4, isLast: true }])
  })

  test('ends what waits for a handler that is gone, and runs it when it is back', async () => {
    await store.accept([received(), received()])
    await store.route(10, decideFor({ handler: 'gone' }, { handler: 'here' }))
    const handlers = [{ name: 'gone', concurrency: 1 }]
    const [running] = await store.claim(claimOf({ handlers }))
    expect(await store.retire(['here'])).toBe(1)
    await store.finish(running!, done)
    expect(await store.view('2')).toMatchObject({
      status: 'queued',
      runs: [{ handler: 'gone', status: 'dead', error: { message: 'no such handler' } }, {}],
    })
    await store.replay(['2'], 'gone')
    expect(await store.claim(claimOf({ handlers }))).toMatchObject([{ attempt: 1, isLast: false }])
  })
}
