import type { Invocation } from '../../invocation.js'
import type { Page } from '../../terminal/page.js'
import { timeFormat } from '../../terminal/times.js'
import type { ViewedRun } from '../../workflows/run-data.js'
import { isGood } from '../../workflows/watch/conclusion.js'
import { defineVerb } from '../verb.js'
import { attemptFlag, runArgument, runFlags, runTarget } from './run-target.js'

export const view = defineVerb({
  name: 'view',
  summary: 'show a run with its jobs and steps',
  examples: [
    { command: 'wizard WORKFLOW VIEW core/tests', does: 'the newest run of a workflow' },
    { command: 'wizard WORKFLOW VIEW uDOS/uDOS/123456 --json', does: 'one run, for scripts' },
  ],
  args: [runArgument],
  flags: { ...runFlags, ...attemptFlag },
  async run(invocation, [target = ''], flags) {
    const { owner, repo, runId, ...part } = await runTarget(invocation, target, flags)
    return (await invocation.workflowRunner()).viewRun(owner, repo, runId, part, invocation.call)
  },
  render: viewPage,
})

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
