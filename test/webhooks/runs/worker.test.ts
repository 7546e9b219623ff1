import { describe, expect, it } from 'vitest'
import { StoreError } from '../../../src/webhooks/store/engine/failures.js'
import { failed, pushTo, succeeded, testWorker } from '../support/worker.js'

const exec = (name: string, more: object = {}) => ({
  action: 'exec',
  name,
  payload: { cmd: ['true'] },
  concurrency: 64,
  ...more,
})
const tests = { push: [exec('tests')] }

describe('a worker starts', () => {
  it('the runs of one repository one after another, and others beside them', async () => {
    const { worker, push, end, running } = await testWorker(tests)
    worker.start()
    await push('core', 'core', 'tools')
    expect(running()).toEqual(['tests 1', 'tests 3'])
    await end('tests 1', succeeded)
    expect(running()).toEqual(['tests 3', 'tests 2'])
  })

  it('as many as its concurrency, the oldest first', async () => {
    const { worker, push, end, running } = await testWorker(tests, { settings: { concurrency: 2 } })
    worker.start()
    await push('a', 'b', 'c', 'd')
    expect(running()).toEqual(['tests 1', 'tests 2'])
    expect(worker.runningOf('tests')).toBe(2)
    await end('tests 2', succeeded)
    expect(running()).toEqual(['tests 1', 'tests 3'])
  })

  it('one at a time of those that take the lock of the root, beside the others', async () => {
    const handlers = { push: [{ action: 'sync_repo', name: 'sync' }, exec('tests')] }
    const { worker, push, end, running } = await testWorker(handlers, {
      settings: { concurrency: 3 },
    })
    worker.start()
    await push('a', 'b')
    expect(running()).toEqual(['tests 1', 'tests 2', 'sync 1'])
    await end('tests 2', succeeded)
    expect(running()).toEqual(['tests 1', 'sync 1'])
    await end('sync 1', succeeded)
    expect(running()).toEqual(['tests 1', 'sync 2'])
  })

  it('nothing while it stands back for those that arrive', async () => {
    let go = () => {}
    const quiet = new Promise<void>((resolve) => {
      go = resolve
    })
    const { worker, push, idle, running } = await testWorker(tests, {
      worker: { standBack: () => quiet },
    })
    worker.start()
    await push('core')
    expect(running()).toEqual([])
    go()
    await idle()
    expect(running()).toEqual(['tests 1'])
  })

  it('what another process has accepted', async () => {
    const { worker, another, pass, running } = await testWorker(tests)
    worker.start()
    const other = await another()
    await other.accept([pushTo('core')])
    await pass(199)
    expect(running()).toEqual([])
    await pass(1)
    expect(running()).toEqual(['tests 1'])
  })

  it('nothing of a handler that is gone: what waits for it is dead', async () => {
    const { worker, store, push, configure, running } = await testWorker(tests)
    worker.start()
    await push('core', 'core')
    await configure({ push: [exec('others')] })
    expect(running()).toEqual(['tests 1'])
    expect(await store.view('2')).toMatchObject({
      status: 'dead',
      reason: 'tests: no such handler',
    })
  })

  it('nothing of a handler that only another machine has', async () => {
    const { worker, store, push, configure } = await testWorker(tests, { isShared: true })
    worker.start()
    await push('core', 'core')
    await configure({ push: [exec('others')] })
    expect(await store.view('2')).toMatchObject({ status: 'queued' })
  })
})

describe('a run that failed', () => {
  it('is started again after its backoff, which doubles, and is dead after its attempts', async () => {
    const handlers = { push: [exec('tests', { attempts: 3, backoff: 10 })] }
    const { worker, store, push, end, pass, running, said } = await testWorker(handlers)
    worker.start()
    await push('core', 'core')
    for (const pause of [10_000, 20_000]) {
      await end('tests 1', failed)
      await pass(pause - 1)
      expect(running()).toEqual([])
      await pass(1)
      expect(running()).toEqual(['tests 1'])
    }
    await end('tests 1', failed)
    expect(await store.view('1')).toMatchObject({ status: 'dead', runs: [{ attempts: 3 }] })
    expect(running()).toEqual(['tests 2'])
    expect(said.filter((line) => !line.startsWith('started'))).toEqual([
      'retry tests 1',
      'retry tests 1',
      'dead tests 1',
    ])
  })

  it('was ended when its time was over', async () => {
    const handlers = { push: [exec('tests', { attempts: 1, timeout: 60 })] }
    const { worker, store, push, pass, stopOf, running } = await testWorker(handlers)
    worker.start()
    await push('core')
    await pass(59_999)
    expect(stopOf('tests 1')).toBeUndefined()
    await pass(1)
    expect(running()).toEqual([])
    expect(await store.view('1')).toMatchObject({
      status: 'dead',
      runs: [{ error: { code: 'TIMEOUT', message: 'tests was not finished after 60 s' } }],
    })
  })

  it('has no time limit left when it ended by itself', async () => {
    const { worker, clock, push, end } = await testWorker(tests)
    worker.start()
    await push('core')
    expect(clock.limits()).toContain(600_000)
    await end('tests 1', succeeded)
    expect(clock.limits()).not.toContain(600_000)
  })
})

