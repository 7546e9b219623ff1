import type { ErrorReport } from '../../base/error-report.js'
import { fullNameOf } from '../../base/names/repository.js'
import type { Config } from '../../config/load.js'
import type { ProcessIdentity } from '../../process/identity.js'
import type { ScheduledWorkflow } from '../../schedules/run-schedules.js'
import type { WorkflowRun } from '../run-data.js'
import type { WorkflowSession } from '../session.js'
import type { DueState, Settled } from './state.js'

/** A workflow that was due. The keys are those of `--json`. */
export interface DueRun {
  /** `component/workflow` */
  workflow: string
  /** null: it was not dispatched, or its run is not known. */
  run_id: number | null
  /** The first time that was missed; ISO 8601, UTC. */
  due_at: string
  /** From `due_at` until now. */
  late_seconds: number
  /**
   * `found`: another machine has dispatched it. `unanswered`: it counts as dispatched, but GitHub's
   * answer was lost. `failed`: nothing was started, so it stays due.
   */
  status: 'dispatched' | 'found' | 'unanswered' | 'failed'
  html_url: string | null
  repo: string
  error: ErrorReport | null
}

export function entryOf(
  one: ScheduledWorkflow,
  {
    due,
    now,
    run,
    status,
    error,
  }: Pick<DueRun, 'status' | 'error'> & { due: number; now: number; run: WorkflowRun | null },
): DueRun {
  return {
    workflow: one.name,
    run_id: run?.run_id ?? null,
    due_at: new Date(due).toISOString(),
    late_seconds: Math.floor((now - due) / 1000),
    status,
    html_url: run?.html_url ?? null,
    repo: fullNameOf(one),
    error,
  }
}

export interface DueSession extends WorkflowSession {
  config: Config
  self: ProcessIdentity
}

/** What every step of a run has. */
export interface DueWork {
  session: DueSession
  state: DueState
  warn(message: string): void
  actor(): Promise<string | null>
}

export interface Due {
  settled: Settled
  /** The first time that was missed. */
  due: number
}
