import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimOf, decideFor, died, done, received } from '../../support/deliveries.js'
import type { TestEngine, TestStore } from '../../support/engines.js'

export const acceptSuite = (engine: TestEngine) => {
  let opened: TestStore
  beforeEach(async () => {
    opened = await engine.open()
  })
  afterEach(() => opened.close())

  test('keeps headers and bytes as they came', { tags: ['deep'] }, async () => {
    const { store } = opened
    const body = new Uint8Array([0xef, 0xbb, 0xbf, 0, 255, 128])
    const headers = { 'user-agent': 'GitHub-Hookshot/1', 'x-github-event': 'push' }
    const [accepted] = await store.accept([received({ body, headers, hookId: null })])
    const id = String(accepted!.id)
    expect(Buffer.from(await store.body(id))).toEqual(Buffer.from(body))
    expect(await store.view(id)).toMatchObject({
      status: 'accepted',
      bytes: 6,
      hook_id: null,
      headers,
      runs: [],
    })
  })

  test('numbers a batch in its order', async () => {
    const batch = Array.from({ length: 40 }, () => received())
    const ids = (await opened.store.accept(batch)).map(({ id }) => id)
    expect(ids).toEqual([...ids].sort((one, other) => one - other))
    const listed = await opened.store.list({ limit: 100 })
    expect(listed.map(({ delivery }) => delivery).reverse()).toEqual(
      batch.map(({ delivery }) => delivery),
    )
  })

  test.each([
    ['in one batch', (all: ReturnType<typeof received>[]) => [all]],
    ['in as many batches', (all: ReturnType<typeof received>[]) => all.map((one) => [one])],
  ])('holds one row of the same delivery 50 times %s', async (_, batches) => {
    const { store } = opened
    const same = received()
    const all = batches(Array.from({ length: 50 }, () => same))
    const answers = (await Promise.all(all.map((batch) => store.accept(batch)))).flat()
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
    expect(answers.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(1)
    expect(await store.list({})).toMatchObject([{ times_received: 50, status: 'accepted' }])
  })

  test('holds other bytes under a known id as a repeat, each once', async () => {
    const { store } = opened
    const first = received()
    const other = received({ delivery: first.delivery })
    const answers = await store.accept([first, other, other, first])
    expect(answers.map(({ outcome }) => outcome)).toEqual([
      'accepted',
      'repeat',
      'duplicate',
      'duplicate',
    ])
    expect(await store.list({})).toMatchObject([
      { status: 'repeat', reason: 'same-event', times_received: 2 },
      { status: 'accepted', reason: null, times_received: 2 },
    ])
    expect((await store.view(first.delivery)).sha256).toBe(first.sha256)
  })

  test('holds known bytes under a new id as a repeat', async () => {
    const { store } = opened
    const first = received({ text: '{"captured":1}' })
    await store.accept([first])
    const [answer] = await store.accept([received({ text: '{"captured":1}' })])
    expect(answer).toMatchObject({ outcome: 'repeat' })
    expect(await store.list({ status: ['repeat'] })).toMatchObject([{ reason: 'same-bytes' }])
  })

  test.each(['repository_dispatch', 'workflow_dispatch', 'ping'])(
    'takes two %s that are alike',
    async (event) => {
      const { store } = opened
      const alike = () => received({ event, text: '{"event_type":"x"}' })
      const answers = [
        ...(await store.accept([alike(), alike()])),
        ...(await store.accept([alike()])),
      ]
      expect(answers.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted', 'accepted'])
    },
  )

  test('holds captured bytes that come as another event, which no signature covers', async () => {
    const { store } = opened
    await store.accept([received({ event: 'push', text: '{"captured":2}' })])
    const [answer] = await store.accept([
      received({ event: 'repository_dispatch', text: '{"captured":2}' }),
    ])
    expect(answer).toMatchObject({ outcome: 'repeat' })
  })

  test('takes what GitHub signed and what its API gave as one event, whatever the bytes', async () => {
    const { store } = opened
    const signed = received()
    const read = received({ source: 'api' })
    await store.accept([signed, read])
    const answers = await store.accept([
      received({ delivery: signed.delivery, source: 'api' }),
      received({ delivery: read.delivery }),
    ])
    expect(answers.map(({ outcome }) => outcome)).toEqual(['duplicate', 'duplicate'])
    expect(await store.list({})).toHaveLength(2)
  })

  test('does not take the bytes of the API for known ones', async () => {
    const { store } = opened
    await store.accept([
      received({ source: 'api', text: '{"n":1}' }),
      received({ text: '{"n":2}' }),
    ])
    const answers = await store.accept([
      received({ text: '{"n":1}' }),
      received({ source: 'api', text: '{"n":2}' }),
    ])
    expect(answers.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted'])
  })

  test('runs again only what failed when a dead delivery comes again', async () => {
    const { store } = opened
    const delivery = received()
    await store.accept([delivery])
    await store.route(10, decideFor({ handler: 'good' }, { handler: 'bad' }))
    const handlers = ['good', 'bad'].map((name) => ({ name, concurrency: null }))
    for (const run of await store.claim(claimOf({ handlers }))) {
      await store.finish(run, run.handler === 'good' ? done : died)
    }
    expect(await store.view('1')).toMatchObject({ status: 'dead', reason: 'bad: exit status 1' })
    const [answer] = await store.accept([delivery])
    expect(answer).toEqual({ id: 1, outcome: 'duplicate' })
    expect(await store.view('1')).toMatchObject({
      status: 'queued',
      reason: null,
      runs: [{ status: 'done' }, { status: 'queued' }],
    })
    expect(await store.claim(claimOf({ handlers }))).toMatchObject([
      { handler: 'bad', attempt: 2, isLast: false },
    ])
  })

  test('routes a dead delivery without runs again when it comes again', async () => {
    const { store } = opened
    const delivery = received()
    const facts = { action: null, repo: null, ref: null }
    await store.accept([delivery])
    await store.route(10, () => ({ status: 'dead', reason: 'no JSON object', facts }))
    expect(await store.view('1')).toMatchObject({ status: 'dead', reason: 'no JSON object' })
    await store.accept([delivery])
    expect(await store.route(10, decideFor({}))).toEqual([
      { id: 1, event: 'push', status: 'queued', reason: null },
    ])
  })

  test('knows GitHub’s ids', async () => {
    const { store } = opened
    const all = Array.from({ length: 3 }, () => received())
    await store.accept(all)
    const others = Array.from({ length: 1200 }, (_, index) => `other-${index}`)
    const known = await store.known([...others, ...all.map(({ delivery }) => delivery)])
    expect([...known].sort()).toEqual(all.map(({ delivery }) => delivery).sort())
  })
}
