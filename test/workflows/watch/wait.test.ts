import type { Run } from 'local-github'
import { afterEach, describe, expect, it } from 'vitest'
import { InterruptedError, TimeoutError } from '../../../src/base/errors.js'
import type { WizardEvent } from '../../../src/events.js'
import { logMarks } from '../../../src/logs/marks.js'
import { formatWorkflowEvent } from '../../../src/workflows/describe.js'
import { reached } from '../../support/workspace.js'
import { repo, type Stage, type StageOptions, stage } from '../support.js'

let here: Stage
let run: Run
afterEach(() => here.close())

/** A queued run with the five jobs of `tests.yml`. */
async function on(options: StageOptions = {}): Promise<void> {
  here = await stage(options)
  run = await here.github.actions.add('uDOS/core', { workflow: 'tests.yml' })
  here.github.requests.length = 0
}

const poll = (options = {}) =>
  here.runner.pollStatus(repo.owner, repo.repo, run.id, options, here.call)
const polls = () => here.asked(/\/runs\/\d+(\/jobs.*)?$/)
const lines = (types?: WizardEvent['type'][]) =>
  here.events
    .filter(({ type }) => types === undefined || types.includes(type))
    .flatMap((event) => formatWorkflowEvent(event, logMarks) ?? [])

const start = () => here.github.actions.start(run)
const finish = (end = {}) => here.github.actions.finish(run, end)

