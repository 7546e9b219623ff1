import { UsageError } from '../../base/errors.js'
import type { Repo } from '../../base/names/repository.js'
import type { Invocation } from '../../invocation.js'
import type { FlagSpecs } from '../verb.js'
import { workflowTarget } from './target.js'

/** Of verbs that take a run. */
export const runFlags = {
  repo: {
    type: 'text',
    short: 'R',
    value: 'OWNER/REPO',
    summary: 'the repository, where the target names none',
  },
  branch: { type: 'text', value: 'B', summary: 'with a workflow: its newest run on that branch' },
} as const satisfies FlagSpecs

export const runArgument = {
  name: 'run',
  summary: 'component/RUN_ID, owner/repo/RUN_ID, its address, or a workflow: its newest run',
}

export interface RunTarget extends Repo {
  runId: number
  /** Of a job's address. */
  jobId?: number | undefined
}

/**
 * The run that a target names; of a workflow the newest one, which is told.
 *
 * @throws UsageError for a workflow where `exact` is asked for, since the newest may be somebody else's
 */
export async function runTarget(
  invocation: Invocation,
  text: string,
  { repo: flag, branch }: { repo?: string | undefined; branch?: string | undefined },
  { exact = false } = {},
): Promise<RunTarget> {
  const { owner, repo, workflow, runId, jobId } = await workflowTarget(invocation, text, flag)
  if (runId !== null) return { owner, repo, runId, jobId }
  if (exact) {
    throw new UsageError(`${text} names no run`, {
      hint: `wizard WORKFLOW RUNS ${text} lists their ids`,
    })
  }
  const runner = await invocation.workflowRunner()
  const newest = await runner.newestRun(owner, repo, workflow ?? text, branch, invocation.call)
  invocation.terminal.note(`newest run of ${newest.workflow}: ${newest.run_id}, ${newest.html_url}`)
  return { owner, repo, runId: newest.run_id }
}
