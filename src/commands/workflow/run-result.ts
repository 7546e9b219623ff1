import { reportError } from '../../base/errors.js'
import { lines, type Page } from '../../terminal/page.js'
import {
  RunTimeoutError,
  type WorkflowRun,
  type WorkflowRunWithJobs,
} from '../../workflows/types.js'
import { isCompleted, isGood } from '../../workflows/watch/conclusion.js'
import type { Shortfall } from '../verb.js'

/** A run that was started, waited for or looked at; and that the waiting is over, where it is before the run is. */
export interface RunResult {
  run: WorkflowRun | WorkflowRunWithJobs
  timeout: RunTimeoutError | null
  /** False: it was started, and how it ends is nobody's business here. */
  waited?: boolean
  /** Artifacts that were asked for and did not come. */
  missing?: Shortfall | null
  /** Why, by the artifact's name. */
  reasons?: Map<string, string>
}

/** A run whose waiting ended is a result too: the document is printed, and the exit status says the rest. */
export async function untilTimeout(
  work: Promise<WorkflowRun | WorkflowRunWithJobs>,
): Promise<RunResult> {
  try {
    return { run: await work, timeout: null }
  } catch (error) {
    if (error instanceof RunTimeoutError) return { run: error.run, timeout: error }
    throw error
  }
}

/** success, neutral and skipped are success; any other conclusion is not. */
export function runShortfall({
  run,
  timeout,
  waited,
  missing = null,
}: RunResult): Shortfall | null {
  if (waited === false) return null
  if (timeout) return reportError(timeout)
  if (!isCompleted(run) || isGood(run.conclusion)) return missing
  const back = `${run.repo}/${run.run_id}`
  return {
    code: 'FAILED',
    message: `${run.workflow} ended with ${run.conclusion}: ${run.html_url}`,
    hint: `wizard WORKFLOW LOGS ${back} --failed; wizard WORKFLOW RERUN ${back} --failed`,
  }
}

/** What a job of Actions hands on. */
export const runOutputs = ({ run }: RunResult): Record<string, string> => ({
  run_id: String(run.run_id),
  html_url: run.html_url,
  conclusion: run.conclusion ?? '',
})

/** How it ended, or its address; then its artifacts. */
export function runPage(result: RunResult): Page {
  const { run, waited, reasons } = result
  if (waited === false || !isCompleted(run)) return lines(run.html_url)
  const artifacts = run.artifacts.map(
    ({ name, path }) => `${name}\t${path ?? reasons?.get(name) ?? '(not downloaded)'}`,
  )
  return lines(verdict(result), ...artifacts)
}

/** One line. */
export function verdict({ run }: RunResult): string {
  if (!isCompleted(run)) return run.html_url
  const seconds = run.duration_seconds === null ? '' : ` in ${run.duration_seconds} s`
  const mark = isGood(run.conclusion) ? '✅' : '❌'
  return `${mark} ${run.workflow} ${run.conclusion}${seconds}: ${run.html_url}`
}
