import { oneLine } from '../base/text.js'
import type { WorkflowRun } from './run-data.js'
import type { WorkflowEvent } from './session.js'
import { isGood } from './watch/conclusion.js'

type RunEvent = Extract<
  WorkflowEvent,
  { type: `run-${string}` | `job-${string}` | `step-${string}` | 'poll-failed' }
>

/** One line for a log or a person about what became of a run; null for an event that needs none. */
export function formatWorkflowEvent(event: { type: string }): string | null {
  return isRunEvent(event) ? (lines[event.type] as (event: RunEvent) => string | null)(event) : null
}

const isRunEvent = (event: { type: string }): event is RunEvent => Object.hasOwn(lines, event.type)

const lines: {
  [T in RunEvent['type']]: (event: Extract<RunEvent, { type: T }>) => string | null
} = {
  'run-dispatched': ({ run }) =>
    `${nameOfRun(run)} dispatched${run.ref === null ? '' : ` on ${run.ref}`}: ${run.html_url}`,
  'run-seen': () => null,
  'run-changed': ({ run }) => `${nameOfRun(run)} ${stateOf(run)}${inSeconds(run)}`,
  'job-changed': ({ job }) => `  ${oneLine(job.name, 200)}: ${stateOf(job)}`,
  'step-changed': ({ job, step }) =>
    `    ${oneLine(job.name, 200)} / ${oneLine(step.name, 200)}: ${stateOf(step)}`,
  'run-waiting': ({ run }) => `${nameOfRun(run)} waits for an approval: ${run.html_url}`,
  'poll-failed': ({ message }) => `GitHub could not be asked: ${message}; asking again`,
}

/** `core/tests.yml #123` */
export const nameOfRun = ({ repo, workflow, run_id: id }: WorkflowRun): string =>
  oneLine(`${repo.slice(repo.indexOf('/') + 1)}/${workflow} #${id}`)

/** `✅ success`, `❌ failure`, or the status of what is not completed. */
function stateOf({ status, conclusion }: { status: string; conclusion: string | null }): string {
  if (status !== 'completed') return status.replaceAll('_', ' ')
  return `${isGood(conclusion) ? '✅' : '❌'} ${(conclusion ?? 'completed').replaceAll('_', ' ')}`
}

const inSeconds = ({ duration_seconds: seconds }: WorkflowRun) =>
  seconds === null ? '' : ` (${seconds} s)`
