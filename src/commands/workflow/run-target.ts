import { UsageError } from '../../base/errors.js'
import type { Repo } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import type { Invocation } from '../../invocation.js'
import type { FlagSpecs } from '../flags.js'
import { workflowTarget } from './target.js'

/** Flags of verbs that take a run. */
export const runFlags = {
  repo: {
    type: 'text',
    short: 'R',
    value: 'OWNER/REPO',
    summary: 'the repository, if the target has none',
  },
  branch: { type: 'text', value: 'B', summary: 'with a workflow: its newest run on that branch' },
} as const satisfies FlagSpecs

/** For verbs that know a run's earlier attempts. */
export const attemptFlag = {
  attempt: {
    type: 'integer',
    value: 'N',
    min: 1,
    summary: 'an earlier attempt of the run; default: the latest',
  },
} as const satisfies FlagSpecs

export const runArgument = {
  name: 'run',
  summary: 'component/RUN_ID, owner/repo/RUN_ID, its address, or a workflow (its newest run)',
}

export interface RunTarget extends Repo {
  runId: number
  /** From `--attempt`, or the address of an attempt. */
  attempt?: number | undefined
  /** From a job's address. */
  jobId?: number | undefined
}

/**
 * The run that a target names; for a workflow its newest run, with a note that says so.
 *
 * @throws UsageError for a workflow if `exact` is set, because its newest run may be somebody
 *   else's; and for two different attempts
 */
export async function runTarget(
  invocation: Invocation,
  text: string,
  { repo: flag, branch, attempt }: RunTargetFlags,
  { exact = false } = {},
): Promise<RunTarget> {
  const named = await workflowTarget(invocation, text, flag)
  const { owner, repo, workflow, runId, jobId } = named
  if (attempt !== undefined && (jobId ?? named.attempt ?? attempt) !== attempt)
    throw new UsageError(`--attempt ${attempt} contradicts ${oneLine(text, 200)}`)
  if (runId !== null) return { owner, repo, runId, attempt: attempt ?? named.attempt, jobId }
  if (exact) {
    throw new UsageError(`not a run: ${text}`, {
      hint: `wizard WORKFLOW RUNS ${text} lists their ids`,
    })
  }
  const runner = await invocation.workflowRunner()
  const newest = await runner.newestRun(owner, repo, workflow ?? text, branch, invocation.call)
  invocation.terminal.note(`newest run of ${newest.workflow}: ${newest.run_id}, ${newest.html_url}`)
  return { owner, repo, runId: newest.run_id, attempt }
}

interface RunTargetFlags {
  repo?: string | undefined
  branch?: string | undefined
  attempt?: number | undefined
}

/** For verbs that can't work on a single job: notes that they take its whole run. */
export function noteWholeRun({ terminal }: Invocation, { runId, jobId }: RunTarget, what: string) {
  if (jobId !== undefined)
    terminal.note(`${what} the whole run ${runId}, not only the job ${jobId}`)
}

/**
 * For verbs that change a run: GitHub changes only the whole run, at its latest attempt.
 *
 * @throws UsageError for the address of a job or of an earlier attempt
 */
export async function refusePart(
  invocation: Invocation,
  target: RunTarget,
  verb: string,
): Promise<void> {
  const { owner, repo, runId, attempt, jobId } = target
  const hint = `wizard WORKFLOW ${verb} ${owner}/${repo}/${runId}`
  if (jobId !== undefined)
    throw new UsageError(`${verb} takes a run, and this is the address of a job`, { hint })
  if (attempt === undefined) return
  const { run_attempt: latest } = await (await invocation.github()).getWorkflowRun(
    owner,
    repo,
    runId,
  )
  if (latest === attempt) return
  throw new UsageError(`${verb} takes only the latest attempt, ${latest}, not ${attempt}`, { hint })
}
