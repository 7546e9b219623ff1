import type { AddedRun } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunListFilter } from '../../src/workflows/runner.js'
import { worstConclusion } from '../../src/workflows/watch/conclusion.js'
import { type Stage, stage } from './support.js'

let here: Stage
beforeEach(async () => {
  here = await stage()
})
afterEach(() => here.close())

const add = (run: Partial<AddedRun> = {}) =>
  here.github.actions.add('uDOS/core', { workflow: 'tests.yml', ...run })

describe('runs', () => {
  it('are listed by workflow, status, branch and event, the newest first', async () => {
    await here.github.branch('uDOS/core', 'next')
    const first = await add()
    const second = await add({ branch: 'next' })
    const other = await add({ workflow: 'push.yml' })
    here.github.actions.finish(first, { conclusion: 'failure' })
    const ids = async (filter = {}) =>
      (await here.runner.listRuns('uDOS', 'core', filter)).map(({ run_id: id }) => id)
    expect(await ids()).toEqual([other.id, second.id, first.id])
    expect(await ids({ workflow: 'tests' })).toEqual([second.id, first.id])
    expect(await ids({ status: 'failure' })).toEqual([first.id])
    expect(await ids({ branch: 'next' })).toEqual([second.id])
    expect(await ids({ event: 'schedule' })).toEqual([])
    expect(await ids({ limit: 2 })).toEqual([other.id, second.id])
  })

  it('are listed over all pages', async () => {
    const run = await add()
    const { runs } = here.github.world.require('uDOS/core')
    for (let id = 1; id <= 100; id++) runs.push({ ...run, id })
    expect(await here.runner.listRuns('uDOS', 'core')).toHaveLength(101)
  })

  it('are 1,000 at most with a filter, which is said', { tags: ['deep'] }, async () => {
    const run = await add()
    const { runs } = here.github.world.require('uDOS/core')
    for (let id = 1; id < 1000; id++) runs.push({ ...run, id })
    const warnings = () => here.events.filter(({ type }) => type === 'warning')
    await here.runner.listRuns('uDOS', 'core', {}, here.call)
    await here.runner.listRuns('uDOS', 'core', { status: 'queued', limit: 1000 }, here.call)
    expect(warnings()).toEqual([])
    await here.runner.listRuns('uDOS', 'core', { status: 'queued' }, here.call)
    expect(warnings()).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('GitHub lists at most 1000 runs'),
      }),
    ])
  })

  it('the newest of a workflow, on a branch, or none', async () => {
    await here.github.branch('uDOS/core', 'next')
    const next = await add({ branch: 'next' })
    const main = await add()
    const newest = async (branch?: string) =>
      (await here.runner.newestRun('uDOS', 'core', 'Tests', branch)).run_id
    expect(await newest()).toBe(main.id)
    expect(await newest('next')).toBe(next.id)
    await expect(newest('other')).rejects.toMatchObject({
      code: 'GITHUB_NOT_FOUND',
      message: 'uDOS/core/tests.yml never ran on other',
    })
  })

  it('one is given with all pages of its jobs', async () => {
    const run = await add()
    const [job] = run.jobs
    run.jobs = Array.from({ length: 150 }, (_, id) => ({ ...job, id: 5000 + id }) as never)
    expect((await here.runner.viewRun('uDOS', 'core', run.id)).jobs).toHaveLength(150)
  })

  it('are cancelled once, and run again', async () => {
    const run = await add()
    await here.runner.cancel('uDOS', 'core', run.id)
    expect(run.conclusion).toBe('cancelled')
    await expect(here.runner.cancel('uDOS', 'core', run.id)).rejects.toMatchObject({
      code: 'GITHUB',
      status: 409,
    })
    const stuck = await add()
    await here.runner.cancel('uDOS', 'core', stuck.id, { force: true })
    expect([stuck.conclusion, here.asked(/force-cancel$/).length]).toEqual(['cancelled', 1])
    await here.runner.rerun('uDOS', 'core', run.id, { failed: true })
    expect(run).toMatchObject({ status: 'queued', attempt: 2 })
    expect(here.asked(/rerun-failed-jobs$/)).toHaveLength(1)
  })

  it('are listed by a status or a conclusion of GitHub, by commit and by user', async () => {
    await expect(here.runner.listRuns('uDOS', 'core', { status: 'sucess' })).rejects.toMatchObject({
      code: 'USAGE',
      hint: 'did you mean success?',
    })
    expect(here.asked(/actions\/runs/)).toEqual([])
    const run = await add({ actor: 'alice' })
    await here.github.commit('uDOS/core', {})
    const other = await add()
    const ids = async (filter: RunListFilter) =>
      (await here.runner.listRuns('uDOS', 'core', filter)).map(({ run_id: id }) => id)
    expect(await ids({ commit: run.sha.slice(0, 10) })).toEqual([run.id])
    expect(await ids({ commit: 'main' })).toEqual([other.id])
    expect(await ids({ actor: 'alice' })).toEqual([run.id])
    expect(await ids({ status: 'queued' })).toEqual([other.id, run.id])
  })

  it('a dispatch without waiting tells what GitHub knows', async () => {
    expect(await here.runner.run('uDOS', 'core', 'tests')).toMatchObject({
      status: 'queued',
      conclusion: null,
      created_at: '2026-01-14T12:00:00Z',
      completed_at: null,
      duration_seconds: null,
      artifacts: [],
    })
    here.github.fail({ path: /\/actions\/runs\/\d+$/, status: 404, body: {} })
    expect(await here.runner.run('uDOS', 'core', 'tests')).toMatchObject({ created_at: null })
  })
})

