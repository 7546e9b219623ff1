import { mkdir, readdir } from 'node:fs/promises'
import type { RunEnd } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { endedRun, lastRun, onDispatch, openActions } from '../../support/actions.js'
import type { Workspace } from '../../support/workspace.js'

let space: Workspace
beforeEach(async () => {
  space = await openActions()
})
afterEach(() => space.close())

const workflow = (...args: string[]) => space.wizard('WORKFLOW', ...args)
const failing: RunEnd = {
  conclusion: 'failure',
  jobs: ['unit'],
  logs: { unit: 'it \u001b[31mfailed\u001b[0m \u001b]0;title\u0007here\n', docs: 'fine\n' },
}

describe('WORKFLOW RUNS', () => {
  it('of a workflow and of a repository, the newest first, filtered', {
    tags: ['deep'],
  }, async () => {
    const bad = await endedRun(space, { conclusion: 'failure' })
    const good = await endedRun(space)
    const other = await endedRun(space, {}, 'nightly.yml')
    const ids = async (...args: string[]) =>
      (await workflow('RUNS', ...args, '--json')).json.map((one: { run_id: number }) => one.run_id)
    expect(await ids('core/tests')).toEqual([good.id, bad.id])
    expect(await ids('uDOS/engine')).toEqual([other.id, good.id, bad.id])
    expect(await ids('core', '--status', 'failure')).toEqual([bad.id])
    expect(await ids('engine', '--limit', '1')).toEqual([other.id])
    expect(await ids('core/tests', '--event', 'schedule')).toEqual([])
    expect(await ids('core/tests', '--branch', 'main')).toHaveLength(2)
  })

  it('of a status that GitHub does not have are exit 2, and no request', {
    tags: ['deep'],
  }, async () => {
    const { status, err } = await workflow('RUNS', 'core/tests', '--status', 'nonsense')
    expect([status, err]).toEqual([2, expect.stringContaining('one of queued, in_progress')])
    expect(space.github.requests.filter(({ path }) => /runs\?/.test(path))).toEqual([])
  })

  it('of a commit, and of a user', { tags: ['deep'] }, async () => {
    const run = await endedRun(space)
    const ids = async (...args: string[]) =>
      (await workflow('RUNS', 'core', ...args, '--json')).json.map(
        (one: { run_id: number }) => one.run_id,
      )
    expect(await ids('--commit', run.sha.slice(0, 8))).toEqual([run.id])
    expect(await ids('--user', 'monalisa')).toEqual([run.id])
    expect(await ids('--user', 'alice')).toEqual([])
  })

  it('in a pipe are lines of tabs', { tags: ['deep'] }, async () => {
    const { id } = await endedRun(space)
    const { out } = await workflow('RUNS', 'core/tests')
    expect(out).toMatch(new RegExp(`^${id}\ttests.yml\tsuccess\tmain\t\\d+\t[^\t]+Z\n$`))
  })
})

it.each([['LIST'], ['RUNS'], ['RUN']])('%s of an unknown repository is exit 3', async (verb) => {
  const target = verb === 'RUN' ? 'uDOS/nothing/tests' : 'uDOS/nothing'
  const { status, err } = await space.wizard('WORKFLOW', verb, target)
  expect([status, err]).toEqual([3, expect.stringMatching(/^error: uDOS\/nothing was not found/m)])
})

it.each([['VIEW'], ['WATCH'], ['LOGS'], ['DOWNLOAD'], ['CANCEL'], ['RERUN']])(
  '%s of an unknown run is exit 3, with the newest that there are',
  async (verb) => {
    const { id } = await endedRun(space)
    const { status, err } = await space.wizard('WORKFLOW', verb, 'core/7')
    expect(status).toBe(3)
    expect(err).toContain('error: uDOS/engine has no run 7\n')
    expect(err).toContain(`newest runs: ${id} (tests.yml, success)`)
  },
)