describe('waiting', () => {
  it('ends with the run, its jobs, steps and artifacts', async () => {
    await on()
    here.clock.at(5, start)
    here.clock.at(60, () => {
      finish()
      here.github.actions.addArtifact(run, 'report', [{ name: 'a.txt', content: 'hello' }])
    })
    const done = await poll()
    expect(done).toMatchObject({
      run_id: run.id,
      status: 'completed',
      conclusion: 'success',
      workflow: 'tests.yml',
      ref: 'main',
      created_at: '2026-01-14T12:00:00Z',
      completed_at: '2026-01-14T12:01:00Z',
      duration_seconds: 60,
      artifacts: [{ name: 'report', path: null, size: expect.any(Number) }],
    })
    expect(done.jobs).toHaveLength(5)
    expect(done.jobs[0]?.steps).toMatchObject([
      { number: 1, name: 'Prepare', status: 'completed', conclusion: 'success' },
      { number: 2, name: 'Test', status: 'completed', conclusion: 'success' },
    ])
    // Within one interval of its end.
    expect(here.clock.seconds()).toBeLessThanOrEqual(70)
  })

  it('is quick at first, and then asks every interval', async () => {
    await on()
    here.clock.at(50, finish)
    await poll({ interval: 20 })
    expect(here.clock.slept).toEqual([1, 2, 3, 5, 20, 20].map((seconds) => seconds * 1000))
    expect(here.log.at(-1)).toMatch(/^INFO core\/tests\.yml #\d+ ✅ success \(50 s\)$/)
  })

  it('tells each change once, a failed run as an error of the log', async () => {
    await on()
    here.clock.at(2, start)
    here.clock.at(15, () => {
      const [lint] = run.jobs
      if (lint?.steps[0]) lint.steps[0].status = 'completed'
      if (lint?.steps[0]) lint.steps[0].conclusion = 'success'
    })
    here.clock.at(60, () => finish({ conclusion: 'failure', jobs: ['unit'] }))
    const done = await poll()
    expect(done.conclusion).toBe('failure')
    const told = lines()
    expect(new Set(told).size).toBe(told.length)
    expect(told[0]).toBe(`core/tests.yml #${run.id} in progress`)
    expect(told).toContain('lint / Prepare: ✅ success')
    expect(told).toContain('unit / Test: ❌ failure')
    expect(told).toContain('unit: ❌ failure')
    expect(told.at(-1)).toBe(`core/tests.yml #${run.id} ❌ failure (60 s)`)
    expect(here.log.filter((line) => line.startsWith('ERROR'))).toHaveLength(2)
  })

  it('tells an approval that it waits for once, with its address', async () => {
    await on()
    here.clock.at(3, () => here.github.actions.hold(run))
    here.clock.at(100, finish)
    await poll()
    expect(lines(['run-waiting'])).toEqual([
      `core/tests.yml #${run.id} waits for an approval: ${here.github.gitUrl}/uDOS/core/actions/runs/${run.id}`,
    ])
  })

  it('tells the run that holds its concurrency group once, by two requests', {
    tags: ['deep'],
  }, async () => {
    await on()
    const holder = await here.github.actions.add('uDOS/core', { workflow: 'tests.yml' })
    here.github.actions.start(holder)
    here.clock.at(3, () => here.github.actions.queueBehind(run, holder, 'deploy/main'))
    here.clock.at(60, () => here.github.actions.finish(holder))
    here.clock.at(61, start)
    here.clock.at(100, finish)
    await poll()
    expect(lines(['run-queued-behind'])).toEqual([
      `core/tests.yml #${run.id} is queued behind #${holder.id}: ${here.github.gitUrl}/uDOS/core/actions/runs/${holder.id}`,
    ])
    expect(here.asked(/concurrency_groups/)).toEqual([
      `GET /repos/uDOS/core/actions/runs/${run.id}/concurrency_groups`,
      'GET /repos/uDOS/core/actions/concurrency_groups/deploy%2Fmain',
    ])
  })

  it.each([
    ['has no such endpoint', { status: 404 }],
    ['does not let the token see groups', { status: 403, body: { message: 'No' } }],
    ['answers something else', { status: 200, body: { nothing: 1 } }],
  ])('goes on where a server %s', async (_, fault) => {
    await on()
    const holder = await here.github.actions.add('uDOS/core', { workflow: 'tests.yml' })
    here.github.actions.queueBehind(run, holder, 'deploy')
    here.github.fail({ path: /concurrency_groups/, ...fault })
    here.clock.at(100, finish)
    expect((await poll()).conclusion).toBe('success')
    expect(lines(['run-queued-behind'])).toEqual([])
    expect(here.asked(/concurrency_groups/)).toHaveLength(1)
  })

  it('follows the jobs of the latest attempt', async () => {
    await on()
    finish({ conclusion: 'failure' })
    await here.runner.rerun(repo.owner, repo.repo, run.id)
    const ids = run.jobs.map(({ id }) => id)
    here.clock.at(10, finish)
    const done = await poll()
    expect(done.jobs.map(({ id }) => id)).toEqual(ids)
    expect(done.conclusion).toBe('success')
  })
})

describe('requests', { tags: ['deep'] }, () => {
  /** Ten minutes in which a step of some job changes every seven seconds. */
  function busy(): void {
    here.clock.at(4, start)
    const steps = run.jobs.flatMap((job) => job.steps)
    steps.forEach((step, index) => {
      here.clock.at(10 + index * 55, () => {
        step.status = 'completed'
        step.conclusion = 'success'
      })
    })
    run.jobs.forEach((job, index) => {
      here.clock.at(60 + index * 110, () => {
        job.status = 'completed'
        job.conclusion = 'success'
      })
    })
    here.clock.at(600, finish)
  }

  it('are at most 75 in ten minutes of five jobs, dispatch and artifacts included', async () => {
    await on()
    here.github.actions.onDispatch((dispatched) => {
      run = dispatched
      busy()
    })
    const done = await here.runner.run(repo.owner, repo.repo, 'tests', { wait: true }, here.call)
    expect(done.conclusion).toBe('success')
    expect(here.clock.seconds()).toBeGreaterThanOrEqual(600)
    expect(here.asked().length).toBeLessThanOrEqual(75)
    // Reported as they happened, not at the end.
    expect(lines(['step-changed']).length).toBe(10)
  })

  it('cost next to no calls of the rate limit, as they are conditional', async () => {
    await on()
    start()
    here.clock.at(600, finish)
    await poll()
    const asked = here.github.requests.filter(({ path }) => /\/runs\/\d+/.test(path))
    const unconditional = asked.filter(({ headers }) => headers['if-none-match'] === undefined)
    expect(unconditional.length).toBeLessThanOrEqual(4)
    expect(asked.length).toBeGreaterThan(60)
  })

  it.each([1, 5, 100, 250])('are at most 1.2 a poll with %s jobs', async (count) => {
    await on()
    const [job] = run.jobs
    if (!job) throw new Error('it has jobs')
    run.jobs = Array.from({ length: count }, (_, index) => ({ ...job, id: 1e6 + index }))
    start()
    await expect(poll({ timeout: 3600 })).rejects.toMatchObject({ code: 'TIMEOUT' })
    const times = 5 + Math.ceil((3600 - 11) / 10)
    expect(polls().length).toBeLessThanOrEqual(1.2 * times + 4)
  })
})

describe('a poll that fails', () => {
  it.each([
    ['502', { status: 502 }],
    ['a reset', { dropAnswer: true }],
    ['a cut', { cutAfter: 20 }],
    ['a page that is not the API', { status: 200, body: '<html>' }],
  ])('with %s is no failed run', async (_, fault) => {
    await on()
    start()
    let handle: { remove(): void } | undefined
    here.clock.at(20, () => {
      handle = here.github.fail({ path: /\/actions\/runs\//, ...fault })
    })
    here.clock.at(50, () => finish())
    here.clock.at(80, () => handle?.remove())
    const done = await poll()
    expect(done.conclusion).toBe('success')
    expect(done.jobs.every(({ conclusion }) => conclusion === 'success')).toBe(true)
    expect(here.events.map(({ type }) => type)).toContain('poll-failed')
    expect(here.log.some((line) => line.startsWith('WARN'))).toBe(true)
  })

  it('does not hide a run’s end where its jobs can’t be read', async () => {
    await on()
    here.clock.at(10, () => {
      finish({ conclusion: 'failure' })
      here.github.fail({ path: /\/jobs/, status: 502 })
    })
    expect(await poll()).toMatchObject({ conclusion: 'failure', jobs: { length: 5 } })
  })

  it('waits for the rate limit, and tells it', async () => {
    await on()
    start()
    here.clock.at(20, () => {
      here.github.fail({ status: 429, headers: { 'retry-after': '120' }, body: {}, times: 1 })
    })
    here.clock.at(100, () => finish())
    expect((await poll()).conclusion).toBe('success')
    expect(here.events.map(({ type }) => type)).toContain('waiting')
  })

  it('is done with where the run is gone, and does not say that it goes on', async () => {
    await on()
    here.clock.at(20, () => here.github.fail({ path: /\/runs\//, status: 404, body: {} }))
    await expect(poll()).rejects.toMatchObject({
      code: 'GITHUB_NOT_FOUND',
      message: `core/tests.yml #${run.id} was deleted`,
      hint: 'it was queued at the last poll',
    })
  })
})

describe('a token', () => {
  it('that is rotated is read again', async () => {
    const tokens = ['ghp_old', 'ghp_new']
    let token = 'ghp_old'
    await on({ tokens, client: { token: () => token } })
    here.clock.at(20, () => {
      here.github.world.tokens.delete('ghp_old')
      token = 'ghp_new'
    })
    here.clock.at(50, () => finish())
    expect((await poll()).conclusion).toBe('success')
  })

  it('that is refused once, by accident, is asked with again', async () => {
    await on()
    const body = { message: 'Bad credentials' }
    here.clock.at(20, () =>
      here.github.fail({ path: /actions\/runs/, status: 401, body, times: 1 }),
    )
    here.clock.at(50, () => finish())
    expect((await poll()).conclusion).toBe('success')
    expect(lines(['poll-failed'])).toHaveLength(1)
  })

  it('that is refused again ends the waiting', async () => {
    await on({ tokens: ['ghp_old', 'ghp_new'], client: { token: () => 'ghp_old' } })
    here.clock.at(20, () => here.github.world.tokens.delete('ghp_old'))
    const hint = expect.stringContaining('return to it with wizard WORKFLOW WATCH')
    await expect(poll()).rejects.toMatchObject({ code: 'GITHUB_AUTH', status: 401, hint })
  })
})

describe('an end before the run’s', () => {
  it('by --timeout gives the run as it is', async () => {
    await on()
    here.clock.at(5, start)
    await expect(poll({ timeout: 30 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringContaining('is still in progress after 30 s'),
      hint: expect.stringContaining(`wizard WORKFLOW WATCH uDOS/core/${run.id}`),
      run: { run_id: run.id, status: 'in_progress', jobs: { length: 5 } },
    })
    expect(here.clock.seconds()).toBe(30)
  })

  it('by the deadline of the command gives it too', async () => {
    await on()
    here.clock.at(5, start)
    here.clock.at(20, () => here.stop.abort(new TimeoutError('not finished after 20 s')))
    await expect(poll()).rejects.toMatchObject({ code: 'TIMEOUT', run: { status: 'in_progress' } })
  })

  it('by a signal leaves the run going, and says how to come back', async () => {
    await on()
    start()
    here.clock.at(20, () => here.stop.abort(new InterruptedError()))
    const hint = expect.stringMatching(/continues: http.*wizard WORKFLOW WATCH uDOS\/core\/\d+$/)
    await expect(poll()).rejects.toMatchObject({ code: 'INTERRUPTED', hint })
    expect(run.status).toBe('in_progress')
  })

  it('by a signal cancels it where that is asked for', async () => {
    await on()
    start()
    here.clock.at(20, () => here.stop.abort(new InterruptedError()))
    const hint = expect.stringContaining('is being cancelled')
    await expect(poll({ cancelOnInterrupt: true })).rejects.toMatchObject({
      code: 'INTERRUPTED',
      hint,
    })
    expect(run.conclusion).toBe('cancelled')
  })

  it('gives the cancellation ten seconds', async () => {
    await on()
    start()
    const silence = here.github.fail({ path: /\/cancel$/, delay: 'forever' })
    here.clock.at(20, () => here.stop.abort(new InterruptedError()))
    const hint = expect.stringContaining('could not be cancelled (GitHub does not answer)')
    const ended = expect(poll({ cancelOnInterrupt: true })).rejects.toMatchObject({
      code: 'INTERRUPTED',
      hint,
    })
    await reached(silence)
    await here.clock.pass(10_000)
    await ended
  })

  it('tells a cancellation that failed', async () => {
    await on()
    start()
    here.github.fail({ path: /\/cancel$/, status: 403, body: { message: 'no' } })
    here.clock.at(20, () => here.stop.abort(new InterruptedError()))
    const hint = expect.stringMatching(/could not be cancelled.*continues/)
    await expect(poll({ cancelOnInterrupt: true })).rejects.toMatchObject({
      code: 'INTERRUPTED',
      hint,
    })
  })
})

it('a run that was just dispatched may not be there yet', async () => {
  await on()
  here.github.fail({ path: /\/actions\/runs\/\d+$/, status: 404, body: {}, times: 3 })
  here.github.actions.onDispatch((dispatched) => {
    run = dispatched
    here.clock.at(30, () => finish())
  })
  const done = await here.runner.run('uDOS', 'core', 'tests', { wait: true }, here.call)
  expect(done).toMatchObject({ run_id: run.id, conclusion: 'success' })
})
