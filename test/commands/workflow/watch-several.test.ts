import type { Run } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { endedRun, openActions } from '../../support/actions.js'
import type { Workspace } from '../../support/workspace.js'

let space: Workspace
beforeEach(async () => {
  space = await openActions()
  await space.github.addRepository('uDOS/micro', {
    files: {
      '.github/workflows/tests.yml': 'name: Tests\non: push\njobs: { unit: { steps: [] } }\n',
    },
  })
})
afterEach(() => space.close())

const watch = (...args: string[]) => space.wizard('WORKFLOW', 'WATCH', ...args)
const add = (repo = 'uDOS/engine') => space.github.actions.add(repo, { workflow: 'tests.yml' })
const idsOf = (runs: { run_id: number }[]) => runs.map(({ run_id: id }) => id)

/** Runs end after so many answers that show them, as is told of each. */
function endAfter(answers: number, bad: Run[] = []) {
  const seen = new Map<number, number>()
  space.github.actions.onShown((run) => {
    if (run.status === 'completed') return
    const count = (seen.get(run.id) ?? 0) + 1
    seen.set(run.id, count)
    const conclusion = bad.includes(run) ? 'failure' : 'success'
    if (count >= answers) space.github.actions.finish(run, { conclusion })
  })
}

describe('WORKFLOW WATCH of several', () => {
  it('waits for all, in one document and with the worst exit status', async () => {
    const [good, bad, other] = [await add(), await add(), await add('uDOS/micro')]
    endAfter(3, [bad])
    const targets = [`core/${good.id}`, `uDOS/engine/${bad.id}`, `micro/${other.id}`]
    const { status, json, err } = await watch(...targets, '--json')
    expect([status, idsOf(json)]).toEqual([1, [good.id, bad.id, other.id]])
    expect(json[1]).toMatchObject({
      conclusion: 'failure',
      jobs: [{ name: 'unit' }, { name: 'docs' }],
    })
    expect(JSON.parse(err).error.message).toBe('1 of the 3 runs did not succeed')
  })

  it('is exit 0 where all succeed, and says one line a change and a run', async () => {
    const [one, two] = [await add(), await add('uDOS/micro')]
    endAfter(2)
    const { status, out, err } = await watch(`core/${one.id}`, `micro/${two.id}`)
    expect(status).toBe(0)
    expect(out.match(/^✅ tests\.yml success/gm)).toHaveLength(2)
    expect(err.match(/✅ success/g)).toHaveLength(2)
  })

  it('of a run that is not there is exit 3 before it waits', async () => {
    const run = await add()
    const { status, out } = await watch(`core/${run.id}`, 'core/7', '--json')
    expect([status, out]).toEqual([3, ''])
  })

  it('is exit 7 when the time is over, whatever the others were', async () => {
    const bad = await endedRun(space, { conclusion: 'failure' })
    const run = await add()
    const { status, json } = await watch(
      `core/${bad.id}`,
      `core/${run.id}`,
      '--timeout',
      '30',
      '--json',
    )
    expect([status, idsOf(json)]).toEqual([7, [bad.id, run.id]])
    expect(json.map(({ status }: { status: string }) => status)).toEqual(['completed', 'queued'])
  })

  it('costs one listing a poll, however many runs of a repository there are', async () => {
    const runs = await Promise.all(Array.from({ length: 10 }, () => add()))
    const begun = space.github.requests.length
    endAfter(6)
    await watch(...runs.map(({ id }) => `core/${id}`))
    const asked = space.github.requests.slice(begun).map(({ path }) => path)
    const listings = asked.filter((path) => /\/actions\/runs\?/.test(path))
    expect(listings.length).toBeLessThanOrEqual(6)
    // Each is asked for once before, and read once after its end.
    expect(asked.filter((path) => /\/actions\/runs\/\d+(?:$|\?)/.test(path))).toHaveLength(10)
  })

  it('of one that is deleted meanwhile is exit 3, with what is known', async () => {
    const [one, two] = [await add(), await add()]
    endAfter(20)
    space.github.fail({ path: new RegExp(`actions/runs/${two.id}$`), skip: 1, status: 404 })
    space.github.fail({
      path: /actions\/runs\?/,
      rewrite: (body) => {
        const all = JSON.parse(body.toString())
        return { ...all, workflow_runs: all.workflow_runs.filter(({ id }: Run) => id !== two.id) }
      },
    })
    const { status, json, err } = await watch(`core/${one.id}`, `core/${two.id}`, '--json')
    expect([status, idsOf(json)]).toEqual([3, [one.id, two.id]])
    expect(JSON.parse(err).error.message).toBe(`engine/tests.yml #${two.id} was deleted`)
  })

  it('takes a commit in several repositories', async () => {
    const [one, two] = [await add(), await add('uDOS/micro')]
    endAfter(2)
    const args = ['engine', 'micro', '--commit', 'main', '--json']
    const { status, json } = await watch(...args)
    expect([status, idsOf(json).sort()]).toEqual([0, [one.id, two.id].sort()])
  })

  it.each([
    [['--retry-failed', '1'], '--retry-failed needs a single run'],
    [['--cancel-on-interrupt'], '--cancel-on-interrupt needs a single run'],
  ])('with %j is exit 2', async (flags, message) => {
    const { status, err } = await watch('core/1', 'core/2', ...flags)
    expect([status, err]).toEqual([2, expect.stringContaining(message)])
  })
})