describe('WORKFLOW VIEW', () => {
  it('is the run with its jobs and steps; exit 0 however it ended', async () => {
    const { id } = await endedRun(space, failing)
    const { status, json } = await workflow('VIEW', `core/${id}`, '--json')
    expect([status, json.run_id, json.conclusion]).toEqual([0, id, 'failure'])
    expect(json.jobs.map((job: { name: string }) => job.name)).toEqual(['unit', 'docs'])
    expect(json.jobs[0].steps[0]).toMatchObject({
      number: 1,
      name: 'Prepare',
      status: 'completed',
      conclusion: 'success',
    })
  })

  it('--branch of which there is no run is exit 3', async () => {
    await endedRun(space)
    const { status, err } = await workflow('VIEW', 'core/tests', '--branch', 'other')
    expect([status, err]).toEqual([3, expect.stringContaining('other')])
  })
})

describe('WORKFLOW LOGS', () => {
  it('job by job to stdout, without any escape in a pipe', async () => {
    const { id } = await endedRun(space, failing)
    const { status, out } = await workflow('LOGS', `core/${id}`)
    expect(status).toBe(0)
    expect(out).toBe('== unit\nit failed here\n== docs\nfine\n')
  })

  it('on a terminal its colours stay, and nothing else of its escapes', async () => {
    const { id } = await endedRun(space, failing)
    const { shown } = await space.run(['WORKFLOW', 'LOGS', `core/${id}`], { columns: 80 })
    expect(shown).toContain('it \u001b[31mfailed\u001b[0m here')
    expect(shown).not.toContain('title')
  })

  it('--job and --failed', async () => {
    const { id } = await endedRun(space, failing)
    expect((await workflow('LOGS', `core/${id}`, '--job', 'docs')).out).toBe('== docs\nfine\n')
    const { out } = await workflow('LOGS', 'core/tests', '--failed')
    expect(out).toBe('== unit / 2 Test\nit failed here\n')
  })

  it('the address of a job, as a browser has it, is that job', async () => {
    const { id, jobs } = await endedRun(space, failing)
    const page = `${space.github.gitUrl}/uDOS/engine/actions/runs/${id}`
    const one = await workflow('LOGS', `${page}/job/${jobs[1]?.id}?pr=5`)
    expect(one.out.match(/^== .*/gm)).toEqual(['== docs'])
    const all = await workflow('LOGS', `${page}?pr=5#summary`)
    expect(all.out.match(/^== .*/gm)).toEqual(['== unit', '== docs'])
  })

  it('--json is {content, encoding}', async () => {
    const { id } = await endedRun(space, failing)
    const { json } = await workflow('LOGS', `core/${id}`, '--job', 'docs', '--json')
    expect(json).toEqual({ content: '== docs\nfine\n', encoding: 'utf-8' })
  })

  it('--max-bytes leaves out what comes before its last lines, and says so', async () => {
    const { id } = await endedRun(space, failing)
    const { out, err } = await workflow('LOGS', `core/${id}`, '--max-bytes', '15')
    expect([out, err]).toEqual([
      '== docs\nfine\n',
      expect.stringMatching(/^showing the last part; \d+ bytes omitted/),
    ])
    const { json } = await workflow('LOGS', `core/${id}`, '--max-bytes', '15', '--json')
    expect(json).toEqual({ content: out, encoding: 'utf-8', truncated: true })
  })

  it('a job that there is not is exit 3, with those that there are', async () => {
    const { id } = await endedRun(space, failing)
    const { status, err } = await workflow('LOGS', `core/${id}`, '--job', 'lint')
    expect([status, err]).toEqual([3, expect.stringMatching(/unit, docs/)])
  })

  it('of a run that goes on is exit 3, and says how to wait', async () => {
    const { id } = await space.github.actions.add('uDOS/engine', { workflow: 'tests.yml' })
    const { status, err } = await workflow('LOGS', `core/${id}`)
    expect([status, err]).toEqual([3, expect.stringContaining('WORKFLOW WATCH')])
  })

  it('inside Actions no line of a log is a command', async () => {
    const { id } = await endedRun(space, { logs: { unit: '::error::not ours\n' } })
    const env = { GITHUB_ACTIONS: 'true' }
    const { out } = await space.run(['WORKFLOW', 'LOGS', `core/${id}`], { env })
    const [, mark] = /^::stop-commands::(\S+)\n/.exec(out) ?? []
    expect(mark).toHaveLength(36)
    expect(out.indexOf('::error::not ours')).toBeLessThan(out.indexOf(`\n::${mark}::\n`))
    expect(out.endsWith(`\n::${mark}::\n`)).toBe(true)
  })
})

