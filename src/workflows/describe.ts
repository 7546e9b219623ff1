import { oneLine } from '../base/text.js'
import type { WizardEvent } from '../events.js'
import type { WorkflowRun } from './types.js'
import { isGood } from './watch/conclusion.js'

type WorkflowEvent = Extract<
  WizardEvent,
  { type: `run-${string}` | `job-${string}` | `step-${string}` | 'poll-failed' }
>

/** One line for a log or a person, of what became of a run; null for what no line is made of. */
export function describeWorkflowEvent(event: WizardEvent): string | null {
  const line = Object.hasOwn(lines, event.type)
    ? (lines[event.type as WorkflowEvent['type']] as (event: WizardEvent) => string | null)
    : undefined
  return line?.(event) ?? null
}

const lines: {
  [T in WorkflowEvent['type']]: (event: Extract<WizardEvent, { type: T }>) => string | null
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
