import type { AddedRun } from 'local-github'
import { afterEach, describe, expect, it } from 'vitest'
import { InterruptedError, TimeoutError } from '../../../src/base/errors.js'
import { type DispatchRequest, dispatch } from '../../../src/workflows/dispatch/dispatch.js'
import { repo, type Stage, type StageOptions, stage } from '../support.js'

let here: Stage
afterEach(() => here.close())

async function on(options: StageOptions = {}): Promise<Stage> {
  here = await stage(options)
  return here
}

const tests = (request: Partial<DispatchRequest> = {}) =>
  dispatch(here.deps, { ...repo, workflow: 'tests', ...request })
const runs = () => here.github.actions.runs('uDOS/core')
const dispatches = () => here.asked(/dispatches$/)

describe('which workflow', () => {
  it.each(['tests.yml', 'tests', 'TESTS', 'Tests', '.github/workflows/tests.yml'])(
    'is %s',
    async (workflow) => {
      await on()
      expect((await tests({ workflow })).workflow).toBe('tests.yml')
    },
  )

  it('is not guessed where two match, and a whole file name is one', async () => {
    await on()
    await expect(tests({ workflow: 'nightly' })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/nightly\.yaml .*nightly\.yml/),
    })
    expect(dispatches()).toEqual([])
    expect((await tests({ workflow: 'nightly.yml' })).workflow).toBe('nightly.yml')
  })

  it('is told with those that there are', async () => {
    await on()
    await expect(tests({ workflow: 'nope' })).rejects.toMatchObject({
      code: 'GITHUB_NOT_FOUND',
      hint: expect.stringContaining('publish.yml (Publish'),
    })
  })
})

