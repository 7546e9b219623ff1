import type { Run, RunEnd } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { endedRun, openActions } from '../../support/actions.js'
import type { Workspace } from '../../support/workspace.js'

let space: Workspace
beforeEach(async () => {
  space = await openActions()
})
afterEach(() => space.close())

const why = (...args: string[]) => space.wizard('WORKFLOW', 'WHY', ...args)
const log = (...lines: string[]) =>
  lines.map((line) => `2026-01-14T10:00:00.0000000Z ${line}\n`).join('')
const failing: RunEnd = {
  conclusion: 'failure',
  jobs: ['unit'],
  logs: {
    unit: log(
      '##[group]Run npm test',
      'begin',
      ' FAIL  a.test.ts > adds \u001b]0;title\u0007two',
      '\u001b[31mAssertionError: expected 3 to be 4\u001b[39m',
      ...Array(40).fill('noise'),
      '##[error]Process completed with exit code 1.',
    ),
  },
  jobAnnotations: {
    unit: [
      { path: 'a.test.ts', line: 7, message: 'expected 3 to be 4', title: 'adds two' },
      { path: '.github', line: 1, message: 'Process completed with exit code 1.' },
      { path: '.github', line: 1, message: 'Node 16 is old', level: 'warning' },
    ],
  },
}

