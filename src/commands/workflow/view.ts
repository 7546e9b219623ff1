import { formatBytes } from '../../base/text.js'
import type { WorkflowJob } from '../../github/rest/actions/runs.js'
import type { Invocation } from '../../invocation.js'
import { type Cell, lines, type Page } from '../../terminal/page.js'
import { lengthFormat } from '../../terminal/times.js'
import type { ViewedRun } from '../../workflows/run-data.js'
import { isGood } from '../../workflows/watch/conclusion.js'
import { defineVerb } from '../verb.js'
import { openPage, WebPage, webFlag } from '../web.js'
import { attemptFlag, type RunTarget, runArgument, runFlags, runTarget } from './run-target.js'

export const view = defineVerb({
  name: 'view',
  summary: 'show a run with its jobs and steps',
  examples: [
    { command: 'wizard WORKFLOW VIEW core/tests', does: 'the newest run of a workflow' },
    { command: 'wizard WORKFLOW VIEW uDOS/uDOS/123456 --json', does: 'one run, for scripts' },
  ],
  args: [runArgument],
  flags: { ...runFlags, ...attemptFlag, ...webFlag },
  async run(invocation, [target = ''], { web, ...flags }) {
    const { owner, repo, runId, ...part } = await runTarget(invocation, target, flags)
    const runner = await invocation.workflowRunner()
    const run = await runner.viewRun(owner, repo, runId, part, invocation.call)
    return web ? openPage(invocation, pageOf(run, part)) : run
  },
  isLong: true,
  render: (found, invocation) =>
    found instanceof WebPage ? lines(found.url) : viewPage(found, invocation),
})

/** The page of the job or the attempt that was named, otherwise of the run. */
function pageOf({ html_url: page }: ViewedRun, { attempt, jobId }: RunPart): string {
  const run = page.replace(/\/attempts\/\d+$/, '')
  if (jobId !== undefined) return `${run}/job/${jobId}`
  return attempt === undefined ? run : `${run}/attempts/${attempt}`
}

type RunPart = Pick<RunTarget, 'attempt' | 'jobId'>

/** The run, then its jobs and their steps. */
function viewPage(run: ViewedRun, { terminal }: Invocation): Page {
  const { ageOf, out } = terminal
  const took = lengthFormat(out)
  const state = (one: { status: string; conclusion: string | null }) => one.conclusion ?? one.status
  const rows = run.jobs.flatMap((job): Cell[][] => [
    [
      { text: job.name, link: pageOf(run, { jobId: job.id }) },
      state(job),
      ageOf(job.started_at),
      String(job.id),
      took(secondsOf(job)),
    ],
    ...job.steps.map((step) => [`  ${step.number} ${step.name}`, state(step), '', '', '']),
  ])
  return {
    kind: 'table',
    columns: [
      { title: 'JOB', cut: 'middle' },
      {
        title: 'STATE',
        tone: (cell) => (isGood(cell) ? 'good' : cell === 'failure' ? 'bad' : 'warning'),
      },
      { title: 'STARTED', spare: 2 },
      { title: 'ID', spare: 1, align: 'right' },
      { title: 'TOOK', spare: 3, align: 'right' },
    ],
    rows: [
      [
        { text: nameOf(run), link: run.html_url },
        state(run),
        ageOf(run.created_at),
        '',
        took(run.duration_seconds),
      ],
      ...rows,
    ],
    after: [
      run.html_url,
      ...run.artifacts.map(({ name, size }) => `artifact ${name} (${formatBytes(size)})`),
    ],
  }
}

/** By GitHub's clock; null while the job runs, and of one that was skipped. */
function secondsOf({ started_at: from, completed_at: to }: WorkflowJob): number | null {
  return from === null || to === null ? null : (Date.parse(to) - Date.parse(from)) / 1000
}

const nameOf = ({ workflow, run_id: id, attempt }: ViewedRun) =>
  attempt === 1 ? `${workflow} #${id}` : `${workflow} #${id}, attempt ${attempt}`