describe('a dispatch', () => {
  it('tells its run, in one request', async () => {
    await on()
    const run = await tests({ inputs: { suite: 'e2e' } })
    expect(run).toMatchObject({
      run_id: runs()[0]?.id,
      repo: 'uDOS/core',
      workflow: 'tests.yml',
      ref: 'main',
      status: 'queued',
      html_url: `${here.github.gitUrl}/uDOS/core/actions/runs/${runs()[0]?.id}`,
    })
    expect(runs()[0]?.inputs).toMatchObject({ suite: 'e2e' })
    expect(dispatches()).toHaveLength(1)
  })

  it.each([
    [['2026-03-10'], '2026-03-10', false],
    [['2022-11-28', '2026-03-10'], '2026-03-10', false],
    [['2022-11-28'], '2022-11-28', true],
  ] as const)('names it on a server that knows %j', async (apiVersions, version, asks) => {
    await on({ apiVersions: [...apiVersions] })
    expect(await tests()).toMatchObject({ run_id: runs()[0]?.id })
    const sent = here.github.requests.filter(({ path }) => /dispatches$/.test(path))
    expect(sent).toHaveLength(1)
    expect(sent[0]?.headers['x-github-api-version']).toBe(version)
    expect(/return_run_details/.test(sent[0]?.body ?? '')).toBe(asks)
    expect(runs()).toHaveLength(1)
  })

  it.each([
    ['the configured git_url', { gitUrl: 'https://git.example/ghes' }, 'https://git.example/ghes'],
    ['the API’s own origin without one', {}, null],
  ])('has its page on %s where the answer names none', async (_what, client, base) => {
    await on({ client })
    here.github.fail({ path: /dispatches$/, status: 200, body: { workflow_run_id: 7 } })
    const page = `${base ?? new URL(here.github.apiUrl).origin}/uDOS/core/actions/runs/7`
    expect((await tests()).html_url).toBe(page)
  })

  it('is refused in GitHub’s words, with the remedy', async () => {
    await on()
    await expect(tests({ workflow: 'push.yml' })).rejects.toMatchObject({
      code: 'GITHUB',
      message: expect.stringContaining("does not have 'workflow_dispatch' trigger"),
      hint: expect.stringContaining('.github/workflows/push.yml on main'),
    })
    await here.runner.disable('uDOS', 'core', 'tests')
    await expect(tests()).rejects.toMatchObject({
      code: 'GITHUB',
      message: expect.stringContaining('disabled workflow'),
      hint: expect.stringContaining('wizard WORKFLOW ENABLE uDOS/core/tests.yml'),
    })
    await here.runner.enable('uDOS', 'core', 'tests')
    expect(await tests()).toMatchObject({ status: 'queued' })
  })

  it('takes 25 inputs at most, which is said before any request', async () => {
    await on()
    const inputs = Object.fromEntries(Array.from({ length: 26 }, (_none, at) => [`i${at}`, '1']))
    await expect(tests({ inputs })).rejects.toMatchObject({
      code: 'USAGE',
      message: 'a dispatch takes at most 25 inputs, got 26',
    })
    expect(here.github.requests).toEqual([])
  })

  it('tells an unknown ref with those that there are', async () => {
    await on()
    await here.github.branch('uDOS/core', 'develop')
    await expect(tests({ ref: 'develpo' })).rejects.toMatchObject({
      code: 'GITHUB_NOT_FOUND',
      hint: 'did you mean develop?',
    })
  })

  it('is not sent twice where its inputs are refused', async () => {
    await on()
    // The file can't be read, so GitHub decides.
    here.github.fail({ path: /\/contents\//, status: 404, body: { message: 'Not Found' } })
    await expect(tests({ inputs: { nope: '1' } })).rejects.toMatchObject({
      code: 'GITHUB',
      status: 422,
      message: expect.stringContaining('Unexpected inputs provided'),
    })
    expect(dispatches()).toHaveLength(1)
    expect(runs()).toEqual([])
  })

  it('tells an unknown ref where branches and tags can’t be listed', async () => {
    await on()
    here.github.fail({ path: /\/(branches|tags)$/, status: 404, body: { message: 'Not Found' } })
    await expect(tests({ ref: 'develpo' })).rejects.toMatchObject({
      code: 'GITHUB_NOT_FOUND',
      message: expect.stringContaining('no branch or tag develpo'),
    })
  })

  it.each([
    [400, 'Invalid request'],
    [422, 'Unprocessable Entity'],
    [422, 'Problems parsing JSON: unexpected member'],
  ])(
    'is sent without the field to a server that refuses it with %s: %s',
    async (status, message) => {
      await on({ runDetails: 'ignored' })
      const body = { message }
      here.github.fail({ path: /dispatches$/, asking: /return_run_details/, status, body })
      expect(await tests()).toMatchObject({ run_id: runs()[0]?.id })
      expect(runs()).toHaveLength(1)
    },
  )
})

describe('on a server that does not tell the run', () => {
  const neighbour = (actor: string, rest: Partial<AddedRun> = {}) => {
    const run = { workflow: 'tests.yml', event: 'workflow_dispatch', actor, ...rest }
    return here.github.actions.add('uDOS/core', run)
  }
  const viewer = () => here.github.world.viewer.login
  const runDetails = 'ignored'

  it.each(['ignored', 'refused'] as const)('finds it, the field %s', async (details) => {
    await on({ runDetails: details })
    expect(await tests({ ref: 'refs/heads/main' })).toMatchObject({ run_id: runs()[0]?.id })
    expect(runs()).toHaveLength(1)
  })

  it('is not mistaken for a neighbour’s, though two dispatch within the same second', async () => {
    await on({ runDetails })
    let own: number | undefined
    here.github.actions.onDispatch(async (run) => {
      own = run.id
      await neighbour('alice')
      await neighbour('bob')
    })
    const run = await tests()
    expect(runs().map(({ createdAt }) => createdAt)).toEqual(Array(3).fill(runs()[0]?.createdAt))
    expect(run.run_id).toBe(own)
  })

  it('waits for a run that is listed late, past a neighbour’s that is listed at once', async () => {
    await on({ runDetails })
    let own: number | undefined
    here.github.actions.onDispatch(async (run) => {
      own = run.id
      run.listedFrom = new Date(here.clock.now() + 40_000).toISOString()
      await neighbour('alice')
    })
    expect((await tests()).run_id).toBe(own)
    expect(here.clock.seconds()).toBeGreaterThanOrEqual(40)
  })

  it.each([-300, 300])('finds it with clocks %s seconds apart', async (ahead) => {
    await on({ runDetails, ahead })
    await neighbour(viewer())
    const run = await tests()
    expect(runs()).toHaveLength(2)
    expect(run.run_id).toBe(runs()[0]?.id)
  })

  it.each([-300, 300])('finds it where a proxy tells the time, %s seconds apart', async (ahead) => {
    await on({ runDetails })
    await neighbour('alice')
    here.github.actions.onDispatch((run) => {
      run.createdAt = new Date(here.clock.now() + ahead * 1000).toISOString()
    })
    expect((await tests()).run_id).toBe(runs()[0]?.id)
  })

  it('passes over other refs, other events, and what was there before', async () => {
    await on({ runDetails })
    await here.github.branch('uDOS/core', 'next')
    await neighbour(viewer())
    let own: number | undefined
    here.github.actions.onDispatch(async (run) => {
      own = run.id
      void here.github.actions.add('uDOS/core', {
        workflow: 'tests.yml',
        event: 'workflow_dispatch',
        branch: 'next',
      })
      void here.github.actions.add('uDOS/core', { workflow: 'tests.yml', event: 'push' })
    })
    expect((await tests()).run_id).toBe(own)
  })

  it('takes neither of two candidates, and names both', async () => {
    await on({ runDetails })
    here.github.actions.onDispatch(() => neighbour(viewer()))
    const error = await tests().catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: 'CONFLICT',
      hint: expect.stringContaining('uDOS/core/RUN_ID'),
    })
    for (const { id } of runs()) expect(String(error)).toContain(`/actions/runs/${id}`)
  })

  it('waits longer for a second candidate where it is not told whose the token is', async () => {
    await on({ runDetails })
    here.github.fail({
      path: /^\/user$/,
      status: 403,
      body: { message: 'Resource not accessible' },
    })
    here.github.actions.onDispatch(async (run) => {
      run.listedFrom = new Date(here.clock.now() + 10_000).toISOString()
      await neighbour('alice')
    })
    await expect(tests()).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('tells a run that is never listed', async () => {
    await on({ runDetails })
    here.github.actions.onDispatch(async (run) => {
      run.listedFrom = '2030-01-01T00:00:00Z'
    })
    await expect(tests()).rejects.toMatchObject({
      code: 'GITHUB_NOT_FOUND',
      hint: expect.stringContaining('WORKFLOW RUNS uDOS/core/'),
    })
  })

  it('goes on where a listing fails', async () => {
    await on({ runDetails })
    here.github.actions.onDispatch(() => {
      here.github.fail({ path: /\/runs\?/, status: 502, times: 5 })
    })
    expect((await tests()).run_id).toBe(runs()[0]?.id)
    expect(here.events.map(({ type }) => type)).toContain('poll-failed')
  })
})

describe('a dispatch whose answer is lost', () => {
  it('is not repeated, and the run that may be its own is told, not guessed', async () => {
    await on()
    here.github.fail({ path: /dispatches$/, dropAnswer: true, times: 1 })
    await expect(tests()).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/actions\/runs\/\d+ may be its run$/),
    })
    expect(dispatches()).toHaveLength(1)
    expect(runs()).toHaveLength(1)
    const kinds = here.events.map(({ type }) => type)
    expect(kinds).toContain('dispatch-unanswered')
    expect(kinds).not.toContain('poll-failed')
  })

  it('is an error where it started nothing', async () => {
    await on()
    here.github.fail({ path: /dispatches$/, status: 502 })
    await expect(tests()).rejects.toMatchObject({
      code: 'GITHUB_NETWORK',
      status: 502,
      hint: expect.stringContaining('WORKFLOW RUNS uDOS/core/tests.yml'),
    })
    expect(dispatches()).toHaveLength(1)
  })

  it('by a 503 that says when to come back is not repeated either', async () => {
    await on()
    here.github.fail({ path: /dispatches$/, status: 503, headers: { 'retry-after': '1' } })
    await expect(tests()).rejects.toMatchObject({ code: 'GITHUB_NETWORK', status: 503 })
    expect(dispatches()).toHaveLength(1)
  })

  it('is said by the client too, which does not look for its run', async () => {
    await on()
    here.github.fail({ path: /dispatches$/, dropAnswer: true })
    await expect(here.client.runWorkflow('uDOS', 'core', 'tests')).rejects.toMatchObject({
      code: 'GITHUB_NETWORK',
      hint: 'a run may have been started: before dispatching again look at wizard WORKFLOW RUNS uDOS/core/tests.yml',
    })
  })
})