describe('WORKFLOW DOWNLOAD', () => {
  const add = (name: string, file = 'a.txt') =>
    space.github.actions.addArtifact(lastRun(space), name, [{ name: file, content: name }])
  const download = (...args: string[]) =>
    workflow('DOWNLOAD', `core/${lastRun(space).id}`, '--dir', 'out', ...args)

  it('each is unzipped into DIR/NAME', async () => {
    await endedRun(space)
    add('one')
    add('two', 'deep/b.txt')
    const { status, json } = await download('--json')
    expect([status, json]).toEqual([
      0,
      ['one', 'two'].map((name) => ({
        name,
        path: space.path('out', name),
        size: expect.any(Number),
        error: null,
      })),
    ])
    expect(await space.read('out/two/deep/b.txt')).toBe('two')
    expect((await readdir(space.path('out'))).sort()).toEqual(['one', 'two'])
  })

  it('--name takes some; one that there is not is exit 3, with what there is', async () => {
    await endedRun(space)
    add('one')
    add('two')
    const { status, err } = await download('--name', 'three')
    expect([status, err]).toEqual([3, expect.stringMatching(/one.*two/)])
    expect((await download('--name', 'two')).status).toBe(0)
    expect(await readdir(space.path('out'))).toEqual(['two'])
  })

  it('what is there is not overwritten without --clobber: exit 8', async () => {
    await endedRun(space)
    add('one')
    await mkdir(space.path('out', 'one'), { recursive: true })
    await space.write('out/one/mine.txt', 'work')
    const { status } = await download()
    expect([status, await readdir(space.path('out', 'one'))]).toEqual([8, ['mine.txt']])
    expect((await download('--clobber')).status).toBe(0)
    expect((await readdir(space.path('out', 'one'))).sort()).toEqual(['a.txt', 'mine.txt'])
  })

  it.each(['../out.txt', '/tmp/x', 'C:\\x', 'a/../../b'])(
    'an entry %s is refused, exit 2, and nothing of the artifact is there',
    async (name) => {
      await endedRun(space)
      add('one', name)
      const { status, err } = await download()
      expect([status, err]).toEqual([2, expect.stringContaining('artifact one')])
      expect(await readdir(space.path('out'))).toEqual([])
      expect(await readdir(space.root)).not.toContain('out.txt')
    },
  )

  it('an artifact whose name is no folder’s gets a safe one', async () => {
    await endedRun(space)
    add('../../evil')
    const { status, json } = await download('--json')
    expect([status, json[0].name]).toEqual([0, '../../evil'])
    expect(json[0].path.startsWith(`${space.path('out')}/`)).toBe(true)
    expect(await readdir(space.path('out'))).toHaveLength(1)
  })

  it('one that has expired is told; the others come', async () => {
    await endedRun(space)
    add('old').expired = true
    const alone = await download('--name', 'old')
    expect([alone.status, alone.err]).toEqual([
      expect.any(Number),
      expect.stringContaining('expired'),
    ])
    expect(alone.status).not.toBe(0)
    add('new')
    const { status } = await download('--name', 'old', '--name', 'new')
    expect([status, await readdir(space.path('out'))]).toEqual([1, ['new']])
  })

  it('--dir below a file is exit 2', async () => {
    const run = await endedRun(space)
    space.github.actions.addArtifact(run, 'dist', [{ name: 'a.txt', content: 'hello' }])
    await space.write('plain', 'x')
    const { status, err } = await workflow('DOWNLOAD', `core/${run.id}`, '--dir', 'plain/out')
    expect([status, err]).toEqual([2, expect.stringContaining('a part of it is a file')])
  })

  it('one that is not a zip is a file there', async () => {
    const run = await endedRun(space)
    const file = { content: Buffer.from('{}'), type: 'application/json', fileName: 'report.json' }
    space.github.actions.addFileArtifact(run, 'report.json', file)
    expect((await download()).status).toBe(0)
    expect(await space.read('out/report.json/report.json')).toBe('{}')
  })

  it('storage that refuses is exit 6, once its address was asked for anew', async () => {
    const run = await endedRun(space)
    add('one')
    space.github.fail({ origin: 'storage', status: 403, times: 1, body: '<Error/>' })
    expect((await download()).status).toBe(0)
    add('two')
    const refusal = space.github.fail({ origin: 'storage', status: 404, body: '<Error/>' })
    const { status, err } = await download('--name', 'two')
    expect([status, refusal.hits]).toEqual([6, 2])
    expect(err).not.toMatch(/token/)
    expect(run.artifacts).toHaveLength(2)
  })

  it('--max-size stops what is larger', async () => {
    await endedRun(space)
    add('one')
    const { status, err } = await download('--max-size', '2')
    expect([status, err]).toEqual([2, expect.stringContaining('--max-size')])
  })
})

