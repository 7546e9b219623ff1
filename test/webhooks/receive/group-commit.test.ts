import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createMetrics } from '../../../src/webhooks/metrics/metrics.js'
import { type GroupCommitOptions, groupCommit } from '../../../src/webhooks/receive/group-commit.js'
import type { ReceivedDelivery } from '../../../src/webhooks/store/store.js'
import { testClock } from '../../support/clock.js'
import { MemoryStore } from './memory-store.js'
import { send, serve } from './serving.js'

function gate() {
  let open = () => {}
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, passed }
}

const delivery = (id: string, bytes = 10): ReceivedDelivery => ({
  delivery: id,
  hookId: null,
  event: 'push',
  headers: {},
  body: Buffer.alloc(bytes, id),
  sha256: id,
  source: 'http',
})

/** Takes the place of vitest's own listener, which fails the test run. */
function unhandledRejections(): unknown[] {
  const seen: unknown[] = []
  const others = process.rawListeners('unhandledRejection') as (() => void)[]
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', (error) => seen.push(error))
  onTestFinished(() => {
    process.removeAllListeners('unhandledRejection')
    for (const listener of others) process.on('unhandledRejection', listener)
  })
  return seen
}

function setUp(callbacks: Partial<GroupCommitOptions> = {}) {
  const store = new MemoryStore()
  const clock = testClock()
  const failures: [unknown, boolean][] = []
  const metrics = createMetrics()
  const committed: string[][] = []
  const commit = groupCommit({
    store,
    clock,
    metrics,
    onCommit: (batch) => committed.push(batch.map(({ received }) => received.delivery)),
    onFailure: (error, isDown) => failures.push([error, isDown]),
    ...callbacks,
  })
  const answered: string[] = []
  const accept = (id: string, bytes?: number) =>
    commit.accept(delivery(id, bytes)).then((accepted) => {
      answered.push(id)
      return accepted
    })
  return { store, clock, failures, metrics, committed, accept, answered }
}

const idsOf = (batches: ReceivedDelivery[][]) =>
  batches.map((batch) => batch.map((received) => received.delivery))

