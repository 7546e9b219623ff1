import { resolve } from 'node:path'
import { reportError, WizardError } from '../../base/errors.js'
import type { Invocation } from '../../invocation.js'
import type { WorkflowRun, WorkflowRunWithJobs } from '../../workflows/types.js'
import { isGood } from '../../workflows/watch/conclusion.js'
import { artifactShortfall } from './artifact-shortfall.js'
import { ends, labelled } from './logs.js'
import type { RunResult } from './run-result.js'

type Run = WorkflowRun | WorkflowRunWithJobs

/** The logs of a run that has ended, on stderr, so that the result stands alone. */
export async function showLogs(
  invocation: Invocation,
  run: Run,
  which: 'failed' | 'all' | 'none' = 'failed',
): Promise<void> {
  if (which === 'none' || invocation.globals.json) return
  if (which === 'failed' && isGood(run.conclusion)) return
  const runner = await invocation.workflowRunner()
  const [owner = '', repo = ''] = run.repo.split('/')
  const colours = invocation.terminal.err.hasColour
  const text =
    which === 'all'
      ? labelled(runner.readLogs(owner, repo, run.run_id, { colours }, invocation.call))
      : ends(await runner.failedSteps(owner, repo, run.run_id, { colours }, invocation.call))
  await invocation.terminal.showForeign('err', text)
}

/** The run with its artifacts in `dir`. That they did not come is part of the result: how the run ended comes first. */
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
    return { run: { ...run, artifacts }, timeout: null, missing: artifactShortfall(came), reasons }
  } catch (error) {
    if (invocation.signal.aborted || !(error instanceof WizardError)) throw error
    const { code, message, hint, remedy } = reportError(error)
    return { run, timeout: null, missing: { code, message, hint, remedy } }
  }
}