describe('a drain', () => {
  it('starts nothing, and waits for what runs', async () => {
    const { worker, store, push, end, running } = await testWorker(tests)
    worker.start()
    await push('core', 'tools')
    const drained = worker.drain(30_000)
    await push('more')
    await end('tests 1', succeeded)
    expect(running()).toEqual(['tests 2'])
    await end('tests 2', succeeded)
    expect(await drained).toBe(true)
    expect(await store.view('3')).toMatchObject({ status: 'accepted' })
  })

  it('ends what runs when its time is over, and gives it back when nothing runs any more', async () => {
    const statuses: string[] = []
    const { worker, store, push, end, pass } = await testWorker(tests, {
      settings: { concurrency: 2 },
      worker: { release: async () => void statuses.push((await store.view('1')).status) },
    })
    worker.start()
    await push('core', 'tools')
    const drained = worker.drain(30_000)
    await end('tests 2', succeeded)
    await pass(30_000)
    expect(await drained).toBe(false)
    expect(statuses).toEqual(['running'])
    expect(await store.view('1')).toMatchObject({
      status: 'queued',
      runs: [{ attempts: 1, error: null }],
    })
    expect(await store.view('2')).toMatchObject({ status: 'done' })
  })

  it('gives back what a turn claims when the drain has begun', async () => {
    let go = () => {}
    const { worker, store, push, idle, running, said } = await testWorker(tests, {
      store: (own) => ({
        async claim(request) {
          const claimed = await own.claim(request)
          await new Promise<void>((resolve) => {
            go = resolve
          })
          return claimed
        },
      }),
    })
    worker.start()
    await push('core')
    const drained = worker.drain(30_000)
    await idle()
    go()
    expect(await drained).toBe(true)
    expect([running(), said]).toEqual([[], []])
    expect(await store.view('1')).toMatchObject({ status: 'queued' })
  })

  it('is not whole if an end could not be recorded', async () => {
    const { worker, push, end, said } = await testWorker(tests, {
      store: () => ({ finish: () => Promise.reject(new StoreError('gone')) }),
    })
    worker.start()
    await push('core')
    const drained = worker.drain(30_000)
    await end('tests 1', succeeded)
    expect(await drained).toBe(false)
    expect(said).toEqual(['started tests 1', 'trouble: StoreError: gone'])
  })
})

describe('a run of a shared store', () => {
  it('is ended when another machine has taken it over, and nothing is recorded', async () => {
    const { worker, store, push, pass, said } = await testWorker(tests, { isShared: true })
    worker.start()
    await push('core')
    await store.takeOver(async () => true)
    await pass(9_999)
    expect(said).toEqual(['started tests 1'])
    await pass(1)
    expect(said).toContain('fenced tests 1')
    expect(said).not.toContain('done tests 1')
  })

  it('that this machine has taken over from itself does not run twice at once', async () => {
    const { worker, store, push, idle, running, end, said } = await testWorker(tests, {
      isShared: true,
    })
    worker.start()
    await push('core')
    await store.takeOver(async () => true)
    worker.wake()
    await idle()
    expect(said).toEqual(['started tests 1', 'fenced tests 1', 'started tests 1'])
    expect([running(), worker.runningOf('tests')]).toEqual([['tests 1'], 1])
    await end('tests 1', succeeded)
    expect(said.at(-1)).toBe('done tests 1')
    expect(await store.view('1')).toMatchObject({ status: 'done', runs: [{ attempts: 2 }] })
  })

  it('is renewed while it runs, also in a drain, and not afterwards', async () => {
    let renewals = 0
    const { worker, clock, push, end, pass } = await testWorker(tests, {
      isShared: true,
      store: (own) => ({
        renew(runs) {
          renewals++
          return own.renew(runs)
        },
      }),
    })
    worker.start()
    await push('core')
    await pass(20_000)
    expect(renewals).toBe(2)
    const drained = worker.drain(30_000)
    await pass(20_000)
    expect(renewals).toBe(4)
    await end('tests 1', succeeded)
    await drained
    expect(clock.limits()).toEqual([])
  })
})

describe('a store that fails', () => {
  it('is tried again after a second, and each outage is said once', async () => {
    let isAway = false
    const { worker, push, pass, said } = await testWorker(tests, {
      store: (own) => ({
        route: (limit, decide) =>
          isAway ? Promise.reject(new StoreError('gone')) : own.route(limit, decide),
      }),
    })
    worker.start()
    isAway = true
    await push('core')
    await pass(3000)
    expect(said).toEqual(['trouble: StoreError: gone'])
    isAway = false
    await pass(1000)
    expect(said).toEqual(['trouble: StoreError: gone', 'started tests 1', 'no trouble'])
  })

  it('is given the end of a run until it has it', async () => {
    let failures = 2
    const { worker, clock, store, push, end, said } = await testWorker(tests, {
      store: (own) => ({
        finish: (run, ended) =>
          failures-- > 0 ? Promise.reject(new StoreError('gone')) : own.finish(run, ended),
      }),
    })
    worker.start()
    await push('core')
    await end('tests 1', succeeded)
    expect(clock.slept).toEqual([1000, 1000])
    expect(said).toEqual([
      'started tests 1',
      'trouble: StoreError: gone',
      'no trouble',
      'done tests 1',
    ])
    expect(await store.view('1')).toMatchObject({ status: 'done' })
  })
})