describe('WORKFLOW CANCEL and RERUN', () => {
  it('CANCEL takes an exact run alone', async () => {
    const run = await space.github.actions.add('uDOS/engine', { workflow: 'tests.yml' })
    const { status, err } = await workflow('CANCEL', 'core/tests')
    expect([status, err, run.status]).toEqual([2, expect.stringContaining('RUNS'), 'queued'])
    expect((await workflow('CANCEL', `core/${run.id}`)).status).toBe(0)
    expect(run.conclusion).toBe('cancelled')
    const again = await workflow('CANCEL', `core/${run.id}`)
    expect([again.status, again.err]).toEqual([9, expect.stringContaining('completed')])
  })

  it('RERUN --failed runs again what failed', async () => {
    const run = await endedRun(space, failing)
    const { status, json } = await workflow('RERUN', 'core/tests', '--failed', '--json')
    expect([status, json.run_id]).toEqual([0, run.id])
    expect(run.jobs.map((job) => job.status)).toEqual(['queued', 'completed'])
    expect(run.attempt).toBe(2)
  })

  it('RERUN of what is at work is GitHub’s refusal, with the remedy', async () => {
    const { id } = await space.github.actions.add('uDOS/engine', { workflow: 'tests.yml' })
    const body = { message: 'This workflow is already running' }
    space.github.fail({ path: /rerun$/, status: 403, body })
    const { status, err } = await workflow('RERUN', `core/${id}`)
    expect(status).toBe(9)
    expect(err).toContain(`hint: wait until it has ended: wizard WORKFLOW WATCH uDOS/engine/${id}`)
  })

  it('RERUN runs all again', async () => {
    const run = await endedRun(space, failing)
    expect((await workflow('RERUN', `core/${run.id}`)).status).toBe(0)
    expect(run.jobs.map((job) => job.status)).toEqual(['queued', 'queued'])
  })
})

