import { afterEach, expect, it } from 'vitest'
import { findWorkflow } from '../../../src/github/rest/actions/workflows.js'
import { actorOf, dispatchedSince } from '../../../src/workflows/due/dispatched-since.js'
import { repo, type Stage, type StageOptions, stage } from '../support.js'

let here: Stage
afterEach(() => here.close())

const minute = 60_000

async function on(options: StageOptions = {}) {
  here = await stage(options)
  const workflow = await findWorkflow(here.deps.github, repo.owner, repo.repo, 'tests.yml')
  const add = (actor?: string) =>
    here.github.actions.add('uDOS/core', {
      workflow: 'tests.yml',
      event: 'workflow_dispatch',
      ...(actor !== undefined && { actor }),
    })
  const since = async (time: number, tolerance = minute) => {
    const query = { repo, workflow, ref: 'refs/heads/main', since: time }
    const actor = await actorOf(here.deps)
    const runs = await dispatchedSince(here.deps, { ...query, actor }, tolerance)
    return runs.map(({ run }) => run.id)
  }
  return { add, since }
}

it('are those of the token’s owner from that time on, oldest first', async () => {
  const { add, since } = await on()
  const first = await add()
  await here.clock.pass(10 * minute)
  const second = await add()
  await add('neighbour')
  const now = here.clock.now()
  expect(await since(now)).toEqual([second.id])
  expect(await since(now - 8.9 * minute)).toEqual([second.id])
  expect(await since(now - 9.5 * minute)).toEqual([first.id, second.id])
  expect(await since(now - 9.5 * minute, 0)).toEqual([second.id])
})

it('of an app are those of apps: GitHub does not say which one it is', async () => {
  const { add, since } = await on()
  here.github.fail({ path: /^\/user$/, status: 403, body: { message: 'Resource not accessible' } })
  await add()
  const ours = await add('wizard[bot]')
  expect(await since(here.clock.now())).toEqual([ours.id])
})

it('are not known where GitHub can’t say whose token it is', async () => {
  const { since } = await on()
  here.github.fail({ path: /^\/user$/, status: 502 })
  await expect(since(here.clock.now())).rejects.toMatchObject({ code: 'GITHUB_NETWORK' })
})

it.each([
  ['ahead of GitHub’s', -60],
  ['behind GitHub’s', 60],
])('are found by a clock that is %s by an hour', async (_what, minutes) => {
  const { add, since } = await on({ ahead: minutes * 60 })
  const due = here.clock.now()
  const run = await add()
  await here.clock.pass(2 * minute)
  expect(await since(due)).toEqual([run.id])
})
