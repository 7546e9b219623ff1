import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { UsageError } from '../../base/errors.js'
import { reasonOf } from '../../base/fs/system-error.js'
import type { Repo } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import type { Invocation } from '../../invocation.js'
import type { InputsQuestion } from '../../workflows/dispatch/dispatch.js'
import type { DueRun } from '../../workflows/due/due-run.js'
import type { WorkflowRun, WorkflowRunWithJobs } from '../../workflows/run-data.js'
import { isCompleted } from '../../workflows/watch/conclusion.js'
import type { FlagSpecs, Flags } from '../flags.js'
import { repositoryFlag } from '../targets.js'
import { defineVerb } from '../verb.js'
import { inputsQuestion } from './ask-inputs.js'
import { dueFailure, dueFlags, duePage, isDueReport, runWhatIsDue } from './run-due.js'
import {
  type RunResult,
  retryFlags,
  retryOptions,
  runFailure,
  runOutputs,
  runPage,
  showLogs,
  untilTimeout,
  waitFlags,
  withArtifacts,
} from './shared.js'
import { workflowTarget } from './target.js'

/** Flags of verbs that wait for a run. */
export const runAndWaitFlags = {
  ref: {
    type: 'text',
    value: 'R',
    summary: 'a branch or tag to run on; default: the default branch',
  },
  ...waitFlags,
  ...retryFlags,
  logs: {
    type: 'choice',
    choices: ['failed', 'all', 'none'],
    summary: 'which logs are shown at the end (failed)',
  },
  download: {
    type: 'text',
    value: 'DIR',
    summary: 'with --wait: artifacts, each unzipped into DIR/NAME',
  },
} as const satisfies FlagSpecs

const flags = {
  ...dueFlags,
  wait: { type: 'boolean', summary: 'wait for the end; exit 0 on success, 1 on failure' },
  ...runAndWaitFlags,
  ...repositoryFlag,
} as const

export const run = defineVerb({
  name: 'run',
  summary: 'start a workflow; --wait waits for the result',
  examples: [
    { command: 'wizard WORKFLOW RUN core/tests', does: 'prints the address of the run it started' },
    {
      command: 'wizard WORKFLOW RUN core/tests --wait && ./deploy',
      does: 'continues only if it succeeds',
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
    {
      command: 'wizard workflow run --due --quiet',
      does: 'for cron: each run_schedule of components.yaml that is due',
    },
  ],
  args: [
    {
      name: 'target',
      summary:
        'component/workflow, repo/workflow or owner/repo/workflow; by file, id or display name',
      optional: true,
    },
    {
      name: 'key=value',
      summary: "the workflow's inputs; key=@FILE takes a file's text",
      optional: true,
      variadic: true,
    },
  ],
  flags,
  async run(invocation, args, values) {
    if (values.due) return runWhatIsDue(invocation, args, values)
    const [target, ...assignments] = args
    if (target === undefined) throw noTarget()
    const inputs = await readInputValues(invocation, readAssignments(assignments))
    const askInputs = inputsQuestion(invocation)
    refuseWithoutWait(values)
    const { owner, repo, workflow, ...own } = await workflowTarget(invocation, target, values.repo)
    const named = { owner, repo, workflow: workflow ?? target }
    const options = { ref: values.ref ?? own.ref, inputs: { ...own.inputs, ...inputs }, askInputs }
    if (values.wait) return runAndWait(invocation, named, { ...values, ...options })
    const runner = await invocation.workflowRunner()
    const started = runner.run(owner, repo, named.workflow, options, invocation.call)
    return { ...(await untilTimeout(started)), waited: false }
  },
  json: (result): WorkflowRun | WorkflowRunWithJobs | DueRun[] =>
    isDueReport(result) ? result.runs : result.run,
  render: (result, invocation) =>
    isDueReport(result) ? duePage(result, invocation) : runPage(result),
  partialFailure: (result) => (isDueReport(result) ? dueFailure(result) : runFailure(result)),
  outputs: (result) => (isDueReport(result) ? {} : runOutputs(result)),
})

const noTarget = () =>
  new UsageError('WORKFLOW RUN needs TARGET', { hint: 'for example core/tests; or --due' })

/** Waits for the run, then shows the requested logs and downloads the artifacts. */
export async function runAndWait(
  invocation: Invocation,
  { owner, repo, workflow }: Repo & { workflow: string },
  values: Flags<typeof runAndWaitFlags> & {
    inputs: Record<string, string>
    askInputs?: InputsQuestion | undefined
    timeout?: number | undefined
  },
): Promise<RunResult> {
  const runner = await invocation.workflowRunner()
  const result = await untilTimeout(
    runner.run(
      owner,
      repo,
      workflow,
      {
        ref: values.ref,
        inputs: values.inputs,
        askInputs: values.askInputs,
        wait: true,
        timeout: values.timeout ?? invocation.globals.timeout,
        interval: values.interval,
        cancelOnInterrupt: values['cancel-on-interrupt'],
        ...retryOptions(values),
      },
      invocation.call,
    ),
  )
  if (result.stopped || !isCompleted(result.run)) return result
  await showLogs(invocation, result.run, values.logs)
  if (values.download === undefined) return result
  return withArtifacts(invocation, result.run, values.download)
}

/**
 * `key=@FILE` is what the file holds, and `key=@@x` is `@x`.
 *
 * @throws UsageError for a file that can't be read
 */
export async function readInputValues(
  { cwd }: Invocation,
  given: Record<string, string>,
): Promise<Record<string, string>> {
  const entries = Object.entries(given).map(async ([key, value]) => {
    if (!value.startsWith('@')) return [key, value] as const
    if (value.startsWith('@@')) return [key, value.slice(1)] as const
    try {
      return [key, await readFile(resolve(cwd, value.slice(1)), 'utf8')] as const
    } catch (cause) {
      const file = oneLine(value.slice(1), 200)
      throw new UsageError(`${key}: ${file} can't be read: ${reasonOf(cause)}`, {
        hint: `for the text itself write ${key}=@${oneLine(value, 200)}`,
        cause,
      })
    }
  })
  return Object.fromEntries(await Promise.all(entries))
}

/** @throws UsageError, also for an input that is given twice: one of the two would be lost */
export function readAssignments(assignments: string[]): Record<string, string> {
  const pairs = assignments.map((text) => {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
    if (key === undefined || value === undefined) {
      throw new UsageError(`not key=value: ${text}`, {
        hint: 'inputs follow the target: version=1.2.3',
      })
    }
    return [key, value] as const
  })
  const twice = pairs.find(([key], at) => pairs.findIndex(([other]) => other === key) < at)
  if (twice) throw new UsageError(`the input ${twice[0]} is given twice`)
  return Object.fromEntries(pairs)
}

function refuseWithoutWait(values: Flags<typeof flags>): void {
  if (values['lock-wait'] !== undefined) throw new UsageError('--lock-wait needs --due')
  if (values.wait) return
  const idle = (
    ['interval', 'cancel-on-interrupt', 'logs', 'download', 'retry-failed', 'retry-match'] as const
  ).find((name) => values[name] !== undefined && values[name] !== false)
  if (idle) throw new UsageError(`--${idle} needs --wait`)
}
