import { oneLine } from '../../base/text.js'
import type { WizardEvent } from '../../events.js'
import type { WorkflowJob } from '../../github/rest/actions/runs.js'
import { formatWorkflowEvent, nameOfRun } from '../../workflows/describe.js'
import type { WorkflowRun } from '../../workflows/run-data.js'
import { isCompleted, isGood } from '../../workflows/watch/conclusion.js'
import { marks } from '../marks.js'
import type { Handlers, ProgressContext } from './reporting.js'

interface Watched {
  run: WorkflowRun
  jobs: WorkflowJob[]
  /** When it was first seen, by the local clock, which may differ from GitHub's. */
  since: number
}

/** The most jobs to show of one run, so that the live lines fit on a screen. */
const mostJobs = 12

/** Indents for lines that belong to a run. */
const indents: Partial<Record<WizardEvent['type'], string>> = {
  'job-changed': '  ',
  'step-changed': '    ',
}

/** Reports the runs that a command waits for, and their jobs. */
export function runProgress({ now, isLive, say }: ProgressContext) {
  const watched = new Map<number, Watched>()
  const sayEvent = (event: WizardEvent) => {
    const line = formatWorkflowEvent(event, marks)
    if (line !== null) say(`${indents[event.type] ?? ''}${line}`)
  }
  const sayUnlessLive = (event: WizardEvent) => {
    if (!isLive) sayEvent(event)
  }
  const see = (run: WorkflowRun, jobs?: WorkflowJob[]) => {
    const { since = now(), jobs: known = [] } = watched.get(run.run_id) ?? {}
    watched.set(run.run_id, { run, jobs: jobs ?? known, since })
  }
  const handlers = {
    'run-dispatched': sayEvent,
    'run-seen': ({ run }) => see(run, run.jobs),
    'run-changed': (event) => {
      see(event.run)
      sayUnlessLive(event)
    },
    'job-changed': sayUnlessLive,
    'step-changed': sayUnlessLive,
    'run-waiting': sayEvent,
    'dispatch-unanswered': sayEvent,
    'poll-failed': sayEvent,
  } satisfies Handlers
  return {
    handlers,
    lines: () => [...watched.values()].flatMap((one) => linesOf(one, now())),
    /** The jobs of ended runs stay on screen; the result says how the runs ended. */
    closing() {
      const ended = [...watched.values()].filter(({ run }) => isCompleted(run))
      watched.clear()
      return isLive ? ended.flatMap(({ jobs }) => jobs.map((job) => `  ${lineOfJob(job)}`)) : []
    },
  }
}

/** The jobs that ended, then those at work: the last few of both. */
function linesOf({ run, jobs, since }: Watched, now: number): string[] {
  const state = isCompleted(run) ? run.conclusion : run.status
  const seconds = Math.floor((now - since) / 1000)
  const atWork = jobs.filter(({ status }) => status === 'in_progress' || status === 'waiting')
  const ended = jobs.filter(isCompleted)
  const shown = [...ended, ...atWork].slice(-mostJobs)
  const others = jobs.length - shown.length
  return [
    `${nameOfRun(run)} ${(state ?? '').replaceAll('_', ' ')}, ${seconds} s`,
    ...shown.map((job) => `    ${lineOfJob(job)}`),
    ...(others > 0 ? [`    ${marks.more} ${others} more`] : []),
  ]
}

function lineOfJob(job: WorkflowJob): string {
  const name = oneLine(job.name, 200)
  if (isCompleted(job))
    return isGood(job.conclusion)
      ? `${marks.good} ${name}`
      : `${marks.bad} ${name}: ${job.conclusion}`
  const step = job.steps.find(({ status }) => status === 'in_progress')
  return `${marks.atWork} ${name}: ${step ? oneLine(step.name, 200) : job.status.replaceAll('_', ' ')}`
}
