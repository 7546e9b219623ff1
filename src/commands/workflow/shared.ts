import { resolve } from 'node:path'
import { reportError } from '../../base/error-report.js'
import { UsageError, WizardError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import type { Annotation } from '../../github/rest/actions/annotations.js'
import type { Invocation } from '../../invocation.js'
import { marks } from '../../terminal/marks.js'
import { lines, type Page } from '../../terminal/page.js'
import { formatLength } from '../../terminal/times.js'
import type { DownloadedArtifact } from '../../workflows/artifacts/artifacts.js'
import {
  RunTimeoutError,
  type WorkflowRun,
  type WorkflowRunWithJobs,
} from '../../workflows/run-data.js'
import { knownRunsOf } from '../../workflows/session.js'
import { isCompleted, isGood } from '../../workflows/watch/conclusion.js'
import type { RetryOptions } from '../../workflows/watch/retry.js'
import type { FlagSpecs, Flags } from '../flags.js'
import type { PartialFailure } from '../verb.js'
import { ends, labelled } from './logs.js'

/** A run that was started, awaited or viewed; and whether the wait timed out before its end. */
export interface RunResult {
  run: WorkflowRun | WorkflowRunWithJobs
  timeout: RunTimeoutError | null
  /** What ended the wait before the run did: a signal, a refused token, a rate limit. */
  stopped?: WizardError | undefined
  /** false: the run was only started, so its conclusion does not matter. */
  waited?: boolean
  /** Requested artifacts that were not downloaded. */
  missing?: PartialFailure | null
  /** Reasons by the artifact's name. */
  reasons?: Map<string, string>
}

/**
 * A run whose wait timed out, or was stopped, is a result too: it is printed, and the exit status
 * reports what ended the wait.
 */
export async function untilTimeout(
  work: Promise<WorkflowRun | WorkflowRunWithJobs>,
): Promise<RunResult> {
  try {
    return { run: await work, timeout: null }
  } catch (error) {
    if (error instanceof RunTimeoutError) return { run: error.run, timeout: error }
    const known = knownRunsOf(error)
    if (known === undefined || !('run' in known) || !(error instanceof WizardError)) throw error
    return { run: known.run, timeout: null, stopped: error }
  }
}

/** success, neutral and skipped are successes; every other conclusion is a failure. */
export function runFailure(result: RunResult): PartialFailure | null {
  const { run, timeout, stopped, waited, missing = null } = result
  if (stopped) return reportError(stopped)
  if (waited === false) return null
  if (timeout) return reportError(timeout)
  if (!isCompleted(run) || isGood(run.conclusion)) return missing
  const back = `${run.repo}/${run.run_id}`
  if (run.conclusion === 'startup_failure') return neverStarted(run)
  return {
    code: 'FAILED',
    message: `${run.workflow} ended with ${run.conclusion}: ${run.html_url}`,
    hint: `wizard WORKFLOW WHY ${back}; wizard WORKFLOW RERUN ${back} --failed`,
  }
}

const neverStarted = ({ workflow, html_url: page }: Run): PartialFailure => ({
  code: 'FAILED',
  message: `${workflow} ended with startup_failure, before any job: ${page}`,
  hint: 'the page says why: an error in its file, or an action that differs from .github/workflows/actions.lock',
})

/** Outputs for later steps of an Actions job. */
export const runOutputs = ({ run }: RunResult): Record<string, string> => ({
  run_id: String(run.run_id),
  html_url: run.html_url,
  conclusion: run.conclusion ?? '',
})

/** Its conclusion or its address, and then its artifacts. */
export function runPage(result: RunResult): Page {
  const { run, waited, reasons } = result
  if (waited === false || !isCompleted(run)) return lines(run.html_url)
  const artifacts = run.artifacts.map(
    ({ name, path }) => `${name}\t${path ?? reasons?.get(name) ?? '(not downloaded)'}`,
  )
  return lines(formatConclusion(result), ...artifacts)
}

/** In one line. */
export function formatConclusion({ run }: RunResult): string {
  if (!isCompleted(run)) return run.html_url
  const seconds = run.duration_seconds === null ? '' : ` in ${formatLength(run.duration_seconds)}`
  const mark = isGood(run.conclusion) ? marks.good : marks.bad
  return `${mark} ${run.workflow} ${run.conclusion}${attemptsOf(run)}${seconds}: ${run.html_url}`
}

type Run = WorkflowRun | WorkflowRunWithJobs

/** A run that passed only when it ran again is flaky, and not to be taken for a clean one. */
function attemptsOf(run: Run): string {
  const attempts = ('attempts' in run ? run.attempts : undefined) ?? []
  const last = attempts.at(-1)
  if (attempts.length < 2 || last === undefined) return ''
  return isGood(run.conclusion)
    ? `, passed on attempt ${last.attempt}`
    : ` on attempt ${last.attempt}, after ${attempts.length} tries`
}

/**
 * Shows the logs of an ended run on stderr, so that stdout has only the result. That a run failed
 * matters more than that its logs can't be read, which is a warning then.
 *
 * @param attempt default: the latest
 */
export async function showLogs(
  invocation: Invocation,
  run: Run,
  which: 'failed' | 'all' | 'none' = 'failed',
  attempt?: number,
): Promise<void> {
  if (which === 'none' || invocation.globals.json) return
  if (which === 'failed' && isGood(run.conclusion)) return
  try {
    await invocation.terminal.showForeign('err', await logsOf(invocation, run, which, attempt))
  } catch (error) {
    const stopped = invocation.signal.aborted || !(error instanceof WizardError)
    if (stopped || isGood(run.conclusion)) throw error
    const message = `can't show the logs: ${reportError(error).message}`
    invocation.terminal.emit({ type: 'warning', message })
  }
}

async function logsOf(
  invocation: Invocation,
  run: Run,
  which: 'failed' | 'all',
  attempt: number | undefined,
): Promise<AsyncGenerator<string>> {
  const runner = await invocation.workflowRunner()
  const [owner = '', repo = ''] = run.repo.split('/')
  if (run.conclusion === 'startup_failure')
    return errorLines(await runner.startupErrors(owner, repo, run.run_id, invocation.call))
  const options = { attempt, colours: invocation.terminal.err.hasColour }
  return which === 'all'
    ? labelled(runner.readLogs(owner, repo, run.run_id, options, invocation.call))
    : ends(await runner.failedSteps(owner, repo, run.run_id, options, invocation.call))
}

async function* errorLines(errors: Annotation[]): AsyncGenerator<string> {
  for (const { path, line, title, message } of errors) {
    yield `${path}:${line}: ${title ? `${title}: ` : ''}${message}\n`
  }
}

/**
 * The run with its artifacts in `dir`. A failed download is part of the result, because the run's
 * conclusion matters more.
 */
export async function withArtifacts(
  invocation: Invocation,
  run: Run,
  dir: string,
): Promise<RunResult> {
  const runner = await invocation.workflowRunner()
  const [owner = '', repo = ''] = run.repo.split('/')
  const liveness = await invocation.liveness()
  try {
    const path = resolve(invocation.cwd, dir)
    const came = await runner.downloadArtifacts(
      owner,
      repo,
      run.run_id,
      path,
      { liveness },
      invocation.call,
    )
    const artifacts = came.map(({ name, path, size }) => ({ name, path, size }))
    const reasons = new Map(
      came.flatMap(({ name, error }) => (error === null ? [] : [[name, error.message] as const])),
    )
    return { run: { ...run, artifacts }, timeout: null, missing: artifactFailure(came), reasons }
  } catch (error) {
    if (invocation.signal.aborted || !(error instanceof WizardError)) throw error
    const { code, message, hint, remedy } = reportError(error)
    return { run, timeout: null, missing: { code, message, hint, remedy } }
  }
}

/** The failure of the first missing artifact; null if all were downloaded. */
export function artifactFailure(artifacts: DownloadedArtifact[]): PartialFailure | null {
  const failed = artifacts.filter(({ error }) => error !== null)
  const [first] = failed
  if (!first?.error) return null
  const others = failed.length > 1 ? `, and ${failed.length - 1} more` : ''
  const { code, message, hint, remedy } = first.error
  return {
    code: failed.length === artifacts.length ? code : 'FAILED',
    message: `${first.name}: ${message}${others}`,
    hint,
    remedy,
  }
}

/** Flags of verbs that wait for one run, and may run its failed jobs again. */
export const retryFlags = {
  'retry-failed': {
    type: 'integer',
    value: 'N',
    min: 0,
    max: 100,
    summary: 'run failed jobs again, at most N times',
  },
  'retry-match': {
    type: 'text',
    value: 'REGEX',
    summary: 'with --retry-failed: only if a failed log or annotation matches',
  },
} as const satisfies FlagSpecs

/** @throws UsageError for a pattern that is not a regular expression, or without --retry-failed */
export function retryOptions(flags: Flags<typeof retryFlags>): RetryOptions {
  const { 'retry-failed': retryFailed, 'retry-match': pattern } = flags
  if (pattern === undefined) return { retryFailed }
  if (retryFailed === undefined) throw new UsageError('--retry-match needs --retry-failed')
  try {
    return { retryFailed, retryMatch: new RegExp(pattern) }
  } catch {
    throw new UsageError(`not a regular expression: ${oneLine(pattern, 100)}`, {
      hint: 'such as "ETIMEDOUT|503"',
    })
  }
}

/** Flags of verbs that wait for a run. */
export const waitFlags = {
  interval: {
    type: 'integer',
    value: 'S',
    min: 1,
    max: 3600,
    summary: 'seconds between polls, after the first quick ones (10)',
  },
  'cancel-on-interrupt': { type: 'boolean', summary: 'Ctrl-C cancels the run too' },
} as const satisfies FlagSpecs
