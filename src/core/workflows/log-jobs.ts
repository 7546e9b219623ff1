import { GitHubNotFoundError, UsageError } from '../errors.js'
import { oneLine } from '../text.js'
import type { WorkflowJob } from './types.js'

const failures = new Set(['failure', 'timed_out', 'startup_failure', 'action_required'])

/** Of a job or a step; one that was cancelled or skipped did not fail. */
export const hasFailed = ({ conclusion }: { conclusion: string | null }): boolean =>
  failures.has(conclusion ?? '')

/** Whether there can be a log. */
export const ran = ({ conclusion }: WorkflowJob): boolean => conclusion !== 'skipped'

/**
 * By id, by name, and then by name in any case.
 *
 * @throws GitHubNotFoundError with those that there are; UsageError where two match
 */
export function chooseJob(jobs: WorkflowJob[], wanted: string): WorkflowJob {
  const ways = [
    (job: WorkflowJob) => String(job.id) === wanted,
    (job: WorkflowJob) => job.name === wanted,
    (job: WorkflowJob) => job.name.toLowerCase() === wanted.toLowerCase(),
  ]
  const found = ways.map((way) => jobs.filter(way)).find((some) => some.length > 0) ?? []
  const [only, another] = found
  if (only === undefined) {
    const there = oneLine(jobs.map(({ name }) => name).join(', '), 400)
    throw new GitHubNotFoundError(`there is no job ${oneLine(wanted, 100)}`, {
      hint: jobs.length > 0 ? `there are: ${there}` : 'the run has no jobs yet',
    })
  }
  if (another === undefined) return only
  throw new UsageError(`there are ${found.length} jobs ${oneLine(wanted, 100)}`, {
    hint: `name one by its id: ${found.map(({ id }) => id).join(', ')}`,
  })
}
