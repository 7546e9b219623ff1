import { TimeoutError } from '../base/errors.js'
import type { Hint } from '../base/hint.js'

/** The keys are those of `--json`; times are ISO 8601, UTC. */
export interface WorkflowRun {
  run_id: number
  /** `queued`, `in_progress`, `completed`, `waiting` (for an approval), `requested`, `pending`. */
  status: string
  /** `success`, `failure`, `neutral`, `cancelled`, `skipped`, `timed_out` …; null until it is completed. */
  conclusion: string | null
  html_url: string
  /** `owner/repo` */
  repo: string
  /** The file: `tests.yml`. */
  workflow: string
  /** The branch or tag it runs on; null where it runs on neither. */
  ref: string | null
  /** null where GitHub has not told yet: the run was dispatched a moment ago. */
  created_at: string | null
  completed_at: string | null
  /** Of the latest attempt, once it is completed. */
  duration_seconds: number | null
  logs_url: string
  /** Read when a run is completed and asked for by itself; empty in lists. */
  artifacts: RunArtifact[]
}

export interface RunArtifact {
  name: string
  /** Where it was unpacked, absolute; null until it is downloaded. */
  path: string | null
  /** Bytes. */
  size: number
}

/** A run with the jobs of its latest attempt. */
export interface WorkflowRunWithJobs extends WorkflowRun {
  jobs: WorkflowJob[]
}

export interface WorkflowJob {
  id: number
  name: string
  status: string
  conclusion: string | null
  started_at: string | null
  completed_at: string | null
  steps: WorkflowStep[]
}

export interface WorkflowStep {
  /** From 1, as in the log's file names. */
  number: number
  name: string
  status: string
  conclusion: string | null
  started_at: string | null
  completed_at: string | null
}

/** `--timeout` is over; the run goes on. */
export class RunTimeoutError extends TimeoutError {
  /** As it was last seen. */
  readonly run: WorkflowRunWithJobs

  constructor(run: WorkflowRunWithJobs, message: string, hint: Hint) {
    super(message, { hint })
    this.run = run
  }
}
