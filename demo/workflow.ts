import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import type { LocalGitHub, Run } from 'local-github'
import { type Act, atMost, type Fact, is } from './facts.js'
import type { Stage } from './stage.js'

const name = 'uDOS/core'

const workflow = `name: Tests
on:
  workflow_dispatch:
    inputs:
      suite: { type: choice, options: [unit, e2e], default: unit }
jobs:
  lint:
    name: lint
    steps: [{ name: Check out, run: git }, { name: Lint, run: npm run lint }]
  test:
    name: test
    steps: [{ name: Check out, run: git }, { name: Test, run: npm test }]
`

const failedLog = `> node --test

✔ parses a command (2 ms)
✖ joins the words of a verb (4 ms)
  AssertionError: expected 'PULL ALL' to equal 'PULL-ALL'
`

/** A repository with a workflow; the sync does not clone it. */
export async function addWorkflow(github: LocalGitHub): Promise<void> {
  await github.addRepository(name, { files: { '.github/workflows/tests.yml': workflow } })
}

export const workflowActs: Act[] = [
  { title: 'Tests on GitHub, waited for like a local command', play: succeed },
  { title: 'They fail: exit 1, and the end of the log says why', play: fail },
  { title: 'A wrong input is told before anything is dispatched', play: refuse },
]

const target = ['WORKFLOW', 'RUN', `${name}/tests`]
const waiting = ['--wait', '--interval', '1']

async function succeed(stage: Stage): Promise<Fact[]> {
  const { github } = stage
  playRuns(github, (run) => {
    github.actions.addArtifact(run, 'report', [{ name: 'tests.txt', content: '42 passed\n' }])
    github.actions.finish(run)
  })
  let exit = -1
  const { api } = await stage.requestsDuring(async () => {
    exit = await stage.wizard(...target, 'suite=e2e', ...waiting, '--download', 'reports')
  })
  const [run] = github.actions.runs(name)
  const report = await readFile(stage.path('reports/report/tests.txt'), 'utf8')
  return [
    { what: 'exit status', ...is(exit, 0) },
    { what: 'input that the run was given', ...is(run?.inputs.suite ?? '', 'e2e') },
    { what: 'artifact, unpacked', ...is(report, '42 passed\n') },
    { what: 'API requests for all of it, at most 20', ...atMost(api, 20) },
  ]
}

async function fail(stage: Stage): Promise<Fact[]> {
  const { github } = stage
  playRuns(github, (run) =>
    github.actions.finish(run, {
      conclusion: 'failure',
      jobs: ['test'],
      logs: { test: failedLog },
    }),
  )
  const exit = await stage.wizard(...target, ...waiting)
  const [run] = github.actions.runs(name)
  return [
    { what: 'exit status, as the run failed', ...is(exit, 1) },
    { what: 'conclusion', ...is(run?.conclusion ?? '', 'failure') },
  ]
}

async function refuse(stage: Stage): Promise<Fact[]> {
  const before = stage.github.actions.runs(name).length
  const exit = await stage.wizard(...target, 'suite=nightly')
  return [
    { what: 'exit status of a wrong command', ...is(exit, 2) },
    { what: 'runs that it started', ...is(stage.github.actions.runs(name).length - before, 0) },
  ]
}

/** Each dispatched run takes two seconds. */
function playRuns(github: LocalGitHub, end: (run: Run) => void): void {
  github.actions.onDispatch((run) => {
    void play(github, run, end)
  })
}

async function play(github: LocalGitHub, run: Run, end: (run: Run) => void): Promise<void> {
  await setTimeout(500)
  github.actions.start(run)
  const [lint] = run.jobs
  for (const { steps } of run.jobs)
    for (const step of steps.slice(0, 1)) step.status = 'in_progress'
  await setTimeout(1000)
  if (lint) Object.assign(lint, { status: 'completed', conclusion: 'success' })
  await setTimeout(500)
  end(run)
}