describe('the runs of a commit', () => {
  const watch = (options = {}) =>
    here.runner.watchCommit('uDOS', 'core', 'main', options, here.call)

  it('are waited for until they appear, end, and no more appear', async () => {
    const sha = await here.github.oid('uDOS/core')
    here.clock.at(20, async () => here.github.actions.finish(await add()))
    // After the first one has ended, because GitHub creates them one by one.
    here.clock.at(28, async () => {
      const late = await add({ workflow: 'push.yml' })
      here.clock.at(90, () => here.github.actions.finish(late, { conclusion: 'failure' }))
    })
    const outcome = await watch()
    expect(outcome).toMatchObject({ sha, ended: 'completed', conclusion: 'failure' })
    expect(outcome.runs.map(({ workflow }) => workflow)).toEqual(['push.yml', 'tests.yml'])
    expect(outcome.runs[1]?.jobs).toHaveLength(5)
    expect(here.clock.seconds()).toBeLessThanOrEqual(101)
  })

  it('are believed at once where they ended long after they began', async () => {
    const run = await add()
    await here.clock.sleep(60_000)
    here.github.actions.finish(run)
    await watch()
    expect(here.clock.seconds()).toBe(60)
  })

  it('are believed at once where they ended long ago, however short they were', async () => {
    const run = await add()
    await here.clock.sleep(5_000)
    here.github.actions.finish(run)
    await here.clock.sleep(3_600_000)
    const begun = here.clock.seconds()
    expect(await watch()).toMatchObject({ ended: 'completed', conclusion: 'success' })
    expect(here.clock.seconds()).toBe(begun)
  })

  it('of one workflow alone', async () => {
    const run = await add()
    await add({ workflow: 'push.yml' })
    here.clock.at(30, () => here.github.actions.finish(run))
    expect((await watch({ workflow: 'tests' })).runs).toMatchObject([{ run_id: run.id }])
  })

  it('are its own, though an older server lists those of every commit', async () => {
    const [own, foreign] = ['a', 'f'].map((digit, at) => ({
      id: at + 1,
      head_sha: digit.repeat(40),
      status: 'completed',
      conclusion: 'success',
      created_at: '2026-01-14T10:00:00Z',
      updated_at: '2026-01-14T10:01:00Z',
      html_url: `https://ghes.example/uDOS/core/actions/runs/${at + 1}`,
    }))
    const body = { total_count: 2, workflow_runs: [own, foreign] }
    here.github.fail({ path: /actions\/runs\?/, status: 200, body })
    const found = await here.runner.listRuns('uDOS', 'core', { sha: 'a'.repeat(40) })
    expect(found.map(({ run_id: id }) => id)).toEqual([1])
  })

  it('that never appear end with the time-out', async () => {
    expect(await watch({ timeout: 60 })).toMatchObject({
      ended: 'timeout',
      runs: [],
      conclusion: null,
    })
    expect(here.clock.seconds()).toBe(60)
  })

  it('survive polls that fail', async () => {
    here.github.fail({ path: /head_sha/, status: 502, times: 10 })
    here.github.actions.finish(await add())
    expect((await watch()).conclusion).toBe('success')
  })

  it('of an unknown commit are an error', async () => {
    const unknown = here.runner.watchCommit('uDOS', 'core', '0123abcd')
    await expect(unknown).rejects.toMatchObject({ code: 'GITHUB_NOT_FOUND' })
  })
})

it.each<[(string | null)[], string | null]>([
  [['success', 'skipped'], 'skipped'],
  [['neutral', 'success'], 'neutral'],
  [['cancelled', 'failure', 'success'], 'failure'],
  [['success', 'timed_out'], 'timed_out'],
  [['failure', 'new_of_github'], 'new_of_github'],
  [['success', null], null],
  [[], null],
])('of %j the worst is %s', (conclusions, worst) => {
  expect(worstConclusion(conclusions.map((conclusion) => ({ conclusion })))).toBe(worst)
})
