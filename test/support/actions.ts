import type { ChildProcess } from 'node:child_process'
import type { Run } from 'local-github'
import { stringify } from 'yaml'
import { openWorkspace, type Workspace, type WorkspaceOptions } from './workspace.js'

const name = 'uDOS/engine'

const job = (title: string) => `
  ${title}:
    name: ${title}
    steps: [{ name: Prepare, run: a }, { name: Test, run: b }]`

const workflows = {
  'tests.yml': `name: Tests
on:
  workflow_dispatch:
    inputs:
      suite: { type: choice, options: [unit, e2e], default: unit }
      verbose: { type: boolean }
jobs:${job('unit')}${job('docs')}
`,
  'publish.yml': `name: Publish
on:
  workflow_dispatch:
    inputs:
      version: { required: true }
jobs:${job('publish')}
`,
  'nightly.yml': `name: Nightly\non: [push, workflow_dispatch]\njobs:${job('night')}\n`,
  'nightly2.yml': `name: nightly\non: [push, workflow_dispatch]\njobs:${job('night')}\n`,
  'twice.yml': `name: Same name\non: [push, workflow_dispatch]\njobs:${job('one')}\n`,
  'again.yml': `name: Same name\non: [push, workflow_dispatch]\njobs:${job('one')}\n`,
  'push.yml': `name: On push\non: push\njobs:${job('one')}\n`,
}

/**
 * A workspace whose GitHub has `uDOS/engine` with workflows; its component `core` has its own names
 * for two of them.
 */
export async function openActions(options: WorkspaceOptions = {}): Promise<Workspace> {
  const space = await openWorkspace(options)
  const files = Object.fromEntries(
    Object.entries(workflows).map(([file, text]) => [`.github/workflows/${file}`, text]),
  )
  await space.github.addRepository(name, { files })
  const own = { tests: 'tests.yml', ship: 'publish.yml' }
  const components = { core: { repo: 'engine', workflows: own } }
  await space.write('config/components.yaml', stringify({ components }))
  return space
}

/** The result of each dispatched run, set before its dispatch is answered. */
export function onDispatch({ github }: Workspace, act: (run: Run) => unknown): void {
  github.actions.onDispatch((run) => act(run))
}

/** The last started run. */
export function lastRun({ github }: Workspace): Run {
  const [run] = github.actions.runs(name)
  if (!run) throw new Error('nothing has run')
  return run
}

/** An ended run of a workflow. */
export async function endedRun(
  { github }: Workspace,
  end: Parameters<typeof github.actions.finish>[1] = {},
  workflow = 'tests.yml',
): Promise<Run> {
  const run = await github.actions.add(name, { workflow })
  github.actions.finish(run, end)
  return run
}

/** Resolves when the process has written it to stderr. */
export function said(child: ChildProcess, what: RegExp): Promise<void> {
  let all = ''
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      all += chunk.toString()
      if (what.test(all)) resolve()
    })
    child.once('exit', () => reject(new Error(`it ended without ${what}: ${all}`)))
  })
}
