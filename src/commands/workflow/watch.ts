import { reportError } from '../../base/error-report.js'
import { UsageError, WizardError } from '../../base/errors.js'
import type { Invocation } from '../../invocation.js'
import { lines } from '../../terminal/page.js'
import { knownRunsOf } from '../../workflows/session.js'
import { isCompleted, isGood } from '../../workflows/watch/conclusion.js'
import type { CommitOutcome } from '../../workflows/watch/watch-commit.js'
import { defineVerb, type PartialFailure } from '../verb.js'
import { noteWholeRun, type RunTarget, runFlags, runTarget } from './run-target.js'
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
} from './shared.js'
import { repositoryOrWorkflow } from './target.js'

type Watched = { kind: 'run'; result: RunResult } | { kind: 'commit'; outcome: StoppableOutcome }

interface StoppableOutcome extends CommitOutcome {
  /** What ended the wait before the runs did. */
  stopped?: WizardError | undefined
}

export const watch = defineVerb({
  name: 'watch',
  summary: 'wait for a run, or all runs of a commit; exit 1 on failure',
  examples: [
    { command: 'wizard WORKFLOW WATCH core/tests', does: 'the newest run of a workflow' },
    {
      command: 'wizard WORKFLOW WATCH uDOS/uDOS/123456',
      does: 'one run, wherever it was started',
    },
    {
      command: 'wizard WORKFLOW WATCH uDOS/uDOS --commit "$(git rev-parse HEAD)"',
      does: 'all runs that a push started',
    },
  ],
  args: [
    { name: 'target', summary: 'a run, a workflow, or with --commit a repository', optional: true },
  ],
  flags: {
    ...runFlags,
    commit: {
      type: 'text',
      value: 'SHA',
      summary: 'wait for all runs of this commit, including later ones',
    },
    workflow: { type: 'text', value: 'W', summary: 'with --commit: only runs of this workflow' },
    ...waitFlags,
    ...retryFlags,
  },
  async run(invocation, [target], flags): Promise<Watched> {
    const { interval, commit, workflow, 'cancel-on-interrupt': cancelOnInterrupt } = flags
    const retry = retryOptions(flags)
    const options = { timeout: invocation.globals.timeout, interval, cancelOnInterrupt, ...retry }
    const runner = await invocation.workflowRunner()
    if (commit !== undefined) {
      if (cancelOnInterrupt) throw new UsageError('--cancel-on-interrupt needs a single run')
      if (retry.retryFailed !== undefined) throw new UsageError('--retry-failed needs a single run')
      const named = await repositoryOrWorkflow(invocation, target, flags.repo)
      const only = workflow ?? named.workflow ?? undefined
      const of = { ...options, workflow: only }
      const outcome = await runner
        .watchCommit(named.owner, named.repo, commit, of, invocation.call)
        .catch((error: unknown) => stoppedOutcome(commit, error))
      if (outcome.ended === 'completed') await showLogsOf(invocation, ...outcome.runs)
      return { kind: 'commit', outcome }
    }
    if (workflow !== undefined) throw new UsageError('--workflow needs --commit')
    if (target === undefined)
      throw new UsageError('WORKFLOW WATCH needs a run, or --commit', {
        hint: 'wizard WORKFLOW WATCH --help',
      })
    const named = await runTarget(invocation, target, flags)
    noteWholeRun(invocation, named, 'waiting for')
    const { owner, repo, runId } = named
    const result =
      (await endedAttempt(invocation, named)) ??
      (await untilTimeout(runner.pollStatus(owner, repo, runId, options, invocation.call)))
    if (!result.timeout && !result.stopped)
      await showLogs(invocation, result.run, 'failed', named.attempt)
    return { kind: 'run', result }
  },
  json: (watched): RunResult['run'] | CommitOutcome['runs'] =>
    watched.kind === 'run' ? watched.result.run : watched.outcome.runs,
  render: (watched) =>
    watched.kind === 'run' ? runPage(watched.result) : commitPage(watched.outcome),
  partialFailure: (watched) =>
    watched.kind === 'run' ? runFailure(watched.result) : commitFailure(watched.outcome),
  outputs: (watched) =>
    watched.kind === 'run'
      ? runOutputs(watched.result)
      : { conclusion: watched.outcome.conclusion ?? '' },
})

/** The runs of a wait that was stopped are a result too. @throws every other error */
function stoppedOutcome(sha: string, error: unknown): StoppableOutcome {
  const known = knownRunsOf(error)
  if (known === undefined || !('runs' in known) || !(error instanceof WizardError)) throw error
  const runs = known.runs.map((run) => ({ ...run, jobs: [] }))
  return { sha, runs, conclusion: null, ended: 'timeout', stopped: error }
}

/** An attempt that has ended is not waited for; the run's latest may go on. */
async function endedAttempt(
  invocation: Invocation,
  { owner, repo, runId, attempt }: RunTarget,
): Promise<RunResult | null> {
  if (attempt === undefined) return null
  const runner = await invocation.workflowRunner()
  const run = await runner.viewRun(owner, repo, runId, { attempt }, invocation.call)
  return isCompleted(run) ? { run, timeout: null } : null
}

async function showLogsOf(invocation: Invocation, ...runs: RunResult['run'][]): Promise<void> {
  for (const run of runs) await showLogs(invocation, run)
}

const commitPage = ({ runs }: CommitOutcome) =>
  lines(
    ...runs
      .map((run) => runPage({ run, timeout: null }))
      .flatMap((page) => (page.kind === 'lines' ? page.lines : [])),
  )

function commitFailure(outcome: StoppableOutcome): PartialFailure | null {
  const { sha, runs, conclusion, ended, stopped } = outcome
  if (stopped) return reportError(stopped)
  const of = `the runs of ${sha.slice(0, 7)}`
  if (ended === 'timeout') return { code: 'TIMEOUT', ...untilNow(of, runs) }
  if (isGood(conclusion)) return null
  const bad = runs.filter((run) => !isGood(run.conclusion)).length
  return { code: 'FAILED', message: `${bad} of ${of} did not succeed` }
}

/** What is known when the time is over. */
function untilNow(of: string, runs: CommitOutcome['runs']): { message: string; hint: string } {
  if (runs.length === 0)
    return {
      message: `${of} have not appeared`,
      hint: 'check that a push starts one, then watch again',
    }
  return runs.every(isCompleted)
    ? { message: `${of} that have appeared have ended`, hint: 'more may come: watch again' }
    : { message: `${of} have not all ended`, hint: 'they continue; watch again' }
}