describe('group commit', () => {
  it('takes what comes in one turn together', async () => {
    const { store, accept, committed } = setUp()
    const accepted = await Promise.all(['a', 'b', 'c'].map((id) => accept(id)))
    expect(accepted.map((one) => one?.id)).toEqual([1, 2, 3])
    expect(idsOf(store.batches)).toEqual([['a', 'b', 'c']])
    expect(committed).toEqual([['a', 'b', 'c']])
  })

  it('answers after the commit, and gathers meanwhile for the next', async () => {
    const { store, accept, answered } = setUp()
    const first = gate()
    const second = gate()
    const gates = [first, second]
    store.commit = () => gates.shift()?.passed
    const all = [accept('a')]
    await nextTurn()
    all.push(accept('b'), accept('c'))
    await nextTurn()
    expect(answered).toEqual([])
    first.open()
    await all[0]
    await nextTurn()
    expect(answered).toEqual(['a'])
    second.open()
    await Promise.all(all)
    expect(idsOf(store.batches)).toEqual([['a'], ['b', 'c']])
  })

  it('bounds a batch, by number and by bytes', { tags: ['deep'] }, async () => {
    const { store, accept } = setUp()
    await Promise.all(Array.from({ length: 600 }, (_, index) => accept(String(index))))
    expect(store.batches.map(({ length }) => length)).toEqual([512, 88])
    store.batches.length = 0
    const large = 20 * 1024 ** 2
    await Promise.all(['x', 'y', 'z'].map((id) => accept(id, large)))
    expect(idsOf(store.batches)).toEqual([['x', 'y'], ['z']])
  })

  it('gives other work a turn between two batches', async () => {
    const { accept } = setUp()
    const order: string[] = []
    const all = Array.from({ length: 1500 }, (_, index) => accept(String(index)))
    all[0]?.then(() => {
      setImmediate(() => order.push('other work'))
    })
    await all.at(-1)?.then(() => order.push('the last batch'))
    expect(order).toEqual(['other work', 'the last batch'])
  })

  it('tries a batch again one by one, the smallest first', async () => {
    const { store, accept, failures } = setUp()
    const full = new Error('no room')
    store.commit = (batch) => {
      if (batch.some(({ body }) => body.length > 100)) throw full
    }
    const accepted = await Promise.all([accept('big', 500), accept('b', 20), accept('a', 10)])
    expect(accepted).toEqual([null, { id: 2, outcome: 'accepted' }, { id: 1, outcome: 'accepted' }])
    expect(idsOf(store.batches)).toEqual([['big', 'b', 'a'], ['a'], ['b'], ['big']])
    expect(failures).toEqual([[full, false]])
  })

  it('does not try every delivery while the store is down, and goes on when it is up', async () => {
    const { store, accept, failures } = setUp()
    const down = new Error('down')
    store.commit = () => {
      throw down
    }
    const ids = ['a', 'b', 'c', 'd', 'e']
    expect(await Promise.all(ids.map((id) => accept(id)))).toEqual(ids.map(() => null))
    expect(store.batches.map(({ length }) => length)).toEqual([5, 1, 1])
    expect(failures).toEqual([[down, true]])
    store.commit = () => {}
    expect(await accept('a')).toEqual({ id: 1, outcome: 'accepted' })
  })

  it('lets no delivery wait longer than GitHub does, and keeps none that still gathers', async () => {
    const { store, clock, accept } = setUp()
    const stuck = gate()
    store.commit = () => stuck.passed
    const all = [accept('a')]
    await nextTurn()
    all.push(accept('b'))
    await clock.pass(9000)
    expect(await Promise.all(all)).toEqual([null, null])
    stuck.open()
    store.commit = () => {}
    expect(await accept('c')).toMatchObject({ outcome: 'accepted' })
    expect(idsOf(store.batches)).toEqual([['a'], ['c']])
    expect(clock.limits()).toEqual([])
  })

  it('goes on after a callback that throws, whose error shows', async () => {
    const seen = unhandledRejections()
    const broken = new Error('a broken listener')
    const throwing = () => {
      throw broken
    }
    const { store, accept } = setUp({ onCommit: throwing, onFailure: throwing })
    const accepted = await Promise.all(['a', 'b'].map((id) => accept(id)))
    expect(accepted.map((one) => one?.outcome)).toEqual(['accepted', 'accepted'])
    expect(idsOf(store.batches)).toEqual([['a', 'b']])
    const many = Array.from({ length: 600 }, (_, index) => accept(String(index)))
    expect((await Promise.all(many)).every((one) => one?.outcome === 'accepted')).toBe(true)
    store.commit = throwing
    expect(await Promise.all([accept('c'), accept('d')])).toEqual([null, null])
    store.commit = () => {}
    expect(await accept('e')).toMatchObject({ outcome: 'accepted' })
    store.commit = (batch) => {
      if (batch.length > 1) throw broken
    }
    const oneByOne = await Promise.all(['f', 'g', 'h'].map((id) => accept(id)))
    expect(oneByOne.every((one) => one?.outcome === 'accepted')).toBe(true)
    await vi.waitFor(() => expect(seen).toEqual(Array(8).fill(broken)))
  })

  it('measures commits', async () => {
    const { metrics, accept } = setUp()
    await Promise.all(['a', 'b', 'c'].map((id) => accept(id)))
    const text = metrics.text([])
    expect(text).toContain('wizard_webhook_batch_size_bucket{le="2"} 0\n')
    expect(text).toContain('wizard_webhook_batch_size_bucket{le="4"} 1\n')
    expect(text).toContain('wizard_webhook_batch_size_sum 3\n')
    expect(text).toContain('wizard_webhook_commit_seconds_count 1\n')
  })
})

describe('over sockets', () => {
  it('the same delivery 50 times at once is accepted once', async () => {
    const serving = await serve()
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(serving)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
    const outcomes = answers.map(({ json }) => (json as { status: string }).status)
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(49)
    expect(serving.store.kept).toHaveLength(1)
    expect(serving.metrics.text([])).toContain(
      'wizard_webhook_deliveries_total{event="push",outcome="duplicate"} 49\n',
    )
  })

  it('a store that fails is 503, said once, and 202 as soon as it works', async () => {
    const serving = await serve()
    serving.store.commit = () => {
      throw new Error('no space is left on the disk')
    }
    const answer = await send(serving)
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '30' } })
    expect((await send(serving)).status).toBe(503)
    const message = "can't store deliveries: no space is left on the disk"
    expect(serving.events.filter(({ type }) => type === 'warning')).toEqual([
      { type: 'warning', message },
    ])
    serving.store.commit = () => {}
    expect((await send(serving)).status).toBe(202)
    expect(serving.state.isStoreUp).toBe(true)
  })

  it('what was committed together is told together, by known events only', async () => {
    const serving = await serve()
    await send(serving, { headers: { 'X-GitHub-Event': 'an_event_of_tomorrow' } })
    expect(serving.events).toEqual([
      {
        type: 'deliveries-received',
        deliveries: [
          {
            id: 1,
            outcome: 'accepted',
            delivery: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
            event: 'an_event_of_tomorrow',
          },
        ],
      },
    ])
    expect(serving.metrics.text([])).toContain('{event="other",outcome="accepted"} 1\n')
  })
})
