import type { Emit } from '../base/call.js'
import { formatSpan, localTime } from '../base/clock.js'
import { oneLine } from '../base/text.js'
import type { Log, LogLevel } from '../logs/log.js'
import { logMarks, type Marks } from '../logs/marks.js'
import type { WorkflowRun, WorkflowRunWithJobs } from './run-data.js'
import type { WorkflowEvent } from './session.js'
import { isCompleted, isGood } from './watch/conclusion.js'

type RunEvent = Extract<
  WorkflowEvent,
  {
    type:
      | `run-${string}`
      | `job-${string}`
      | `step-${string}`
      | 'dispatch-unanswered'
      | 'poll-failed'
  }
>

/**
 * Describes an event of a run in one line for a log or a screen, with the given marks; null if it
 * needs no line.
 */
export function formatWorkflowEvent(event: { type: string }, marks: Marks): string | null {
  if (!isRunEvent(event)) return null
  return (lines[event.type] as (event: RunEvent, marks: Marks) => string | null)(event, marks)
}

const isRunEvent = (event: { type: string }): event is RunEvent => Object.hasOwn(lines, event.type)

const lines: {
  [T in RunEvent['type']]: (event: Extract<RunEvent, { type: T }>, marks: Marks) => string | null
} = {
  'run-dispatched': ({ run }) =>
    `${nameOfRun(run)} dispatched${run.ref === null ? '' : ` on ${run.ref}`}: ${run.html_url}`,
  'run-seen': () => null,
  'run-changed': ({ run }, marks) => `${nameOfRun(run)} ${stateOf(run, marks)}${inSeconds(run)}`,
  'job-changed': ({ job }, marks) => `${oneLine(job.name, 200)}: ${stateOf(job, marks)}`,
  'step-changed': ({ job, step }, marks) =>
    `${oneLine(job.name, 200)} / ${oneLine(step.name, 200)}: ${stateOf(step, marks)}`,
  'run-retried': ({ run, attempt }) =>
    `${nameOfRun(run)}: attempt ${attempt} runs ${formatFailed(run)} again`,
  'run-waiting': ({ run }) => `${nameOfRun(run)} waits for an approval: ${run.html_url}`,
  'run-queued-behind': ({ run, behind: { run_id: id, html_url: page } }) =>
    `${nameOfRun(run)} is queued behind #${id}${page === null ? '' : `: ${oneLine(page, 300)}`}`,
  'run-due': ({ workflow, due_at: time, late_seconds: late }) =>
    `${oneLine(workflow, 200)} was due at ${localTime(Date.parse(time)).join(' ')}${late < 60 ? '' : `, ${formatSpan(late * 1000)} ago`}`,
  'run-already-dispatched': ({ workflow, run }) =>
    `${oneLine(workflow, 200)} is dispatched already: ${run.html_url}`,
  'dispatch-unanswered': ({ message }) =>
    `the answer to the dispatch was lost: ${message}; looking for its run`,
  'poll-failed': ({ message }) => `GitHub did not answer: ${message}; polling again`,
}

/** `2 failed jobs` */
function formatFailed({ jobs }: WorkflowRunWithJobs): string {
  const count = jobs.filter(({ conclusion }) => !isGood(conclusion)).length
  return count === 1 ? 'a failed job' : `${count} failed jobs`
}

/** `core/tests.yml #123` */
export const nameOfRun = ({ repo, workflow, run_id: id }: WorkflowRun): string =>
  oneLine(`${repo.slice(repo.indexOf('/') + 1)}/${workflow} #${id}`)

/** The conclusion after its mark, or the status of a run that is not completed. */
function stateOf(
  { status, conclusion }: { status: string; conclusion: string | null },
  { good, bad }: Marks,
): string {
  if (status !== 'completed') return status.replaceAll('_', ' ')
  return `${isGood(conclusion) ? good : bad} ${(conclusion ?? 'completed').replaceAll('_', ' ')}`
}

const inSeconds = ({ duration_seconds: seconds }: WorkflowRun) =>
  seconds === null ? '' : ` (${seconds} s)`

/**
 * Passes events on, and logs those of runs and jobs: dispatch, each change of state, conclusion.
 */
export function recording(log: Log, emit: Emit<WorkflowEvent>): Emit<WorkflowEvent> {
  return (event) => {
    emit(event)
    if (event.type === 'step-changed') return
    const line = formatWorkflowEvent(event, logMarks)
    if (line !== null) log.write('workflows', levelOf(event), line)
  }
}

function levelOf(event: WorkflowEvent): LogLevel {
  if (event.type === 'dispatch-unanswered' || event.type === 'poll-failed') return 'WARN'
  const subject =
    event.type === 'run-changed' ? event.run : event.type === 'job-changed' ? event.job : null
  return subject !== null && isCompleted(subject) && !isGood(subject.conclusion) ? 'ERROR' : 'INFO'
}