describe('WORKFLOW WHY', () => {
  it('says which step of which job failed, its annotations and the first error', async () => {
    const run = await endedRun(space, failing)
    const { status, out, err } = await why(`core/${run.id}`)
    expect([status, err]).toEqual([0, ''])
    expect(out.split('\n').slice(0, 8)).toEqual([
      `tests.yml #${run.id} ended with failure: ${space.github.gitUrl}/uDOS/engine/actions/runs/${run.id}`,
      '',
      '== unit / 2 Test',
      'a.test.ts:7: adds two: expected 3 to be 4',
      'Run npm test',
      'begin',
      ' FAIL  a.test.ts > adds two',
      'AssertionError: expected 3 to be 4',
    ])
  })

  it('--json has the keys of the contract', async () => {
    const run = await endedRun(space, failing)
    const { json } = await why('core/tests', '--json')
    const page = `${space.github.gitUrl}/uDOS/engine/actions/runs/${run.id}`
    const [job] = run.jobs
    expect(json).toEqual({
      ...{ run_id: run.id, attempt: 1, status: 'completed', conclusion: 'failure', html_url: page },
      ...{ repo: 'uDOS/engine', workflow: 'tests.yml', annotations: [], truncated: false },
      jobs: [
        {
          ...{
            id: job?.id,
            name: 'unit',
            conclusion: 'failure',
            html_url: `${page}/job/${job?.id}`,
          },
          step: { number: 2, name: 'Test' },
          annotations: [
            {
              ...{ level: 'failure', path: 'a.test.ts', line: 7, title: 'adds two' },
              message: 'expected 3 to be 4',
            },
          ],
          excerpt: expect.stringMatching(/^Run npm test\nbegin\n FAIL .*(?:\nnoise)+\n$/s),
          ...{ log_lines: 45, truncated: false, error: null },
        },
      ],
    })
  })

  it('takes a repository, a branch and a commit', async () => {
    const bad = await endedRun(space, failing)
    const worse = await endedRun(space, { conclusion: 'timed_out', jobs: ['night'] }, 'nightly.yml')
    const good = await endedRun(space)
    expect((await why('core', '--json')).json.run_id).toBe(good.id)
    expect((await why('core', '--branch', 'main', '--json')).json.conclusion).toBe('success')
    expect((await why('core')).out).toMatch(/succeeded; nothing failed/)
    const { json } = await why('uDOS/engine', '--commit', bad.sha, '--json')
    expect(json.map((one: { run_id: number }) => one.run_id)).toEqual([worse.id, bad.id])
    expect((await why('core/tests', '--commit', bad.sha, '--json')).json).toHaveLength(1)
    expect((await why('core', '--branch', 'none')).status).toBe(3)
    expect((await why('core', '--commit', 'f'.repeat(40))).status).toBe(3)
    expect((await why(`core/${bad.id}`, '--commit', bad.sha)).status).toBe(2)
  })

  it('of a run that goes on, tells the jobs that have failed', async () => {
    const run = await endedRun(space, failing)
    run.status = 'in_progress'
    run.conclusion = null
    const [, docs] = run.jobs
    if (docs) Object.assign(docs, { status: 'in_progress', conclusion: null })
    const { status, out } = await why(`core/${run.id}`)
    expect(status).toBe(0)
    expect(out).toMatch(/is in progress; 1 failed so far/)
    expect(out).toContain('AssertionError')
  })

  it('of a run that never started, and of one that was cancelled, has their annotations', async () => {
    const broken = [{ path: '.github/workflows/tests.yml', line: 3, message: 'Unexpected value' }]
    const run = await endedRun(space, { conclusion: 'startup_failure', annotations: broken })
    const never = await why(`core/${run.id}`, '--json')
    expect([never.status, never.json.jobs]).toEqual([0, []])
    expect(never.json.annotations).toMatchObject(broken)
    const message = "Canceling since a higher priority waiting request for 'main' exists"
    const cancelled = await endedRun(space, {
      conclusion: 'cancelled',
      jobAnnotations: { unit: [{ path: '.github', line: 1, message }] },
    })
    expect((await why(`core/${cancelled.id}`)).out).toMatch(
      new RegExp(`ended with cancelled: .*\n${message}\n$`),
    )
  })

  it('stays within --max-bytes, fairly over the jobs, and says so', async () => {
    const run = await manyFailed(300, log(...Array(100).fill('x'.repeat(80)), 'error: broken'))
    const { json } = await why(`core/${run.id}`, '--json')
    const sizes = json.jobs.map(({ excerpt }: { excerpt: string | null }) => excerpt?.length ?? 0)
    expect(json.jobs).toHaveLength(300)
    expect(sizes.reduce((sum: number, size: number) => sum + size)).toBeLessThanOrEqual(16_384)
    expect(sizes.filter((size: number) => size > 0)).toHaveLength(81)
    expect([json.truncated, json.jobs[299].truncated]).toEqual([true, true])
    const { out } = await why(`core/${run.id}`, '--max-bytes', '1000')
    expect(out).toContain('some lines are left out')
  })

  it('costs at most 3 requests, and 2 a failed job', async () => {
    const run = await manyFailed(5, log('error: broken'))
    const before = space.github.requests.length
    await why(`core/${run.id}`)
    const asked = space.github.requests.slice(before).filter(({ origin }) => origin === 'api')
    expect(asked.length).toBeLessThanOrEqual(3 + 2 * 5)
  })

  it.each([
    ['annotations are refused', { path: /annotations/, status: 403 }, 'AssertionError'],
    ['the log is gone', { path: /jobs\/\d+\/logs/, status: 410 }, 'expected 3 to be 4'],
  ])('what can be read is printed where %s', async (_what, fault, text) => {
    const run = await endedRun(space, failing)
    space.github.fail({ origin: 'api', ...fault })
    const { status, out } = await why(`core/${run.id}`)
    expect([status, out]).toEqual([0, expect.stringContaining(text)])
  })

  it('where a limit leaves nothing to read, that is the exit status, and the run is printed', async () => {
    const run = await endedRun(space, failing)
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4102444800' }
    space.github.fail({ origin: 'api', path: /annotations|logs/, status: 403, headers })
    const { status, json, err } = await why(`core/${run.id}`, '--json', '--timeout', '60')
    expect([status, json.run_id]).toEqual([5, run.id])
    expect(JSON.parse(err).error.code).toBe('GITHUB_RATE_LIMIT')
  })

  it('lets nothing from elsewhere move the cursor', async () => {
    const run = await endedRun(space, failing)
    const { shown } = await space.run(['WORKFLOW', 'WHY', `core/${run.id}`], { columns: 80 })
    expect(shown).not.toContain('title')
  })
})

/** A run with so many failed jobs of one log. */
async function manyFailed(count: number, text: string): Promise<Run> {
  const run = await endedRun(space, { conclusion: 'failure', logs: { unit: text, docs: text } })
  const [unit] = run.jobs
  if (unit === undefined) throw new Error('it has no jobs')
  run.jobs = Array.from({ length: count }, (_, index) => ({
    ...unit,
    id: unit.id * 1000 + index,
    name: `unit ${index}`,
  }))
  return run
}
