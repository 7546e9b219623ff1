import type { CommonEvent, Emit, TransferPlannedEvent } from '../base/call.js'
import type { Clock } from '../base/clock.js'
import { withHint, withRemedy } from '../base/errors.js'
import type { Hint } from '../base/hint.js'
import type { GroupHolder } from '../github/rest/actions/concurrency.js'
import type { WorkflowJob, WorkflowStep } from '../github/rest/actions/runs.js'
import type { Api } from '../github/rest/api.js'
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
 * A copy of the error with the way to a run that goes on, and what is known of it. A time-out's own
 * hint, a longer one, would have the command started once more, and with it another run.
 */
export function withWayBack(
  { signal }: WorkflowSession,
  error: unknown,
  way: Hint,
  known?: KnownRuns,
): unknown {
  const copy = signal?.aborted ? withRemedy(error, way) : withHint(error, way)
  return known === undefined ? copy : withKnown(copy, known)
}

/** The last known state of what was waited for when an error ended the wait. */
export type KnownRuns = { run: WorkflowRun | WorkflowRunWithJobs } | { runs: WorkflowRun[] }

const knownRuns = new WeakMap<Error, KnownRuns>()

/** The error itself; `knownRunsOf` gives what is known. */
export function withKnown(error: unknown, known: KnownRuns): unknown {
  if (error instanceof Error) knownRuns.set(error, known)
  return error
}

/** @returns undefined if the error did not end a wait for runs */
export const knownRunsOf = (error: unknown): KnownRuns | undefined =>
  error instanceof Error ? knownRuns.get(error) : undefined

/** What WorkflowRunner reports while it works. */
export type WorkflowEvent =
  | CommonEvent
  | { type: 'run-dispatched'; run: WorkflowRun; inputs: string[] }
  /** Each poll of the run, changed or not, for live lines. */
  | { type: 'run-seen'; run: WorkflowRunWithJobs }
  | { type: 'run-changed'; run: WorkflowRun }
  | { type: 'job-changed'; run: WorkflowRun; job: WorkflowJob }
  | { type: 'step-changed'; run: WorkflowRun; job: WorkflowJob; step: WorkflowStep }
  /** The failed jobs of a run are run again, as this attempt. */
  | { type: 'run-retried'; run: WorkflowRunWithJobs; attempt: number }
  /** Emitted once: somebody has to approve the run at its address. */
  | { type: 'run-waiting'; run: WorkflowRun }
  /** Emitted once: the run waits for another one of its concurrency group. */
  | { type: 'run-queued-behind'; run: WorkflowRun; behind: GroupHolder }
  /** A scheduled workflow is about to be dispatched. */
  | { type: 'run-due'; workflow: string; due_at: string; late_seconds: number }
  /** Another machine, or a run of wizard that was stopped, has dispatched it. */
  | { type: 'run-already-dispatched'; workflow: string; run: WorkflowRun }
  /** The answer to a dispatch was lost; its run is looked for, and it is not sent again. */
  | { type: 'dispatch-unanswered'; message: string }
  /** A poll failed and will be repeated; that says nothing about the run. */
  | { type: 'poll-failed'; message: string }
  | TransferPlannedEvent
  /** Bytes of the zip file, then of its content; `total` is null if the server does not say. */
  | {
      type: 'artifact-progress'
      name: string
      phase: 'receiving' | 'unpacking'
      done: number
      total: number | null
    }
  | { type: 'artifact-done'; name: string; path: string; size: number }
