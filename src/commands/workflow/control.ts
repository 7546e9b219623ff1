import { UsageError } from '../../base/errors.js'
import { lines } from '../../terminal/page.js'
import { repositoryFlag } from '../targets.js'
import { defineVerb } from '../verb.js'
import { refusePart, runArgument, runFlags, runTarget } from './run-target.js'
import {
  type RunResult,
  runFailure,
  runOutputs,
  runPage,
  showLogs,
  untilTimeout,
  waitFlags,
} from './shared.js'
import { workflowTarget } from './target.js'

const exactRun = { name: 'run', summary: 'component/RUN_ID, owner/repo/RUN_ID, or its address' }

export const cancel = defineVerb({
  name: 'cancel',
  summary: 'cancel a run',
  examples: [{ command: 'wizard WORKFLOW CANCEL uDOS/uDOS/123456', does: 'one run, by its id' }],
  args: [exactRun],
  flags: {
    force: {
      type: 'boolean',
      summary: 'cancel even a run that does not react, such as with always()',
    },
    ...repositoryFlag,
  },
  async run(invocation, [target = ''], { force, ...flags }) {
    const named = await runTarget(invocation, target, flags, { exact: true })
    await refusePart(invocation, named, 'CANCEL')
    const { owner, repo, runId } = named
    await (await invocation.workflowRunner()).cancel(owner, repo, runId, { force }, invocation.call)
    return { repo: `${owner}/${repo}`, run_id: runId, cancelled: true }
  },
  render: ({ repo, run_id: id }, invocation) =>
    invocation.globals.quiet ? { kind: 'nothing' } : lines(`${repo} ${id} is being cancelled`),
})

export const rerun = defineVerb({
  name: 'rerun',
  summary: 'run a run again: all jobs, --failed ones, or one --job',
  examples: [
    {
      command: 'wizard WORKFLOW RERUN core/tests --failed',
      does: 'the failed jobs of the newest run',
    },
    { command: 'wizard WORKFLOW RERUN uDOS/uDOS/123456', does: 'all of one run' },
  ],
  args: [runArgument],
  flags: {
    failed: { type: 'boolean', summary: 'only the failed jobs' },
    job: { type: 'text', value: 'NAME', summary: 'only one job, by its name or id' },
    wait: { type: 'boolean', summary: 'wait for the end; exit 0 on success, 1 on failure' },
    ...waitFlags,
    ...runFlags,
  },
  async run(invocation, [target = ''], { failed, job: named, wait, ...flags }): Promise<Rerun> {
    const { interval, 'cancel-on-interrupt': cancelOnInterrupt } = flags
    if (!wait && (interval !== undefined || cancelOnInterrupt))
      throw new UsageError(`--${interval ? 'interval' : 'cancel-on-interrupt'} needs --wait`)
    const { jobId, ...of } = await runTarget(invocation, target, flags)
    await refusePart(invocation, of, 'RERUN')
    const { owner, repo, runId } = of
    const job = named ?? jobId?.toString()
    const runner = await invocation.workflowRunner()
    const before = wait ? await runner.viewRun(owner, repo, runId, {}, invocation.call) : null
    await runner.rerun(owner, repo, runId, { failed, job }, invocation.call)
    const which = job ?? (failed ? 'failed' : 'all')
    const started = { repo: `${owner}/${repo}`, run_id: runId, rerun: which }
    if (!wait) return { kind: 'started', started }
    const options = {
      timeout: invocation.globals.timeout,
      interval,
      cancelOnInterrupt,
      after: before?.attempt,
    }
    const result = await untilTimeout(
      runner.pollStatus(owner, repo, runId, options, invocation.call),
    )
    if (!result.timeout && !result.stopped) await showLogs(invocation, result.run)
    return { kind: 'waited', result }
  },
  json: (done): RunResult['run'] | StartedRerun =>
    done.kind === 'waited' ? done.result.run : done.started,
  render(done, invocation) {
    if (done.kind === 'waited') return runPage(done.result)
    const { repo, run_id: id } = done.started
    return invocation.globals.quiet
      ? { kind: 'nothing' }
      : lines(`${repo} ${id} runs again; wizard WORKFLOW WATCH ${repo}/${id} waits for it`)
  },
  partialFailure: (done) => (done.kind === 'waited' ? runFailure(done.result) : null),
  outputs: (done): Record<string, string> =>
    done.kind === 'waited' ? runOutputs(done.result) : {},
})

/** Without `--wait`. */
export interface StartedRerun {
  repo: string
  run_id: number
  /** `all`, `failed`, or the job. */
  rerun: string
}

type Rerun = { kind: 'started'; started: StartedRerun } | { kind: 'waited'; result: RunResult }

function switchVerb<N extends 'enable' | 'disable'>(name: N, summary: string) {
  return defineVerb({
    name,
    summary,
    examples: [{ command: `wizard WORKFLOW ${name.toUpperCase()} core/nightly`, does: summary }],
    args: [{ name: 'target', summary: 'component/workflow, repo/workflow or owner/repo/workflow' }],
    flags: repositoryFlag,
    async run(invocation, [target = ''], { repo: flag }) {
      const { owner, repo, workflow } = await workflowTarget(invocation, target, flag)
      return (await invocation.workflowRunner())[name](
        owner,
        repo,
        workflow ?? target,
        invocation.call,
      )
    },
    render: ({ name: title, state }, invocation) =>
      invocation.globals.quiet ? { kind: 'nothing' } : lines(`${title}\t${state}`),
  })
}

export const enable = switchVerb('enable', 'let a workflow run')
export const disable = switchVerb('disable', 'stop a workflow from running, until it is enabled')
