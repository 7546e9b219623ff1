import { oneLine } from '../../base/text.js'
import type { WizardEvent } from '../../events.js'
import type { WorkflowJob } from '../../github/rest/actions/runs.js'
import { formatWorkflowEvent, nameOfRun } from '../../workflows/describe.js'
import type { WorkflowRun } from '../../workflows/run-data.js'
import { isCompleted, isGood } from '../../workflows/watch/conclusion.js'
import { marks } from '../marks.js'
import { formatLength } from '../times.js'
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
    'run-retried': sayEvent,
    'run-waiting': sayEvent,
    'run-queued-behind': sayEvent,
    'run-due': sayEvent,
    'run-already-dispatched': sayEvent,
    'dispatch-unanswered': sayEvent,
    'poll-failed': sayEvent,
  } satisfies Handlers
  return {
    handlers,
    lines() {
      const all = [...watched.values()]
      return all.length > 1 ? linesOfSeveral(all, now()) : all.flatMap((one) => linesOf(one, now()))
    },
    /** The jobs of ended runs stay on screen; the result says how the runs ended. */
    closing() {
      const ended = [...watched.values()].filter(({ run }) => isCompleted(run))
      watched.clear()
      return isLive
        ? ended.flatMap(({ jobs }) => jobs.map((job) => `  ${lineOfJob(job, now())}`))
        : []
    },
  }
}

/** The most runs to show of several, those at work first. */
const mostRuns = 12

/** How far they are, and below it each in a line, without its jobs. */
function linesOfSeveral(all: Watched[], now: number): string[] {
  const [done, open] = [true, false].map((isDone) =>
    all.filter(({ run }) => isCompleted(run) === isDone),
  ) as [Watched[], Watched[]]
  const running = open.filter(({ run }) => run.status === 'in_progress')
  const begun = Math.min(...all.map(({ since }) => since))
  const counts = `${done.length} done, ${running.length} running, ${open.length - running.length} queued`
  const shown = [...running, ...open.filter((one) => !running.includes(one)), ...done]
  const more = shown.length - mostRuns
  return [
    `${all.length} runs: ${counts}, ${formatLength((now - begun) / 1000)}`,
    ...shown.slice(0, mostRuns).map(({ run }) => `    ${lineOfRun(run)}`),
    ...(more > 0 ? [`    … and ${more} more`] : []),
  ]
}

function lineOfRun(run: WorkflowRun): string {
  const state = ((isCompleted(run) ? run.conclusion : run.status) ?? '').replaceAll('_', ' ')
  const mark = !isCompleted(run) ? marks.atWork : isGood(run.conclusion) ? marks.good : marks.bad
  return `${mark} ${nameOfRun(run)}: ${state}`
}

/** How far it is, and below it the jobs that ended, then those at work: the last few of both. */
function linesOf({ run, jobs, since }: Watched, now: number): string[] {
  const state = isCompleted(run) ? run.conclusion : run.status
  const ended = jobs.filter(isCompleted)
  const running = jobs.filter(({ status }) => status === 'in_progress')
  const waiting = jobs.filter(({ status }) => status === 'waiting')
  const shown = [...ended, ...waiting, ...running].slice(-mostJobs)
  const counts = [
    `${ended.length} done`,
    `${running.length} running`,
    ...(waiting.length > 0 ? [`${waiting.length} waiting`] : []),
    `${jobs.length - ended.length - running.length - waiting.length} queued`,
  ]
  const words = (state ?? '').replaceAll('_', ' ')
  const lasts = formatLength((now - since) / 1000)
  const soFar = jobs.length === 0 ? '' : `: ${counts.join(', ')}`
  return [
    `${nameOfRun(run)} ${words}, ${lasts}${soFar}`,
    ...shown.map((job) => `    ${lineOfJob(job, now)}`),
  ]
}

function lineOfJob(job: WorkflowJob, now: number): string {
  const name = oneLine(job.name, 200)
  if (isCompleted(job))
    return isGood(job.conclusion)
      ? `${marks.good} ${name}${lengthOf(job)}`
      : `${marks.bad} ${name}: ${job.conclusion}${lengthOf(job)}`
  const step = job.steps.find(({ status }) => status === 'in_progress')
  const state = step ? oneLine(step.name, 200) : job.status.replaceAll('_', ' ')
  const lasts = job.started_at === null ? null : (now - Date.parse(job.started_at)) / 1000
  return `${marks.atWork} ${name}: ${state}${lasts === null ? '' : `, ${formatLength(lasts)}`}`
}

/** By GitHub's clock; a skipped job has none. */
function lengthOf({ started_at: from, completed_at: to }: WorkflowJob): string {
  if (from === null || to === null) return ''
  return ` (${formatLength((Date.parse(to) - Date.parse(from)) / 1000)})`
}
