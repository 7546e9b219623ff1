import type { CommonEvent, Emit } from '../base/call.js'
import type { Clock } from '../base/clock.js'
import { withHint, withRemedy } from '../base/errors.js'
import type { Hint } from '../base/hint.js'
import type { Api } from '../github/rest/api.js'
import type { WorkflowJob, WorkflowStep } from '../github/rest/runs.js'
import type { Log } from '../logs/log.js'
import type { WorkflowRun, WorkflowRunWithJobs } from './run-data.js'

/** The arguments of every operation on workflows. */
export interface WorkflowSession {
  github: Api
  clock: Clock
  emit: Emit<WorkflowEvent>
  signal?: AbortSignal | undefined
  log: Log
}

export { fullNameOf, type Repo } from '../base/names/repository.js'

/**
 * A copy of the error with the way to a run that goes on. A time-out's own hint, a longer one, would
 * have the command started once more, and with it another run.
 */
export const withWayBack = ({ signal }: WorkflowSession, error: unknown, way: Hint): unknown =>
  signal?.aborted ? withRemedy(error, way) : withHint(error, way)

/** What WorkflowRunner reports while it works. */
export type WorkflowEvent =
  | CommonEvent
  | { type: 'run-dispatched'; run: WorkflowRun; inputs: string[] }
  /** Each poll of the run, changed or not, for live lines. */
  | { type: 'run-seen'; run: WorkflowRunWithJobs }
  | { type: 'run-changed'; run: WorkflowRun }
  | { type: 'job-changed'; run: WorkflowRun; job: WorkflowJob }
  | { type: 'step-changed'; run: WorkflowRun; job: WorkflowJob; step: WorkflowStep }
  /** Emitted once: somebody has to approve the run at its address. */
  | { type: 'run-waiting'; run: WorkflowRun }
  /** The answer to a dispatch was lost; its run is looked for, and it is not sent again. */
  | { type: 'dispatch-unanswered'; message: string }
  /** A poll failed and will be repeated; that says nothing about the run. */
  | { type: 'poll-failed'; message: string }
  /** Bytes of the zip file, then of its content; `total` is null if the server does not say. */
  | {
      type: 'artifact-progress'
      name: string
      phase: 'receiving' | 'unpacking'
      done: number
      total: number | null
    }
  | { type: 'artifact-done'; name: string; path: string; size: number }