describe('TEST RUN', () => {
  it('waits, and says in one line how the tests ended', async () => {
    onDispatch(space, (run) => space.github.actions.finish(run))
    const { status, out } = await space.wizard('TEST', 'RUN', 'core', 'suite=e2e')
    expect([status, out]).toEqual([0, expect.stringMatching(/^✅ .* success .*\n$/)])
    expect(lastRun(space).inputs).toMatchObject({ suite: 'e2e' })
  })

  it('takes the flags of WORKFLOW RUN; artifacts add no line to the verdict', async () => {
    onDispatch(space, (run) => {
      space.github.actions.addArtifact(run, 'dist', [{ name: 'a.txt', content: 'hello' }])
      space.github.actions.finish(run)
    })
    const { out } = await space.wizard(
      'TEST',
      'RUN',
      'core',
      '--interval',
      '1',
      '--download',
      'out',
    )
    expect(out).toMatch(/^✅ .*\n$/)
    expect(await readdir(space.path('out/dist'))).toEqual(['a.txt'])
  })

  it('--quiet prints nothing of a success', async () => {
    onDispatch(space, (run) => space.github.actions.finish(run))
    const { status, out, err } = await space.wizard('TEST', 'RUN', 'core', '--quiet')
    expect([status, out, err]).toEqual([0, '', ''])
  })

  it('failed tests are exit 1, with the end of their log', async () => {
    onDispatch(space, (run) => space.github.actions.finish(run, failing))
    const { status, out, err } = await space.wizard('TEST', 'RUN', 'engine')
    expect([status, out]).toEqual([1, expect.stringMatching(/^❌ .* failure .*\n$/)])
    expect(err).toContain('it failed here')
  })
})

