import { resolve } from 'node:path'
import type { Context } from '../../context.js'
import { UsageError } from '../../core/errors.js'
import type { WorkflowRun, WorkflowRunWithJobs } from '../../core/workflows/types.js'
import { isCompleted, isGood } from '../../core/workflows/verdict.js'
import { repositoryFlag } from '../repository-context.js'
import { defineVerb, type Flags } from '../verb.js'
import { ends, labelled } from './log-text.js'
import { runOutputs, runPage, runShortfall, untilTimeout } from './run-result.js'
import { workflowTarget } from './target.js'
import { waitFlags } from './wait-flags.js'

const flags = {
  ref: {
    type: 'text',
    value: 'R',
    summary: 'a branch or tag to run on; default: the default branch',
  },
  wait: { type: 'boolean', summary: 'wait for the end; exit 0 on success, 1 on failure' },
  ...waitFlags,
  logs: {
    type: 'choice',
    choices: ['failed', 'all', 'none'],
    summary: 'what of the logs is shown in the end (failed)',
  },
  download: {
    type: 'text',
    value: 'DIR',
    summary: 'with --wait: artifacts, each unzipped into DIR/NAME',
  },
  ...repositoryFlag,
} as const

export const run = defineVerb({
  name: 'run',
  summary: 'dispatch a workflow; with --wait, as dependable as a local command',
  examples: [
    { command: 'wizard WORKFLOW RUN core/tests', does: 'prints the address of the run it started' },
    {
      command: 'wizard WORKFLOW RUN core/tests --wait && ./deploy',
      does: 'goes on only if it succeeds',
    },
    {
      command: 'wizard WORKFLOW RUN uDOS/uDOS/publish.yml version=1.2.3 --ref v1.2.3',
      does: 'with inputs, on a tag',
    },
    {
      command: 'wizard WORKFLOW RUN core/build --wait --download out',
      does: 'and its artifacts, in out/NAME',
    },
    {
      command: 'wizard WORKFLOW RUN core/tests --wait --timeout 1800 --json',
      does: 'for scripts; exit 7 when it is not done by then',
    },
  ],
  args: [
    {
      name: 'target',
      summary:
        'component/workflow, repo/workflow or owner/repo/workflow; by file, id or display name',
    },
    { name: 'key=value', summary: "the workflow's inputs", optional: true, variadic: true },
  ],
  flags,
  async run(context, [target = '', ...assignments], values) {
    const inputs = parseInputs(assignments)
    refuseWithoutWait(values)
    const { owner, repo, workflow } = await workflowTarget(context, target, values.repo)
    const runner = await context.workflowRunner()
    const result = await untilTimeout(
      runner.run(owner, repo, workflow ?? target, {
        ref: values.ref,
        inputs,
        wait: values.wait,
        timeout: context.globals.timeout,
        interval: values.interval,
        cancelOnInterrupt: values['cancel-on-interrupt'],
      }),
    )
    if (!values.wait || !isCompleted(result.run)) return result
    await showLogs(context, result.run, values.logs ?? 'failed')
    return { ...result, run: await withArtifacts(context, result.run, values.download) }
  },
  json: ({ run }) => run,
  render: runPage,
  shortfall: runShortfall,
  outputs: runOutputs,
})

/** Later ones win, as with flags. @throws UsageError */
export function parseInputs(assignments: string[]): Record<string, string> {
  const pairs = assignments.map((text) => {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
    if (key === undefined || value === undefined) {
      throw new UsageError(`${text} is no key=value`, {
        hint: 'inputs follow the target: version=1.2.3',
      })
    }
    return [key, value] as const
  })
  return Object.fromEntries(pairs)
}

function refuseWithoutWait(values: Flags<typeof flags>): void {
  if (values.wait) return
  const idle = (['interval', 'cancel-on-interrupt', 'logs', 'download'] as const).find(
    (name) => values[name],
  )
  if (idle) throw new UsageError(`--${idle} says what to do with --wait, which is not given`)
}

/** On stderr, so that the result stands alone. */
export async function showLogs(
  context: Context,
  done: WorkflowRun | WorkflowRunWithJobs,
  which: 'failed' | 'all' | 'none',
): Promise<void> {
  if (which === 'none' || context.globals.json) return
  if (which === 'failed' && isGood(done.conclusion)) return
  const runner = await context.workflowRunner()
  const [owner = '', repo = ''] = done.repo.split('/')
  const colours = context.terminal.err.hasColour
  const text =
    which === 'all'
      ? labelled(runner.readLogs(owner, repo, done.run_id, { colours }))
      : ends(await runner.failedSteps(owner, repo, done.run_id, { colours }))
  await context.terminal.showForeign('err', text)
}

async function withArtifacts(
  context: Context,
  done: WorkflowRun | WorkflowRunWithJobs,
  dir: string | undefined,
): Promise<WorkflowRun | WorkflowRunWithJobs> {
  if (dir === undefined) return done
  const runner = await context.workflowRunner()
  const [owner = '', repo = ''] = done.repo.split('/')
  const path = resolve(context.cwd, dir)
  const artifacts = await runner.downloadArtifacts(owner, repo, done.run_id, path)
  return { ...done, artifacts }
}
