import { once } from 'node:events'
import { mkdir, readFile } from 'node:fs/promises'
import type { Run } from 'local-github'
import { afterEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { onDispatch, openActions } from '../../support/actions.js'
import { type TestClock, testClock } from '../../support/clock.js'
import type { InProcess } from '../../support/in-process.js'
import type { Workspace, WorkspaceOptions } from '../../support/workspace.js'

let space: Workspace
let clock: TestClock
afterEach(() => space.close())

const nightly = {
  file: 'tests.yml',
  ref: 'main',
  inputs: { suite: 'e2e' },
  run_schedule: '0 2 * * *',
  timezone: 'UTC',
}
type Entry = Partial<Record<keyof typeof nightly, unknown>>

async function configure(workflows: Record<string, Entry | string>, root = 'config') {
  const components = { core: { repo: 'engine', workflows } }
  await space.write(`${root}/components.yaml`, stringify({ components }))
}

/** At noon, of GitHub's clock too; the schedules are seen for the first time. */
async function open(
  workflows: Record<string, Entry | string> = { nightly },
  options: WorkspaceOptions = {},
): Promise<void> {
  clock = testClock()
  space = await openActions({ now: () => new Date(clock.now()), ...options })
  await configure(workflows)
  expect(await due()).toMatchObject({ status: 0, json: [] })
  expect(requests()).toEqual([])
}

const due = (...args: string[]) => start(['--json', ...args])
const start = (args: string[], run: Partial<InProcess> = {}) =>
  space.run(['WORKFLOW', 'RUN', '--due', ...args], { clock, ...run })
const runs = (): Run[] => space.github.actions.runs('uDOS/engine')
const requests = () => space.github.requests.filter(({ origin }) => origin === 'api')
const dispatches = () => requests().filter(({ path }) => /dispatches$/.test(path)).length
const hours = (count: number) => clock.pass(count * 3_600_000)
const log = async () => {
  const [day] = new Date(clock.now()).toISOString().split('T')
  return readFile(space.path(`memory/logs/github-workflows-${day}.log`), 'utf8')
}

describe('WORKFLOW RUN --due', () => {
  it('dispatches what fell due since it was first seen, with its ref and inputs, once', async () => {
    await open()
    await space.github.branch('uDOS/engine', 'develop')
    await configure({ nightly: { ...nightly, ref: 'develop' } })
    await hours(14.25)
    const { status, json, err } = await due()
    const [run] = runs()
    expect(json).toEqual([
      {
        workflow: 'core/nightly',
        run_id: run?.id,
        due_at: '2026-01-15T02:00:00.000Z',
        late_seconds: 900,
        status: 'dispatched',
        html_url: `${space.github.gitUrl}/uDOS/engine/actions/runs/${run?.id}`,
        repo: 'uDOS/engine',
        error: null,
      },
    ])
    expect([status, err]).toEqual([0, ''])
    expect(run).toMatchObject({ branch: 'develop', inputs: { suite: 'e2e' } })
    expect((await due()).json).toEqual([])
    await hours(24)
    expect((await due()).json).toMatchObject([{ due_at: '2026-01-16T02:00:00.000Z' }])
    expect(runs()).toHaveLength(2)
  })

  it('dispatches once what was missed twice; how late it is, is said and logged', async () => {
    await open()
    await hours(48)
    const { status, out, err } = await start([])
    const [run] = runs()
    expect(runs()).toHaveLength(1)
    expect([status, out]).toEqual([
      0,
      `core/nightly\t${space.github.gitUrl}/uDOS/engine/actions/runs/${run?.id}\n`,
    ])
    expect(err).toMatch(/^core\/nightly was due at 2026-01-15 \S+, 1 day ago$/m)
    expect(await log()).toMatch(/\[INFO\] .*core\/nightly was due at 2026-01-15 \S+, 1 day ago/)
    expect((await due()).json).toEqual([])
  })

  it('on a terminal says what is next where nothing is due; --quiet says nothing', async () => {
    await open()
    const { shown } = await start([], { columns: 80 })
    expect(shown).toContain('nothing is due; core/nightly is next, in 14 hours')
    await hours(15)
    expect(await start(['--quiet'])).toMatchObject({ status: 0, out: '', err: '' })
    expect(runs()).toHaveLength(1)
  })

  it('takes components and workflows as targets', async () => {
    await open({ nightly, weekly: { ...nightly, inputs: {} }, tests: 'tests.yml' })
    await hours(24)
    expect((await due('CORE/Weekly')).json).toMatchObject([{ workflow: 'core/weekly' }])
    expect((await due('core')).json).toMatchObject([{ workflow: 'core/nightly' }])
    expect(await due('core/tests')).toMatchObject({
      status: 3,
      err: expect.stringContaining('core/tests has no run_schedule'),
    })
    expect(await due('core/weakly')).toMatchObject({
      status: 3,
      err: expect.stringMatching(
        /no component or workflow core\/weakly.*did you mean core\/weekly/,
      ),
    })
  })

  it.each([
    [['core/nightly', 'suite=unit'], '--due takes no inputs, got suite=unit'],
    [['--ref', 'main'], '--due and --ref exclude each other'],
    [['--wait'], '--due and --wait exclude each other'],
    [['-R', 'uDOS/engine'], '--due and --repo exclude each other'],
  ])('%j is exit 2', async (args, message) => {
    await open()
    const { status, err } = await due(...args)
    expect([status, err]).toEqual([2, expect.stringContaining(message)])
  })

  it('a changed schedule, and one that was away, count from when they are seen', async () => {
    await open()
    await hours(24)
    await configure({ nightly: { ...nightly, run_schedule: '0 9 * * *' } })
    expect((await due()).json).toEqual([])
    await hours(24)
    expect((await due()).json).toMatchObject([{ due_at: '2026-01-16T09:00:00.000Z' }])
    await configure({})
    await due()
    await hours(240)
    await configure({ nightly: { ...nightly, run_schedule: '0 9 * * *' } })
    expect((await due()).json).toEqual([])
  })
})

describe('a dispatch', () => {
  it('that is refused is exit 1 with the document, and stays due', async () => {
    await open({ broken: { ...nightly, file: 'push.yml', inputs: {} }, nightly })
    await hours(15)
    const { status, json, err } = await due()
    expect([status, json]).toMatchObject([
      1,
      [
        { workflow: 'core/broken', status: 'failed', run_id: null, error: { status: 422 } },
        { workflow: 'core/nightly', status: 'dispatched' },
      ],
    ])
    expect(err).toContain('1 of 2 due workflows not dispatched; still due')
    await hours(1)
    const again = await start(['--quiet'])
    expect(again).toMatchObject({ status: 1, out: expect.stringContaining('❌ core/broken: ') })
    expect(runs()).toHaveLength(1)
    await configure({ broken: { ...nightly, inputs: {} }, nightly })
    expect((await due()).json).toMatchObject([
      {
        workflow: 'core/broken',
        due_at: '2026-01-15T02:00:00.000Z',
        late_seconds: 7200,
      },
    ])
  })

  it.each([
    ['a token that may not', { status: 403, body: { message: 'Resource not accessible' } }, 4],
    ['a workflow that is gone', { status: 404, body: { message: 'Not Found' } }, 1],
  ])('by %s stays due', async (_what, fault, exit) => {
    await open()
    await hours(15)
    const broken = space.github.fail({ path: /dispatches$/, ...fault })
    expect(await due()).toMatchObject({ status: exit, json: [{ status: 'failed', run_id: null }] })
    broken.remove()
    expect(await due()).toMatchObject({ status: 0, json: [{ status: 'dispatched' }] })
  })

  it('that is not answered counts as dispatched, and is said', async () => {
    await open()
    await hours(15)
    space.github.fail({ path: /dispatches$/, dropAnswer: true, times: 1 })
    const { status, out } = await start(['--quiet'])
    expect(status).toBe(0)
    expect(out).toMatch(/^core\/nightly counts as dispatched: the answer .* was lost.*\n {3}hint: /)
    expect((await due()).json).toEqual([])
    expect([runs().length, dispatches()]).toEqual([1, 1])
    expect(await log()).toContain('[WARN]')
  })

  it('that GitHub lost is not repeated either', async () => {
    await open()
    await hours(15)
    const fault = space.github.fail({ path: /dispatches$/, status: 502 })
    const lost = { run_id: null, status: 'unanswered', error: { code: 'GITHUB_NETWORK' } }
    expect(await due()).toMatchObject({ status: 0, json: [lost] })
    fault.remove()
    expect((await due()).json).toEqual([])
  })
})

describe('a run of wizard that was stopped while it dispatched', () => {
  const stopped = async () => {
    await open()
    await hours(15)
    const running = space.begin(['WORKFLOW', 'RUN', '--due'], { clock })
    space.github.actions.onDispatch(() => {
      running.interrupt()
      return new Promise(() => {})
    })
    expect((await running.ended).status).toBe(130)
    space.github.actions.onDispatch(() => {})
  }

  it('has dispatched it, where GitHub lists its run', async () => {
    await stopped()
    const [run] = runs()
    const { json, err } = await due()
    expect(json).toMatchObject([{ run_id: run?.id, status: 'found', late_seconds: 3660 }])
    expect(err).toBe('')
    expect((await due()).json).toEqual([])
    expect(runs()).toHaveLength(1)
  })

  it('has dispatched it, where GitHub lists its run some time later', async () => {
    await stopped()
    const [run] = runs()
    if (run) run.listedFrom = new Date(clock.now() + 40_000).toISOString()
    const { json } = await due()
    expect(json).toMatchObject([{ run_id: run?.id, status: 'found' }])
    expect(runs()).toHaveLength(1)
  })

  it('has not, where GitHub lists none after a minute', async () => {
    await stopped()
    space.github.actions.runs('uDOS/engine').splice(0)
    const before = clock.seconds()
    expect((await due()).json).toMatchObject([{ status: 'dispatched' }])
    expect(clock.seconds() - before).toBeGreaterThanOrEqual(60)
    expect((await due()).json).toEqual([])
  })
})

it('a kill in the middle of a dispatch does not lead to another one', {
  tags: ['deep'],
}, async () => {
  space = await openActions()
  await configure({ nightly })
  clock = testClock(Date.now() - 25 * 3_600_000)
  expect((await due()).json).toEqual([])
  const asked = new Promise((resolve) => {
    space.github.actions.onDispatch((run) => {
      resolve(run)
      return new Promise(() => {})
    })
  })
  const child = space.start(['WORKFLOW', 'RUN', '--due'])
  const gone = once(child, 'exit')
  await asked
  child.kill('SIGKILL')
  await gone
  clock = testClock(Date.now() + 120_000)
  expect((await due()).json).toMatchObject([{ run_id: runs()[0]?.id, status: 'found' }])
  expect((await due()).json).toEqual([])
  expect([runs().length, dispatches()]).toEqual([1, 1])
})

describe('two machines with the same configuration', () => {
  const other = () => start(['--json', '--root', space.path('other')])
  const both = async () => {
    await mkdir(space.path('other'))
    expect((await other()).json).toEqual([])
  }

  it('dispatch once', async () => {
    await open({ nightly, weekly: { ...nightly, inputs: {} } })
    await both()
    await hours(14.1)
    const first = (await due()).json
    await hours(0.2)
    const second = (await other()).json
    expect(second).toMatchObject(
      first.map(({ workflow, run_id }: { workflow: string; run_id: number }) => ({
        ...{ workflow, run_id },
        ...{ status: 'found', late_seconds: 1080 },
      })),
    )
    expect(runs()).toHaveLength(2)
    expect((await other()).json).toEqual([])
  })

  it('do not take a dispatch for an earlier time, by somebody else or elsewhere for their own', async () => {
    await open()
    await both()
    await hours(15)
    await due()
    await hours(23.5)
    const add = { workflow: 'tests.yml', event: 'workflow_dispatch' }
    await space.github.branch('uDOS/engine', 'develop')
    await space.github.actions.add('uDOS/engine', { ...add, actor: 'neighbour' })
    await space.github.actions.add('uDOS/engine', { ...add, branch: 'develop' })
    await space.github.actions.add('uDOS/engine', { ...add, event: 'push' })
    const { json } = await other()
    expect(json).toMatchObject([
      { status: 'dispatched', due_at: '2026-01-16T02:00:00.000Z', late_seconds: 1800 },
    ])
    expect(dispatches()).toBe(2)
  })

  it('tell apart two entries of one workflow, however often one of them ran', async () => {
    const broken = { ...nightly, inputs: { suite: 'none' } }
    await open({ nightly: broken, hourly: { ...nightly, run_schedule: '30 * * * *' } })
    await hours(14)
    for (let hour = 0; hour < 3; hour++) {
      await hours(1)
      expect((await due()).json).toMatchObject([
        { workflow: 'core/nightly', status: 'failed' },
        { workflow: 'core/hourly', status: 'dispatched' },
      ])
    }
    await configure({ nightly, hourly: { ...nightly, run_schedule: '30 * * * *' } })
    expect((await due()).json).toMatchObject([{ workflow: 'core/nightly', status: 'dispatched' }])
    expect(runs()).toHaveLength(4)
  })

  it('in one root run one after another: exit 75', async () => {
    await open()
    await hours(15)
    const running = space.begin(['WORKFLOW', 'RUN', '--due'], { clock })
    let second: Promise<unknown> | undefined
    onDispatch(space, async () => {
      second = due('--lock-wait', '5')
      expect(await second).toMatchObject({
        status: 75,
        err: expect.stringContaining('WORKFLOW RUN'),
      })
    })
    expect((await running.ended).status).toBe(0)
    expect(second).toBeDefined()
    expect(runs()).toHaveLength(1)
  })
})

describe('the clock', () => {
  it('that is set back dispatches nothing twice', async () => {
    await open()
    await hours(14.1)
    await due()
    clock = testClock(Date.parse('2026-01-15T01:30:00Z'))
    expect((await due()).json).toEqual([])
    await hours(1)
    expect((await due()).json).toEqual([])
    await hours(24)
    expect((await due()).json).toMatchObject([{ due_at: '2026-01-16T02:00:00.000Z' }])
  })

  it('that was years ahead is no reason to wait for years', async () => {
    await open()
    clock = testClock(Date.parse('2036-01-15T03:00:00Z'))
    await due()
    clock = testClock(Date.parse('2026-01-15T01:30:00Z'))
    const { err } = await start([])
    expect(err).toContain('the clock was set back by more than a day, so core/nightly counts from')
    await hours(1)
    expect((await due()).json).toMatchObject([{ due_at: '2026-01-15T02:00:00.000Z' }])
  })

  it.each([
    ['2026-03-29T00:30:00Z', ['2026-03-29T01:00:00.000Z']],
    ['2026-10-25T00:10:00Z', ['2026-10-25T00:30:00.000Z']],
  ])('that is changed in summer and winter, from %s', async (from, times) => {
    await open({ nightly: { ...nightly, run_schedule: '30 2 * * *', timezone: 'Europe/Berlin' } })
    clock = testClock(Date.parse(from))
    await configure({
      night: { ...nightly, run_schedule: '30 2 * * *', timezone: 'Europe/Berlin' },
    })
    const found: string[] = []
    for (let quarter = 0; quarter < 16; quarter++) {
      for (const one of (await due()).json) found.push(one.due_at)
      await hours(0.25)
    }
    expect(found).toEqual(times)
    expect(runs()).toHaveLength(1)
  })
})

describe('what is remembered', () => {
  it('counts from now where it is damaged, and is kept', async () => {
    await open()
    await space.write('.wizard/run-schedules.json', '{"version":1,')
    await hours(24)
    const { status, err } = await start([])
    expect([status, err]).toEqual([0, expect.stringContaining('is damaged, so each run_schedule')])
    expect(await space.read('.wizard/run-schedules.json.damaged')).toBe('{"version":1,')
    expect(runs()).toEqual([])
  })

  it('that can’t be written stops it before anything is dispatched', async () => {
    await open()
    await hours(24)
    await mkdir(space.path('.wizard/run-schedules.json.new/x'), { recursive: true })
    const { status } = await due()
    expect(status).not.toBe(0)
    expect(dispatches()).toBe(0)
  })
})