describe('an attempt or a job', () => {
  const actions = () => space.github.actions

  /** Two attempts: the first failed, the second goes on. */
  async function rerun() {
    const run = await endedRun(space, failing)
    const [first] = run.jobs
    actions().addArtifact(run, 'dist', [{ name: 'a.txt', content: 'first' }])
    expect((await workflow('RERUN', `core/${run.id}`)).status).toBe(0)
    run.startedAt = new Date(Date.parse(run.createdAt) + 60_000).toISOString()
    const dist = actions().addArtifact(run, 'dist', [{ name: 'a.txt', content: 'second' }])
    dist.createdAt = run.startedAt
    const page = `${space.github.gitUrl}/uDOS/engine/actions/runs/${run.id}`
    return { run, page, job: first?.id }
  }

  it('that an address names is the one that VIEW shows', async () => {
    const { run, page, job } = await rerun()
    const view = async (...args: string[]) => (await workflow('VIEW', ...args, '--json')).json
    expect(await view(page)).toMatchObject({ attempt: 2, status: 'queued' })
    const first = { attempt: 1, status: 'completed', conclusion: 'failure' }
    expect(await view(`${page}/attempts/1`)).toMatchObject(first)
    expect(await view(`core/${run.id}`, '--attempt', '1')).toMatchObject(first)
    expect(await view('core/tests', '--attempt', '1')).toMatchObject(first)
    const { jobs, ...rest } = await view(`${page}/job/${job}`)
    expect(rest).toMatchObject(first)
    expect(jobs.map(({ id }: { id: number }) => id)).toEqual([job])
  })

  it('is the one whose log LOGS gives, though the run goes on', async () => {
    const { run, page, job } = await rerun()
    const whole = await workflow('LOGS', `${page}/attempts/1`)
    expect([whole.status, whole.out]).toEqual([0, expect.stringContaining('it failed here')])
    expect(whole.out).toContain('fine')
    const failed = await workflow('LOGS', `core/${run.id}`, '--attempt', '1', '--failed')
    expect([failed.status, failed.out]).toEqual([0, expect.not.stringContaining('fine')])
    const one = await workflow('LOGS', `${page}/job/${job}`)
    expect([one.status, one.out]).toEqual([0, expect.stringMatching(/^== unit\n.*failed/)])
    expect((await workflow('LOGS', `${page}/job/${job}`, '--job', 'docs')).status).toBe(2)
    expect((await workflow('LOGS', page)).status).toBe(3)
  })

  it('has the artifacts that were there when it ended', async () => {
    const { page } = await rerun()
    const download = (target: string, dir: string) => workflow('DOWNLOAD', target, '--dir', dir)
    expect((await download(`${page}/attempts/1`, 'one')).status).toBe(0)
    expect(await space.read('one/dist/a.txt')).toBe('first')
    expect((await download(`${page}/attempts/2`, 'two')).status).toBe(0)
    expect(await space.read('two/dist/a.txt')).toBe('second')
  })

  it('has ended where it is an earlier one, so WATCH does not wait', async () => {
    const { page } = await rerun()
    const { status, err } = await workflow('WATCH', `${page}/attempts/1`)
    expect([status, err]).toEqual([1, expect.stringContaining('== unit / 2 Test')])
  })

  it('is not taken for the whole run by a verb that changes it', async () => {
    const { run, page, job } = await rerun()
    const whole = await workflow('CANCEL', `${page}/job/${job}`)
    expect([whole.status, whole.err]).toEqual([2, expect.stringContaining('takes a run')])
    for (const verb of ['CANCEL', 'RERUN']) {
      const { status, err } = await workflow(verb, `${page}/attempts/1`)
      expect([verb, status, err]).toEqual([verb, 2, expect.stringContaining('latest attempt, 2')])
    }
    expect(run).toMatchObject({ attempt: 2, status: 'queued' })
    expect((await workflow('CANCEL', `${page}/attempts/2`)).status).toBe(0)
  })

  it('is run again alone by RERUN, by its address or its name', async () => {
    const run = await endedRun(space, failing)
    const page = `${space.github.gitUrl}/uDOS/engine/actions/runs/${run.id}`
    const states = () => run.jobs.map(({ name, status }) => `${name} ${status}`)
    const { status, json } = await workflow('RERUN', `${page}/job/${run.jobs[0]?.id}`, '--json')
    expect([status, json.rerun]).toEqual([0, expect.stringMatching(/^\d+$/)])
    expect(states()).toEqual(['unit queued', 'docs completed'])
    space.github.actions.finish(run)
    expect((await workflow('RERUN', `core/${run.id}`, '--job', 'DOCS')).status).toBe(0)
    expect(states()).toEqual(['unit completed', 'docs queued'])
    space.github.actions.finish(run)
    expect((await workflow('RERUN', `core/${run.id}`, '--job', 'nope')).status).toBe(3)
    expect((await workflow('RERUN', `core/${run.id}`, '--job', 'docs', '--failed')).status).toBe(2)
    expect(run.attempt).toBe(3)
  })

  it('of a job is taken for its whole run by DOWNLOAD and WATCH, which say so', async () => {
    const { page, run, job } = await rerun()
    const { status, err } = await workflow('DOWNLOAD', `${page}/job/${job}`)
    const note = `the whole run ${run.id}, not only the job ${job}`
    expect([status, err]).toEqual([0, expect.stringContaining(note)])
    space.github.actions.finish(run)
    expect((await workflow('WATCH', `${page}/job/${job}`)).err).toContain(note)
  })

  it('that there is not is exit 3', async () => {
    const { run, page, job } = await rerun()
    for (const verb of ['VIEW', 'LOGS', 'DOWNLOAD']) {
      const { status, err } = await workflow(verb, `${page}/attempts/9`)
      expect([verb, status]).toEqual([verb, 3])
      expect(err).toContain(`error: run ${run.id} has no attempt 9\nhint: it has 2\n`)
    }
    const other = await endedRun(space)
    const { status, err } = await workflow('VIEW', `core/${other.id}`, '--attempt', '1')
    expect([status, err]).toEqual([0, ''])
    const foreign = `${space.github.gitUrl}/uDOS/engine/actions/runs/${other.id}/job/${job}`
    expect((await workflow('VIEW', foreign)).status).toBe(3)
    expect((await workflow('VIEW', `${page}/attempts/1`, '--attempt', '2')).status).toBe(2)
  })
})
