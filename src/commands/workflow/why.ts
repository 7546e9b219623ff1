import { GitHubNotFoundError, UsageError } from '../../base/errors.js'
import { fullNameOf } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import type { Annotation } from '../../github/rest/actions/annotations.js'
import type { Invocation } from '../../invocation.js'
import { textPage } from '../../terminal/page.js'
import { failedOrNeverStarted } from '../../workflows/watch/conclusion.js'
import { usualExcerptBytes } from '../../workflows/why/fair-cut.js'
import type { FailedJob, RunReasons } from '../../workflows/why/why.js'
import { sharedFailure } from '../partial-failure.js'
import { defineVerb } from '../verb.js'
import { attemptFlag, runFlags } from './run-target.js'
import { repositoryOrWorkflow, type WorkflowTarget } from './target.js'

/** Of one run; of a commit, a list. */
type Answer = { kind: 'run'; reasons: RunReasons } | { kind: 'commit'; list: RunReasons[] }

export const why = defineVerb({
  name: 'why',
  summary: 'say why a run failed: the first error of each failed job',
  examples: [
    { command: 'wizard WORKFLOW WHY core/tests', does: 'the newest run of a workflow' },
    { command: 'wizard WORKFLOW WHY uDOS/uDOS --branch main', does: 'the newest run of a branch' },
    {
      command: 'wizard WORKFLOW WHY uDOS/uDOS --commit "$(git rev-parse HEAD)"',
      does: 'all failed runs of a commit',
    },
    {
      command: 'wizard WORKFLOW WHY core/123456 --max-bytes 4000 --json',
      does: 'for scripts and agents, also while the run goes on',
    },
  ],
  args: [
    {
      name: 'target',
      summary: 'a run, a workflow (its newest run) or a repository (its newest run)',
      optional: true,
    },
  ],
  flags: {
    ...runFlags,
    ...attemptFlag,
    commit: { type: 'text', value: 'SHA', summary: 'all failed runs of this commit' },
    'max-bytes': {
      type: 'integer',
      value: 'N',
      min: 100,
      summary: 'at most N bytes of excerpts, cut fairly over the jobs (16384)',
    },
  },
  async run(invocation, [text], flags): Promise<Answer> {
    const { repo, branch, commit, attempt, 'max-bytes': maxBytes } = flags
    const target = await repositoryOrWorkflow(invocation, text, repo)
    if (commit !== undefined) {
      if (attempt !== undefined || branch !== undefined || target.runId !== null)
        throw new UsageError(
          '--commit names the runs, so it excludes a run, --branch and --attempt',
        )
      return { kind: 'commit', list: await ofCommit(invocation, target, commit, maxBytes) }
    }
    if (branch !== undefined && target.runId !== null)
      throw new UsageError('--branch chooses the newest run, so it excludes a run')
    const runId = target.runId ?? (await newest(invocation, target, branch))
    const part = { attempt: attempt ?? target.attempt, jobId: target.jobId, maxBytes }
    const runner = await invocation.workflowRunner()
    const { owner, repo: name } = target
    return { kind: 'run', reasons: await runner.why(owner, name, runId, part, invocation.call) }
  },
  json: (answer) => (answer.kind === 'run' ? answer.reasons : answer.list),
  isLong: true,
  render(answer, { globals }) {
    if (answer.kind === 'run') return textPage(reasonsText(answer.reasons))
    if (answer.list.length === 0) return textPage(globals.quiet ? '' : 'no failed runs found\n')
    return textPage(answer.list.map(reasonsText).join('\n'))
  },
  partialFailure(answer) {
    const jobs = (answer.kind === 'run' ? [answer.reasons] : answer.list).flatMap((one) => one.jobs)
    const unknown = jobs.filter(
      ({ excerpt, annotations, error }) => error !== null && !excerpt && annotations.length === 0,
    )
    return sharedFailure(unknown, {
      of: jobs,
      message: `why ${unknown.length} of ${jobs.length} jobs failed could not be read`,
    })
  },
})

/** All failed runs of a commit, or of one workflow of it. */
async function ofCommit(
  invocation: Invocation,
  { owner, repo, workflow }: WorkflowTarget,
  commit: string,
  maxBytes = usualExcerptBytes,
): Promise<RunReasons[]> {
  const runner = await invocation.workflowRunner()
  const of = { commit, workflow: workflow ?? undefined }
  const runs = await runner.listRuns(owner, repo, of, invocation.call)
  if (runs.length === 0) {
    throw new GitHubNotFoundError(`no run of ${oneLine(commit, 60)} in ${owner}/${repo}`, {
      hint: `wizard WORKFLOW RUNS ${owner}/${repo} lists the newest`,
    })
  }
  const failed = runs.filter(failedOrNeverStarted)
  const each = { maxBytes: Math.floor(maxBytes / Math.max(1, failed.length)) }
  const list: RunReasons[] = []
  for (const { run_id: id } of failed)
    list.push(await runner.why(owner, repo, id, each, invocation.call))
  return list
}

/** The newest run of a workflow or a repository, which is named on stderr. */
async function newest(
  invocation: Invocation,
  { owner, repo, workflow }: WorkflowTarget,
  branch: string | undefined,
): Promise<number> {
  const runner = await invocation.workflowRunner()
  const of = { branch, workflow: workflow ?? undefined, limit: 1 }
  const [run] = await runner.listRuns(owner, repo, of, invocation.call)
  if (run === undefined) {
    const where = branch === undefined ? '' : ` on ${oneLine(branch, 100)}`
    throw new GitHubNotFoundError(`${fullNameOf({ owner, repo })} has no run${where}`, {
      hint: 'wizard WORKFLOW RUN starts one',
    })
  }
  invocation.terminal.note(`newest run of ${run.workflow}: ${run.run_id}, ${run.html_url}`)
  return run.run_id
}

/** The head of a run, then each job with its annotations and its excerpt. */
function reasonsText({ jobs, annotations, truncated, ...run }: RunReasons): string {
  const attempt = run.attempt > 1 ? `, attempt ${run.attempt}` : ''
  const head = oneLine(
    `${run.workflow} #${run.run_id}${attempt} ${stateOf(run, jobs.length)}: ${run.html_url}`,
    1000,
  )
  const parts = jobs.map(jobText)
  const cut = truncated ? ['some lines are left out; --max-bytes N shows more'] : []
  return [head, ...annotations.map(annotationLine), ...parts, ...cut].join('\n').concat('\n')
}

function stateOf({ status, conclusion }: Pick<RunReasons, 'status' | 'conclusion'>, bad: number) {
  if (status !== 'completed') {
    const so = status.replaceAll('_', ' ')
    return bad === 0 ? `is ${so}; nothing has failed yet` : `is ${so}; ${bad} failed so far`
  }
  if (conclusion === 'success') return 'succeeded; nothing failed'
  return `ended with ${conclusion}`
}

function jobText({ name, conclusion, step, annotations, excerpt, error }: FailedJob): string {
  const where = step === null ? '' : ` / ${step.number} ${step.name}`
  const state = conclusion === 'failure' ? '' : ` (${conclusion})`
  return [
    `\n== ${oneLine(name)}${where}${state}`,
    ...annotations.map(annotationLine),
    ...(excerpt === null ? [] : [excerpt.trimEnd()]),
    ...(error === null ? [] : [`(${oneLine(error.message)})`]),
  ].join('\n')
}

const annotationLine = ({ path, line, title, message }: Annotation): string => {
  const place = path === '.github' || path === '' ? '' : `${path}:${line}: `
  return oneLine(`${place}${title ? `${title}: ` : ''}${message}`, 1000)
}
