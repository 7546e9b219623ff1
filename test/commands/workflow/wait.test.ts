import { chmod, mkdir, readdir, readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { endedRun, lastRun, onDispatch, openActions } from '../../support/actions.js'
import type { Workspace } from '../../support/workspace.js'

let space: Workspace
beforeEach(async () => {
  space = await openActions()
})
afterEach(() => space.close())

const runWait = ['WORKFLOW', 'RUN', 'core/tests', '--wait', '--interval', '1']
const wait = (...args: string[]) => space.wizard(...runWait, ...args)

const log = Array.from({ length: 150 }, (_, i) => `line ${i + 1}\n`).join('')

/** Each dispatched run ends before its dispatch is answered. */
const ends = (end: Parameters<typeof space.github.actions.finish>[1]) =>
  onDispatch(space, (run) => space.github.actions.finish(run, end))

const fails = () =>
  ends({ conclusion: 'failure', jobs: ['unit'], logs: { unit: log, docs: 'fine\n' } })

describe('WORKFLOW RUN --wait', () => {
  it('success is exit 0, and each change is one plain line', { tags: ['deep'] }, async () => {
    onDispatch(space, (run) => space.github.actions.start(run))
    const running = space.begin(runWait)
    await running.said(/unit: in progress/)
    space.github.actions.finish(lastRun(space))
    const { status, out, err } = await running.ended
    const { id } = lastRun(space)
    expect(status).toBe(0)
    expect(out).toMatch(new RegExp(`^✅ tests.yml success in \\d+ s: .*/runs/${id}\n$`))
    expect(err).toContain(`engine/tests.yml #${id} dispatched on main: `)
    expect(err).toContain(`engine/tests.yml #${id} in progress\n`)
    expect(err).toContain('    unit / Test: ✅ success\n')
    expect(err).toContain('  docs: ✅ success\n')
    expect(err).not.toContain('\u001b')
  })

  it('failure is exit 1, after the last hundred lines of the failed step', {
    tags: ['deep'],
  }, async () => {
    fails()
    const { status, err } = await wait()
    expect(status).toBe(1)
    expect(err).toContain('== unit / 2 Test (the last 100 lines)\nline 51\n')
    expect(err).toContain('line 150\n')
    expect(err).not.toContain('line 50\n')
    expect(err).not.toContain('fine')
    expect(err).toMatch(/\nerror: tests.yml ended with failure: .*\nhint: .*--failed/)
  })

  it('--json is the document alone, with jobs and steps, and the error as one', {
    tags: ['deep'],
  }, async () => {
    fails()
    const { status, json, err } = await wait('--json')
    expect(status).toBe(1)
    expect(json).toMatchObject({ conclusion: 'failure', status: 'completed', artifacts: [] })
    expect(json.completed_at).toMatch(/Z$/)
    expect(json.duration_seconds).toBeTypeOf('number')
    const [unit] = json.jobs
    expect(Object.keys(unit)).toEqual([
      'id',
      'name',
      'status',
      'conclusion',
      'started_at',
      'completed_at',
      'steps',
    ])
    expect(unit.steps[1]).toMatchObject({ number: 2, name: 'Test', conclusion: 'failure' })
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'FAILED' } })
  })

  it.each([
    ['neutral', 0],
    ['skipped', 0],
    ['cancelled', 1],
    ['timed_out', 1],
    ['action_required', 1],
  ] as const)('%s is exit %i', async (conclusion, exit) => {
    ends({ conclusion })
    expect((await wait()).status).toBe(exit)
  })

  it('--logs all shows every job, --logs none nothing', async () => {
    fails()
    const all = await wait('--logs', 'all')
    expect(all.err).toContain('line 1\n')
    expect(all.err).toContain('fine\n')
    const none = await wait('--logs', 'none')
    expect([none.status, none.err]).toEqual([1, expect.not.stringContaining('line 1')])
  })

  it('--quiet says the result alone of a success, and the reason of a failure', {
    tags: ['deep'],
  }, async () => {
    ends({})
    const good = await wait('--quiet')
    expect([good.status, good.out, good.err]).toEqual([0, expect.stringMatching(/^✅.*\n$/), ''])
    fails()
    const bad = await wait('--quiet')
    expect([bad.status, bad.err]).toEqual([1, expect.stringContaining('line 150\n')])
  })

  it('inside Actions the error is a command, and no line of the log is one', async () => {
    ends({ conclusion: 'failure', jobs: ['unit'], logs: { unit: '::set-output name=a::b\n' } })
    const { status, err } = await space.run(runWait, { env: { GITHUB_ACTIONS: 'true' } })
    const [, mark] = /^::stop-commands::(\S+)$/m.exec(err) ?? []
    const [begin, line, end, error] = [
      `::stop-commands::${mark}\n`,
      '\n::set-output',
      `\n::${mark}::\n`,
      '\n::error::tests.yml ended with failure',
    ].map((text) => err.indexOf(text))
    expect([begin, line, end, error]).toEqual(
      [begin, line, end, error].sort((a = 0, b = 0) => a - b),
    )
    expect(begin).toBeGreaterThan(-1)
    expect(status).toBe(1)
  })

  it('a log that cannot be had does not hide that the run failed', async () => {
    fails()
    space.github.fail({ path: /\/logs$/, status: 404, body: { message: 'Not Found' } })
    const { status, err } = await wait()
    expect([status, err]).toEqual([1, expect.stringContaining('ended with failure')])
  })

  it('a run that never started says why, with its place in the file', async () => {
    const path = '.github/workflows/tests.yml'
    const annotations = [{ path, line: 7, message: "Unexpected value 'step'" }]
    ends({ conclusion: 'startup_failure', annotations })
    const { status, err } = await wait()
    expect(status).toBe(1)
    expect(err).toContain(`${path}:7: Unexpected value 'step'\n`)
    expect(err).toMatch(
      /ended with startup_failure, before any job: .*\/runs\/\d+\nhint: the page says why/,
    )
    expect(err).not.toContain('LOGS')
  })

  it('storage that refuses the log does not either, and is named', async () => {
    fails()
    space.github.fail({ origin: 'storage', status: 403, body: '<Error/>' })
    const { status, err } = await wait()
    expect([status, err]).toEqual([1, expect.stringContaining('ended with failure')])
    expect(err).toMatch(/warning: can't show the logs: 127\.0\.0\.1:\d+, where .* answered 403/)
    expect(err).not.toContain('token')
  })

  it('--timeout is exit 7 with the document; the run goes on', async () => {
    const { status, json, err } = await wait('--timeout', '3', '--json')
    expect([status, json.status, json.conclusion]).toEqual([7, 'queued', null])
    expect(JSON.parse(err).error).toMatchObject({ code: 'TIMEOUT' })
    expect(err).toContain(`wizard WORKFLOW WATCH uDOS/engine/${json.run_id}`)
    expect(lastRun(space).status).toBe('queued')
  })

  it('--cancel-on-interrupt cancels it', async () => {
    const running = space.begin([...runWait, '--cancel-on-interrupt'])
    await running.said(/dispatched/)
    running.interrupt()
    const { status, err } = await running.ended
    expect([status, lastRun(space).conclusion]).toEqual([130, 'cancelled'])
    expect(err).toContain('is being cancelled')
  })

  it('polls that fail are no failed run', async () => {
    ends({})
    space.github.fail({ path: /\/actions\/runs\/\d+$/, times: 4, status: 502, body: 'Bad Gateway' })
    const { status, err } = await wait()
    expect([status, err]).toEqual([0, expect.stringContaining('did not answer')])
  })

  it('an approval that is waited for is told once, with its address', async () => {
    onDispatch(space, (run) => space.github.actions.hold(run))
    const running = space.begin(runWait)
    await running.said(/waits for an approval: .*\/runs\//)
    space.github.actions.finish(lastRun(space))
    const { status, err } = await running.ended
    expect([status, err.match(/waits for an approval/g)]).toEqual([0, ['waits for an approval']])
  })

  it.each([
    ['a signal', 130, 'INTERRUPTED', null],
    ['a refused token', 4, 'GITHUB_AUTH', { status: 401, body: { message: 'Bad credentials' } }],
    [
      'a run that is deleted',
      3,
      'GITHUB_NOT_FOUND',
      { status: 404, body: { message: 'Not Found' } },
    ],
  ])('--json is the document too where %s ends the wait', async (_what, exit, code, fault) => {
    onDispatch(space, (run) => space.github.actions.start(run))
    const running = space.begin([...runWait, '--json'])
    await vi.waitUntil(() => space.github.requests.some(({ path }) => /\/jobs/.test(path)))
    if (fault === null) running.interrupt()
    else space.github.fail({ path: /\/actions\/runs\//, ...fault })
    const { status, json, err } = await running.ended
    expect([status, json.run_id, json.conclusion]).toEqual([exit, lastRun(space).id, null])
    const { error } = JSON.parse(err)
    expect(error.code).toBe(code)
    expect(/continues/.test(error.hint)).toBe(exit !== 3)
  })

  it('an interrupted WATCH of a commit is the document of its runs', async () => {
    const run = await space.github.actions.add('uDOS/engine', { workflow: 'tests.yml' })
    const args = ['WORKFLOW', 'WATCH', 'uDOS/engine', '--commit', 'main', '--json']
    const running = space.begin(args)
    await vi.waitUntil(() => space.github.requests.some(({ path }) => /head_sha/.test(path)))
    space.github.actions.start(run)
    running.interrupt()
    const { status, json, err } = await running.ended
    expect([status, Array.isArray(json)]).toEqual([130, true])
    expect(JSON.parse(err).error.hint).toContain('WORKFLOW WATCH uDOS/engine --commit')
  })

  it('an input that is given twice is exit 2, and nothing starts', async () => {
    const { status, err } = await wait('suite=unit', 'suite=e2e')
    expect([status, err]).toEqual([2, expect.stringContaining('the input suite is given twice')])
    expect(space.github.actions.runs('uDOS/engine')).toEqual([])
  })

  it('a time-out below a second is told as it is', async () => {
    const { err } = await wait('--timeout', '0.5')
    expect(err).toMatch(/after 0\.[1-9] s/)
  })

  it('a token that is refused half-way is exit 4, and how to come back is told', async () => {
    const running = space.begin(runWait)
    await running.said(/dispatched/)
    space.github.fail({
      path: /\/actions\/runs\//,
      status: 401,
      body: { message: 'Bad credentials' },
    })
    const { status, err } = await running.ended
    expect([status, err]).toEqual([4, expect.stringContaining('WORKFLOW WATCH uDOS/engine/')])
  })

  it('a token that gh has renewed meanwhile is taken', { tags: ['deep'] }, async () => {
    await space.close()
    space = await openActions({ tokens: ['ghp_first', 'ghp_second'], settings: { token: null } })
    await mkdir(space.path('bin'))
    await space.write('bin/gh', `#!/bin/sh\ncat '${space.path('gh-token')}'\n`)
    await chmod(space.path('bin/gh'), 0o755)
    await space.write('gh-token', 'ghp_first\n')
    const env = { PATH: `${space.path('bin')}:${process.env.PATH}` }
    const running = space.begin(runWait, { env })
    await running.said(/dispatched/)
    await space.write('gh-token', 'ghp_second\n')
    space.github.world.tokens.delete('ghp_first')
    space.github.actions.finish(lastRun(space))
    const { status, err } = await running.ended
    expect([status, err]).toEqual([0, expect.anything()])
  })

  it('--download puts artifacts into DIR/NAME, and their paths into the document', async () => {
    onDispatch(space, (run) => {
      space.github.actions.addArtifact(run, 'dist', [{ name: 'a/b.txt', content: 'hello' }])
      space.github.actions.finish(run)
    })
    const { status, json } = await wait('--download', 'out', '--json')
    const path = space.path('out', 'dist')
    expect([status, json.artifacts]).toEqual([
      0,
      [{ name: 'dist', path, size: expect.any(Number) }],
    ])
    expect(await space.read('out/dist/a/b.txt')).toBe('hello')
  })

  it('--download of what cannot be unpacked is an error; the document still is there', async () => {
    onDispatch(space, (run) => {
      space.github.actions.addArtifact(run, 'dist', [{ name: '../b.txt', content: 'hello' }])
      space.github.actions.finish(run)
    })
    const { status, json, err } = await wait('--download', 'out', '--json')
    expect([status, json.conclusion, json.artifacts[0].path]).toEqual([2, 'success', null])
    expect(JSON.parse(err).error.code).toBe('PATH')
  })

  it('--download of a failed run that left no artifact is its failure, with the document', async () => {
    fails()
    const { status, json } = await wait('--download', 'out', '--json')
    expect([status, json.conclusion]).toEqual([1, 'failure'])
  })

  it('the workflow log has the dispatch, each change, the conclusion and the seconds', async () => {
    fails()
    await wait()
    const [file] = (await readdir(space.path('memory/logs'))).filter((name) =>
      name.startsWith('github-workflows-'),
    )
    const text = await readFile(space.path('memory/logs', file ?? ''), 'utf8')
    const { id } = lastRun(space)
    expect(text).toMatch(
      new RegExp(
        `^\\[[-0-9: ]{19}\\] \\[INFO\\] \\[WORKFLOWS?\\] engine/tests.yml #${id} dispatched`,
      ),
    )
    expect(text).toMatch(/\[ERROR\] \[WORKFLOWS?\] engine\/tests.yml #\d+ ❌ failure \(\d+ s\)/)
  })
})

describe('WORKFLOW WATCH', () => {
  const watch = (...args: string[]) => space.wizard('WORKFLOW', 'WATCH', ...args)

  it('a run, with the same exit status and document as RUN --wait', async () => {
    const { id } = await endedRun(space, { conclusion: 'failure', logs: { unit: log } })
    const { status, json } = await watch(`core/${id}`, '--json')
    expect([status, json.run_id, json.jobs.length]).toEqual([1, id, 2])
  })

  it('tells why it failed, as RUN --wait does', async () => {
    const { id } = await endedRun(space, { conclusion: 'failure', logs: { unit: log } })
    expect((await watch(`core/${id}`)).err).toContain('line 150\n')
  })

  it('the newest run of a workflow, which is named on stderr', async () => {
    await endedRun(space, { conclusion: 'failure' })
    const { id } = await endedRun(space)
    const { status, err } = await watch('core/tests')
    expect([status, err]).toEqual([0, expect.stringContaining(`newest run of tests.yml: ${id}`)])
  })

  it('the address of a run', async () => {
    const { id } = await endedRun(space)
    const address = `${space.github.gitUrl}/uDOS/engine/actions/runs/${id}`
    expect((await watch(address)).status).toBe(0)
    expect((await watch(`${address}/job/5`)).status).toBe(0)
  })

  it('--workflow without --commit, and nothing at all, are exit 2', async () => {
    expect((await watch('uDOS/engine', '--workflow', 'tests')).status).toBe(2)
    expect((await watch()).status).toBe(2)
    const commit = ['uDOS/engine', '--commit', 'main']
    expect((await watch(...commit, '--cancel-on-interrupt')).status).toBe(2)
  })

  it('--commit --workflow: the runs of that one alone; the others may fail', {
    tags: ['deep'],
  }, async () => {
    const bad = await endedRun(space, { conclusion: 'failure' })
    const good = await endedRun(space, {}, 'nightly.yml')
    // After this time no other run of the commit is expected.
    for (const run of [bad, good]) run.createdAt = '2026-01-14T12:00:00Z'
    const sha = await space.github.oid('uDOS/engine')
    const one = await watch('uDOS/engine', '--commit', sha, '--workflow', 'nightly.yml', '--json')
    expect([one.status, one.json.length]).toEqual([0, 1])
    const all = await watch('uDOS/engine', '--commit', sha, '--json')
    expect([all.status, all.json.length]).toEqual([1, 2])
    const around = await watch('-R', 'uDOS/engine', '--commit', sha)
    expect([around.status, around.out]).toEqual([
      1,
      expect.stringMatching(/❌ tests.yml.*\n✅|✅.*\n❌/),
    ])
    expect(around.err).toContain('== unit / 2 Test')
  })

  it('--commit that there is not is exit 3', async () => {
    expect((await watch('uDOS/engine', '--commit', 'f'.repeat(40))).status).toBe(3)
  })

  it('--commit whose runs have not appeared is exit 7, with what there is', async () => {
    const sha = await space.github.oid('uDOS/engine')
    const { status, json } = await watch('uDOS/engine', '--commit', sha, '--timeout', '1', '--json')
    expect([status, json]).toEqual([7, []])
  })

  it('--commit, interrupted: exit 130, and how to come back is told', async () => {
    await space.github.actions.add('uDOS/engine', { workflow: 'tests.yml' })
    const sha = await space.github.oid('uDOS/engine')
    const command = ['WORKFLOW', 'WATCH', 'uDOS/engine', '--commit', sha, '--verbose']
    const running = space.begin(command)
    await running.said(/\/actions\/runs\?.* 200/)
    running.interrupt()
    const { status, err } = await running.ended
    expect(status).toBe(130)
    expect(err).toContain(`wizard WORKFLOW WATCH uDOS/engine --commit ${sha}`)
  })
})