describe('a dispatch that is stopped', () => {
  const stopped = [
    ['--timeout', new TimeoutError('not finished after 2 s', { hint: 'give more' }), 'TIMEOUT'],
    ['Ctrl-C', new InterruptedError(), 'INTERRUPTED'],
  ] as const
  const look = 'before dispatching again look at wizard WORKFLOW RUNS uDOS/core/tests.yml'

  it.each(stopped)(
    'before its answer, by %s, says that a run may have been started',
    async (_what, reason, code) => {
      await on()
      here.github.actions.onDispatch(() => {
        here.stop.abort(reason)
        return new Promise(() => {})
      })
      const hint = `no answer to the dispatch came, so a run may have started: ${look}`
      await expect(tests()).rejects.toMatchObject({ code, hint })
      expect(runs()).toHaveLength(1)
      expect(dispatches()).toHaveLength(1)
    },
  )

  it.each(stopped)('after a 502, by %s, says both', async (_what, reason, code) => {
    await on()
    here.github.fail({ path: /dispatches$/, status: 502 })
    here.github.fail({ path: /^\/user$/, meanwhile: () => here.stop.abort(reason) })
    await expect(tests()).rejects.toMatchObject({
      code,
      hint: expect.stringMatching(/answered 502 .*, so a run may have started: before/),
    })
    expect(dispatches()).toHaveLength(1)
  })

  it.each(stopped)(
    'while its run is looked for, by %s, says that it was started',
    async (_what, reason, code) => {
      await on({ runDetails: 'ignored' })
      here.github.fail({ path: /^\/user$/, meanwhile: () => here.stop.abort(reason) })
      await expect(tests()).rejects.toMatchObject({
        code,
        hint: `the run was started, but its id is not known yet: ${look}`,
      })
    },
  )

  it.each(stopped)('once its run is known, by %s, names it', async (_what, reason, code) => {
    await on()
    here.github.fail({ path: /runs\/\d+$/, meanwhile: () => here.stop.abort(reason) })
    const error = await here.runner
      .run('uDOS', 'core', 'tests', {}, here.call)
      .catch((thrown: unknown) => thrown)
    const hint = expect.stringMatching(
      new RegExp(`continues: .* WORKFLOW WATCH uDOS/core/${runs()[0]?.id}$`),
    )
    expect(error).toMatchObject({ code, hint })
  })
})
