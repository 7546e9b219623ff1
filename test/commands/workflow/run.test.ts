import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { lastRun, onDispatch, openActions } from '../../support/actions.js'
import type { Workspace, WorkspaceOptions } from '../../support/workspace.js'

let space: Workspace
afterEach(() => space.close())

const open = async (options: WorkspaceOptions = {}) => {
  space = await openActions(options)
}
const run = (...args: string[]) => space.wizard('WORKFLOW', 'RUN', ...args)

/** The keys of the contract, in order. */
const runKeys = [
  'run_id',
  'status',
  'conclusion',
  'html_url',
  'repo',
  'workflow',
  'ref',
  'created_at',
  'completed_at',
  'duration_seconds',
  'logs_url',
  'artifacts',
]

describe('WORKFLOW RUN', () => {
  it('dispatches on the default branch and prints the address of the run', async () => {
    await open()
    const { status, out } = await run('engine/tests.yml')
    const { id, event, branch } = lastRun(space)
    expect([status, event, branch]).toEqual([0, 'workflow_dispatch', 'main'])
    expect(out).toBe(`${space.github.gitUrl}/uDOS/engine/actions/runs/${id}\n`)
  })

  it('--json is the run, with the keys of the contract in their order', async () => {
    await open()
    const { json } = await run('core/tests', '--json')
    expect(Object.keys(json)).toEqual(runKeys)
    expect(json).toMatchObject({
      run_id: lastRun(space).id,
      status: 'queued',
      conclusion: null,
      repo: 'uDOS/engine',
      workflow: 'tests.yml',
      ref: 'main',
      completed_at: null,
      duration_seconds: null,
      artifacts: [],
    })
    expect(json.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  it.each([
    ['a component and its own name', 'core/ship', 'publish.yml'],
    ['a repository of the default owner, a file', 'engine/publish.yml', 'publish.yml'],
    ['a file without its ending', 'engine/publish', 'publish.yml'],
    ['a component in any case', 'CORE/Ship', 'publish.yml'],
    ['owner/repo and the display name, in any case', 'uDOS/engine/PUBLISH', 'publish.yml'],
  ])('takes %s', async (_, target, file) => {
    await open()
    expect((await run(target, 'version=1')).status).toBe(0)
    expect(lastRun(space).path).toBe(`.github/workflows/${file}`)
  })

  it('a component’s entry has a ref and inputs, which the command line overrides', async () => {
    await open()
    await space.github.branch('uDOS/engine', 'develop')
    const unit = { file: 'tests.yml', ref: 'develop', inputs: { suite: 'e2e', verbose: true } }
    const components = { core: { repo: 'engine', workflows: { tests: unit } } }
    await space.write('config/components.yaml', stringify({ components }))
    expect((await run('core/tests')).status).toBe(0)
    expect(lastRun(space)).toMatchObject({ branch: 'develop', inputs: { suite: 'e2e' } })
    expect((await run('core/tests', 'suite=unit', '--ref', 'main')).status).toBe(0)
    const inputs = { suite: 'unit', verbose: 'true' }
    expect(lastRun(space)).toMatchObject({ branch: 'main', inputs })
  })

  it('a workflow without workflow_dispatch is GitHub’s refusal, with the remedy', async () => {
    await open()
    const { status, err } = await run('core/on push')
    expect([status, err]).toEqual([9, expect.stringContaining('workflow_dispatch')])
    expect(err).toMatch(/hint: .*push\.yml/)
  })

  it.each([['WORKFLOW RUN core/tests suite=e2e'], ['[WORKFLOW|RUN*core/tests*suite=e2e]']])(
    'takes one quoted command: %s',
    async (command) => {
      await open()
      expect((await space.wizard(command)).status).toBe(0)
      expect(lastRun(space).inputs).toMatchObject({ suite: 'e2e' })
    },
  )

  it('takes an id, and an address', async () => {
    await open()
    const { json } = await space.wizard('WORKFLOW', 'LIST', 'core', '--json')
    const [first] = json
    expect(Object.keys(first)).toEqual(['id', 'name', 'path', 'state'])
    const { id } = json.find(({ name }: { name: string }) => name === 'Tests')
    expect((await run(`engine/${id}`)).status).toBe(0)
    const address = `${space.github.gitUrl}/uDOS/engine/actions/workflows/tests.yml`
    expect((await run(address)).status).toBe(0)
    expect(space.github.actions.runs('uDOS/engine')).toHaveLength(2)
  })

  it('a name that two workflows have is exit 2, with both', async () => {
    await open()
    const { status, err } = await run('core/same name')
    expect(status).toBe(2)
    expect(err).toMatch(/again\.yml.*twice\.yml/)
  })

  it.each([
    ['-R', ['-R', 'uDOS/engine'], {}],
    ['GH_REPO', [], { GH_REPO: 'uDOS/engine' }],
    ['GITHUB_REPOSITORY', [], { GITHUB_REPOSITORY: 'uDOS/engine' }],
  ])('the repository comes from %s', async (_, args, env) => {
    await open()
    const { status } = await space.run(['WORKFLOW', 'RUN', 'tests', ...args], { env })
    expect(status).toBe(0)
    expect(lastRun(space).path).toBe('.github/workflows/tests.yml')
  })

  it('the repository is the origin of the work tree around', { tags: ['deep'] }, async () => {
    await open()
    expect((await space.wizard('REPO', 'CLONE', 'uDOS/engine')).status).toBe(0)
    const cwd = space.path('engine', '.github')
    const { status, err } = await space.run(['WORKFLOW', 'RUN', 'tests'], { cwd })
    expect([status, err]).toEqual([0, expect.anything()])
    expect(lastRun(space).path).toBe('.github/workflows/tests.yml')
  })

  it.each([
    ['tests', 'no repository given for the workflow tests', 'REPO/tests, or tests/WORKFLOW if'],
    ['1037', 'no repository given for the run 1037', 'REPO/1037 or OWNER/REPO/1037'],
    ['core', 'core is a component; name one of its workflows', 'core/tests'],
  ])('without any of them %s is exit 2, with what is missing', async (target, words, hint) => {
    await open()
    for (const verb of ['RUN', 'WATCH', 'LOGS']) {
      const { status, err } = await space.wizard('WORKFLOW', verb, target)
      expect([status, err]).toEqual([2, expect.stringContaining(words)])
      expect(err).toContain(hint)
    }
  })
})

describe('inputs', () => {
  it.each([
    ['an unknown one', 'core/tests', ['siute=unit'], /siute.*\n?.*suite/],
    ['a wrong choice', 'core/tests', ['suite=all'], /suite.*\n?.*unit.*e2e/],
    ['a missing one', 'core/ship', [], /version/],
    ['what is no boolean', 'core/tests', ['verbose=maybe'], /verbose.*\n?.*true.*false/],
    ['what is no key=value', 'core/tests', ['unit'], /key=value/],
  ])('%s is told before dispatch: exit 2', async (_, target, inputs, words) => {
    await open()
    const { status, err } = await run(target, ...inputs)
    expect([status, err]).toEqual([2, expect.stringMatching(words)])
    expect(space.github.actions.runs('uDOS/engine')).toEqual([])
  })

  it('reach the run', async () => {
    await open()
    await run('core/tests', 'suite=e2e', 'verbose=true')
    expect(lastRun(space).inputs).toEqual({ suite: 'e2e', verbose: 'true' })
  })

  it('where the file cannot be read, GitHub decides: its 422 is exit 9', async () => {
    await open()
    space.github.fail({
      path: /contents/,
      status: 403,
      body: { message: 'Resource not accessible' },
    })
    const { status, err } = await run('core/tests', 'siute=unit')
    expect([status, err]).toEqual([9, expect.stringContaining('Unexpected inputs provided')])
  })
})

describe('what is not there is exit 3, with what there is', () => {
  it.each([
    ['a workflow', ['core/test5'], /tests\.yml/],
    ['a ref', ['core/tests', '--ref', 'mian'], /main/],
    ['a repository', ['uDOS/nothing/tests'], /uDOS\/nothing/],
    ['a component', ['cor/tests'], /uDOS\/cor\b.*\n.*did you mean core/],
  ])('%s', async (_, args, words) => {
    await open()
    const { status, err } = await run(...args)
    expect([status, err]).toEqual([3, expect.stringMatching(words)])
  })
})

it('owner/repo without a workflow is exit 2, where there is no default owner', async () => {
  await open()
  await space.write('config/github.yaml', 'github: {}\n')
  await space.write('config/components.yaml', 'components: {}\n')
  const { status, err } = await run('uDOS/engine')
  expect([status, err]).toEqual([2, expect.stringContaining('uDOS/engine/tests.yml')])
})

it('a disabled workflow is GitHub’s refusal, with the remedy, until it is enabled', async () => {
  await open()
  const disabled = await space.wizard('WORKFLOW', 'DISABLE', 'core/tests', '--json')
  expect(disabled.json).toMatchObject({ name: 'Tests', state: 'disabled_manually' })
  const { status, err } = await run('core/tests')
  expect([status, err]).toEqual([
    9,
    expect.stringContaining('WORKFLOW ENABLE uDOS/engine/tests.yml'),
  ])
  const enabled = await space.wizard('WORKFLOW', 'ENABLE', 'core/tests')
  expect([enabled.status, enabled.out]).toEqual([0, 'Tests\tactive\n'])
  expect((await run('core/tests')).status).toBe(0)
})

it.each(['ignored', 'refused'] as const)(
  'a server that has return_run_details %s: the run is found, the neighbours’ are not taken',
  async (runDetails) => {
    await open({ runDetails })
    await space.github.actions.add('uDOS/engine', {
      workflow: 'tests.yml',
      event: 'workflow_dispatch',
      actor: 'neighbour',
    })
    let own = 0
    onDispatch(space, async (run) => {
      own = run.id
      await space.github.actions.add('uDOS/engine', {
        workflow: 'tests.yml',
        event: 'workflow_dispatch',
        actor: 'neighbour',
      })
    })
    const { status, json } = await run('core/tests', '--json')
    expect([status, json.run_id]).toEqual([0, own])
  },
)

it('flags of waiting without --wait, and bad numbers, are exit 2', async () => {
  await open()
  for (const args of [
    ['--logs', 'all'],
    ['--download', 'out'],
    ['--wait', '--interval', '0'],
    ['--wait', '--timeout', 'x'],
    ['--wait', '--logs', 'some'],
  ]) {
    expect([args, (await run('core/tests', ...args)).status]).toEqual([args, 2])
  }
  expect(space.github.actions.runs('uDOS/engine')).toEqual([])
})

it('a job of Actions gets run_id, html_url and conclusion, and a table', async () => {
  await open()
  onDispatch(space, (one) => space.github.actions.finish(one))
  const [output, summary] = [space.path('output'), space.path('summary')]
  const env = { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary }
  const { status } = await space.run(['WORKFLOW', 'RUN', 'core/tests', '--wait'], { env })
  expect(status).toBe(0)
  const { id } = lastRun(space)
  const url = `${space.github.gitUrl}/uDOS/engine/actions/runs/${id}`
  expect(await readFile(output, 'utf8')).toBe(`run_id=${id}\nhtml_url=${url}\nconclusion=success\n`)
  expect(await readFile(summary, 'utf8')).toContain('| run_id | html_url | conclusion |')
})

describe('inputs from files', () => {
  it('key=@FILE is what a file holds, and @@ a literal @', async () => {
    await open()
    await space.write('version.txt', '1.2.3')
    expect((await run('core/ship', 'version=@version.txt')).status).toBe(0)
    expect(lastRun(space).inputs).toEqual({ version: '1.2.3' })
    expect((await run('core/ship', 'version=@@next')).status).toBe(0)
    expect(lastRun(space).inputs).toEqual({ version: '@next' })
    const { status, err } = await run('core/ship', 'version=@none.txt')
    expect([status, err]).toEqual([2, expect.stringContaining("none.txt can't be read")])
  })
})
