import type { WorkflowEvent } from '../events.js'
import type { WorkflowJob, WorkflowRun, WorkflowRunWithJobs, WorkflowStep } from '../types.js'

interface State {
  status: string
  conclusion: string | null
}

/** What is told of a run between two looks at it, in order. A first look at jobs tells no steps. */
export function changesBetween(before: WorkflowRunWithJobs, after: WorkflowRunWithJobs) {
  const first = before.jobs.length === 0
  const jobs = new Map(before.jobs.map((job) => [job.id, job]))
  const events: WorkflowEvent[] = []
  // A run's beginning goes before its jobs, and its end after them.
  const ofRun = changed(before, after) ? [runChanged(after)] : []
  if (after.status !== 'completed') events.push(...ofRun)
  for (const job of after.jobs) {
    const known = jobs.get(job.id)
    if (!first) events.push(...stepChanges(after, known, job))
    if (changed(known, job)) events.push({ type: 'job-changed', run: after, job })
  }
  if (after.status === 'completed') events.push(...ofRun)
  return events
}

const runChanged = (run: WorkflowRun): WorkflowEvent => ({ type: 'run-changed', run })

function stepChanges(
  run: WorkflowRun,
  before: WorkflowJob | undefined,
  job: WorkflowJob,
): WorkflowEvent[] {
  const steps = new Map<number, WorkflowStep>()
  for (const step of before?.steps ?? []) steps.set(step.number, step)
  return job.steps
    .filter((step) => changed(steps.get(step.number), step))
    .map((step) => ({ type: 'step-changed', run, job, step }))
}

/** What was not there before is news once it is no longer queued. */
function changed(before: State | undefined, after: State): boolean {
  if (before === undefined) return !['queued', 'pending'].includes(after.status)
  return before.status !== after.status || before.conclusion !== after.conclusion
}
