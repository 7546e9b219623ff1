import type { Invocation } from '../../invocation.js'
import { lines, type Page } from '../../terminal/page.js'
import { timeFormat } from '../../terminal/times.js'
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
  const timeOf = timeFormat(terminal.out)
  const state = (one: { status: string; conclusion: string | null }) => one.conclusion ?? one.status
  const rows = run.jobs.flatMap((job) => [
    [job.name, state(job), timeOf(job.started_at), String(job.id)],
    ...job.steps.map((step) => [`  ${step.number} ${step.name}`, state(step), '', '']),
  ])
  return {
    kind: 'table',
    columns: [
      { title: 'JOB', flexible: true },
      {
        title: 'STATE',
        tone: (cell) => (isGood(cell) ? 'good' : cell === 'failure' ? 'bad' : 'warning'),
      },
      { title: 'STARTED' },
      { title: 'ID', align: 'right' },
    ],
    rows: [[nameOf(run), state(run), timeOf(run.created_at), ''], ...rows],
    after: [
      run.html_url,
      ...run.artifacts.map(({ name, size }) => `artifact ${name} (${size} bytes)`),
    ],
  }
}

const nameOf = ({ workflow, run_id: id, attempt }: ViewedRun) =>
  attempt === 1 ? `${workflow} #${id}` : `${workflow} #${id}, attempt ${attempt}`
