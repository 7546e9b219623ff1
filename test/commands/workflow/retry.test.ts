import type { Run } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lastRun, openActions } from '../../support/actions.js'
import type { Workspace } from '../../support/workspace.js'

let space: Workspace
beforeEach(async () => {
  space = await openActions()
})
afterEach(() => space.close())

const run = (...args: string[]) => space.wizard('WORKFLOW', 'RUN', 'core/tests', '--wait', ...args)
const reruns = () =>
  space.github.requests.filter(({ path }) => /rerun-failed-jobs$/.test(path)).length

/** Each attempt ends as it is told, after two answers that show it. */
function endAttempts(...conclusions: ('failure' | 'success' | 'cancelled')[]) {
  const seen = new Map<number, number>()
  space.github.actions.onShown((shown: Run) => {
    if (shown.status === 'completed') return
    const count = (seen.get(shown.attempt) ?? 0) + 1
    seen.set(shown.attempt, count)
    if (count < 2) return
    const conclusion = conclusions[shown.attempt - 1] ?? 'success'
    space.github.actions.finish(shown, {
      conclusion,
      jobs: ['unit'],
      logs: { unit: '2026-01-14T10:00:00.0000000Z connect ETIMEDOUT 10.0.0.1:443\n' },
    })
  })
}

describe('--retry-failed', () => {
  it('runs the failed jobs again until they pass, and says so', async () => {
    endAttempts('failure', 'failure', 'success')
    const { status, out } = await run('--retry-failed', '3')
    expect([status, reruns()]).toEqual([0, 2])
    expect(out).toMatch(/^✅ tests\.yml success, passed on attempt 3 in /)
  })

  it('never more often than it may, and has all attempts in its document', async () => {
    endAttempts('failure', 'failure', 'success')
    const { status, json } = await run('--retry-failed', '1', '--json')
    expect([status, reruns()]).toEqual([1, 1])
    expect(json.attempts).toEqual([
      { attempt: 1, conclusion: 'failure', failed_jobs: ['unit'] },
      { attempt: 2, conclusion: 'failure', failed_jobs: ['unit'] },
    ])
  })

  it('of what passes at once is one attempt, and no rerun', async () => {
    endAttempts('success')
    const { json } = await run('--retry-failed', '2', '--json')
    expect([json.attempts, reruns()]).toEqual([
      [{ attempt: 1, conclusion: 'success', failed_jobs: [] }],
      0,
    ])
  })

  it('does not run again what somebody cancelled', async () => {
    endAttempts('cancelled')
    expect((await run('--retry-failed', '2')).status).toBe(1)
    expect(reruns()).toBe(0)
  })

  it.each([
    ['ETIMEDOUT|503', 0, 1],
    ['no such words', 1, 0],
  ])('--retry-match %s: exit %i', async (pattern, status, count) => {
    endAttempts('failure', 'success')
    const ended = await run('--retry-failed', '2', '--retry-match', pattern)
    expect([ended.status, reruns()]).toEqual([status, count])
  })

  it('asks once where the answer is lost, and watches what has begun', async () => {
    endAttempts('failure', 'success')
    space.github.fail({ path: /rerun-failed-jobs/, dropAnswer: true, times: 1 })
    const { status, json } = await run('--retry-failed', '2', '--json')
    expect([status, reruns(), json.attempts.length]).toEqual([0, 1, 2])
  })

  it('a lost request that has begun nothing is no second one', async () => {
    endAttempts('failure', 'success')
    space.github.fail({ path: /rerun-failed-jobs/, status: 502 })
    const { status, err } = await run('--retry-failed', '2')
    expect([status, reruns()]).toEqual([1, 1])
    expect(err).toContain("the failed jobs can't be run again")
  })

  it('a refusal is exit 1 with its words, and the document is printed', async () => {
    endAttempts('failure')
    const message = 'Unable to re-run this workflow run because it was created over a month ago'
    space.github.fail({ path: /rerun-failed-jobs/, status: 403, body: { message } })
    const { status, json } = await run('--retry-failed', '2', '--json')
    expect([status, json.conclusion, json.attempts.length]).toEqual([1, 'failure', 1])
  })

  it('waits for the attempt that somebody else has begun, and counts it as theirs', async () => {
    endAttempts('failure', 'failure', 'success')
    space.github.fail({
      path: /rerun-failed-jobs/,
      meanwhile: () => space.github.actions.rerun(lastRun(space)),
      times: 1,
    })
    const { status, json } = await run('--retry-failed', '1', '--json')
    expect([status, json.attempts.length]).toEqual([0, 3])
  })

  it.each([
    [['--retry-failed', '-1'], '--retry-failed -1: expected a whole number, 0 to 100'],
    [['--retry-match', 'x'], '--retry-match needs --retry-failed'],
    [['--retry-failed', '1', '--retry-match', '('], 'not a regular expression: ('],
  ])('%j is exit 2', async (flags, message) => {
    const { status, err } = await run(...flags)
    expect([status, err]).toEqual([2, expect.stringContaining(message)])
    expect(space.github.requests.filter(({ method }) => method === 'POST')).toEqual([])
  })
})

describe('RERUN --wait', () => {
  it('waits for the new attempt, and not for the one that has ended', async () => {
    endAttempts('failure', 'success')
    expect((await run()).status).toBe(1)
    const target = `core/${lastRun(space).id}`
    const { status, json } = await space.wizard('WORKFLOW', 'RERUN', target, '--wait', '--json')
    expect([status, json.conclusion]).toEqual([0, 'success'])
  })
})
