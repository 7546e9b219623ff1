import { reportError } from '../../base/error-report.js'
import { UsageError, WizardError } from '../../base/errors.js'
import type { Invocation } from '../../invocation.js'
import { lines } from '../../terminal/page.js'
import { knownRunsOf } from '../../workflows/session.js'
import { isCompleted, isGood, worstConclusion } from '../../workflows/watch/conclusion.js'
import type { WaitOptions } from '../../workflows/watch/wait.js'
import type { RunsOutcome } from '../../workflows/watch/watch-several.js'
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
import { repositoryOrWorkflow, type WorkflowTarget } from './target.js'

type Watched = { kind: 'run'; result: RunResult } | { kind: 'runs'; outcome: Outcome }

/** Of several runs, which were named, or are those of commits. */
interface Outcome extends RunsOutcome {
  /** For messages: `the runs of 1f62d2d`. */
  what: string
  /** What ended the wait before the runs did. */
  stopped?: WizardError | undefined
}

export const watch = defineVerb({
  name: 'watch',
  summary: 'wait for runs, or all runs of a commit; exit 1 on failure',
  examples: [
    { command: 'wizard WORKFLOW WATCH core/tests', does: 'the newest run of a workflow' },
    {
      command: 'wizard WORKFLOW WATCH uDOS/uDOS/123456',
      does: 'one run, wherever it was started',
    },
    {
      command: 'wizard WORKFLOW WATCH core/tests micro/tests 123456 -R uDOS/uDOS',
      does: 'several at once, of several repositories too',
    },
    {
      command: 'wizard WORKFLOW WATCH uDOS/uDOS --commit "$(git rev-parse HEAD)"',
      does: 'all runs that a push started',
    },
  ],
  args: [
    {
      name: 'target',
      summary: 'runs, workflows (their newest run), or with --commit repositories',
      optional: true,
      variadic: true,
    },
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
  async run(invocation, targets, flags): Promise<Watched> {
    const { interval, commit, workflow, 'cancel-on-interrupt': cancelOnInterrupt } = flags
    const retry = retryOptions(flags)
    const options = { timeout: invocation.globals.timeout, interval }
    const [target, ...others] = targets
    if (commit !== undefined || others.length > 0) {
      if (cancelOnInterrupt) throw new UsageError('--cancel-on-interrupt needs a single run')
      if (retry.retryFailed !== undefined) throw new UsageError('--retry-failed needs a single run')
    }
    if (commit === undefined && workflow !== undefined)
      throw new UsageError('--workflow needs --commit')
    if (commit !== undefined || others.length > 0) {
      const outcome = await (commit === undefined
        ? watchNamed(invocation, targets, flags, options)
        : watchCommits(invocation, targets, { ...flags, commit }, options))
      if (outcome.ended === 'completed') await showLogsOf(invocation, ...outcome.runs)
      return { kind: 'runs', outcome }
    }
    if (target === undefined)
      throw new UsageError('WORKFLOW WATCH needs a run, or --commit', {
        hint: 'wizard WORKFLOW WATCH --help',
      })
    const named = await runTarget(invocation, target, flags)
    noteWholeRun(invocation, named, 'waiting for')
    const { owner, repo, runId } = named
    const runner = await invocation.workflowRunner()
    const waiting = { ...options, cancelOnInterrupt, ...retry }
    const result =
      (await endedAttempt(invocation, named)) ??
      (await untilTimeout(runner.pollStatus(owner, repo, runId, waiting, invocation.call)))
    if (!result.timeout && !result.stopped)
      await showLogs(invocation, result.run, 'failed', named.attempt)
    return { kind: 'run', result }
  },
  json: (watched): RunResult['run'] | RunsOutcome['runs'] =>
    watched.kind === 'run' ? watched.result.run : watched.outcome.runs,
  render: (watched) =>
    watched.kind === 'run' ? runPage(watched.result) : runsPage(watched.outcome),
  partialFailure: (watched) =>
    watched.kind === 'run' ? runFailure(watched.result) : runsFailure(watched.outcome),
  outputs: (watched) =>
    watched.kind === 'run'
      ? runOutputs(watched.result)
      : { conclusion: watched.outcome.conclusion ?? '' },
})

type WatchOptions = Pick<WaitOptions, 'timeout' | 'interval'>

async function watchNamed(
  invocation: Invocation,
  targets: string[],
  flags: Parameters<typeof runTarget>[2],
  options: WatchOptions,
): Promise<Outcome> {
  const references: RunTarget[] = []
  for (const target of targets) {
    const named = await runTarget(invocation, target, flags)
    noteWholeRun(invocation, named, 'waiting for')
    references.push(named)
  }
  const what = `the ${references.length} runs`
  const runner = await invocation.workflowRunner()
  return runner
    .watchRuns(references, options, invocation.call)
    .then((outcome) => ({ ...outcome, what }))
    .catch((error: unknown) => stoppedOutcome(what, error))
}

/** Of a commit in each of the repositories, which may be in different ones of them. */
async function watchCommits(
  invocation: Invocation,
  targets: string[],
  { commit, workflow, repo: flag }: { commit: string; workflow?: string; repo?: string },
  options: WatchOptions,
): Promise<Outcome> {
  const places: WorkflowTarget[] = []
  for (const target of targets.length === 0 ? [undefined] : targets)
    places.push(await repositoryOrWorkflow(invocation, target, flag))
  const runner = await invocation.workflowRunner()
  // Where one can't be watched, the others are not waited for.
  const stop = new AbortController()
  const signal = AbortSignal.any([invocation.signal, stop.signal])
  const call = { ...invocation.call, signal }
  const outcomes = await Promise.all(
    places.map(async ({ owner, repo, workflow: own }): Promise<Outcome> => {
      const of = { ...options, workflow: workflow ?? own ?? undefined }
      return runner
        .watchCommit(owner, repo, commit, of, call)
        .then((outcome) => ({ ...outcome, what: `the runs of ${outcome.sha.slice(0, 7)}` }))
        .catch((error: unknown) => {
          if (!invocation.signal.aborted) stop.abort(error)
          return stoppedOutcome(`the runs of ${commit.slice(0, 7)}`, error)
        })
    }),
  )
  const runs = outcomes.flatMap((one) => one.runs)
  const [first] = outcomes
  return {
    what:
      outcomes.length === 1 ? (first?.what ?? '') : `the runs of ${outcomes.length} repositories`,
    runs,
    conclusion: worstConclusion(runs),
    ended: outcomes.some(({ ended }) => ended === 'timeout') ? 'timeout' : 'completed',
    stopped: outcomes.find(({ stopped }) => stopped)?.stopped,
  }
}

/** The runs of a wait that was stopped are a result too. @throws every other error */
function stoppedOutcome(what: string, error: unknown): Outcome {
  const known = knownRunsOf(error)
  if (known === undefined || !('runs' in known) || !(error instanceof WizardError)) throw error
  const runs = known.runs.map((run) => ({ ...run, jobs: [] }))
  return { what, runs, conclusion: null, ended: 'timeout', stopped: error }
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

const runsPage = ({ runs }: RunsOutcome) =>
  lines(
    ...runs
      .map((run) => runPage({ run, timeout: null }))
      .flatMap((page) => (page.kind === 'lines' ? page.lines : [])),
  )

function runsFailure(outcome: Outcome): PartialFailure | null {
  const { what: of, runs, conclusion, ended, stopped } = outcome
  if (stopped) return reportError(stopped)
  if (ended === 'timeout') return { code: 'TIMEOUT', ...untilNow(of, runs) }
  if (isGood(conclusion)) return null
  const bad = runs.filter((run) => !isGood(run.conclusion)).length
  return { code: 'FAILED', message: `${bad} of ${of} did not succeed` }
}

/** What is known when the time is over. */
function untilNow(of: string, runs: RunsOutcome['runs']): { message: string; hint: string } {
  if (runs.length === 0)
    return {
      message: `${of} have not appeared`,
      hint: 'check that a push starts one, then watch again',
    }
  return runs.every(isCompleted)
    ? { message: `${of} that have appeared have ended`, hint: 'more may come: watch again' }
    : { message: `${of} have not all ended`, hint: 'they continue; watch again' }
}
