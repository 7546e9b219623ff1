import { TimeoutError } from '../base/errors.js'
import type { Hint } from '../base/hint.js'
import { fullNameOf, type Repo } from '../base/names/repository.js'
import { endpoint } from '../github/addresses.js'
import type { WorkflowJob, WorkflowRunData } from '../github/rest/actions/runs.js'
import { workflowFileOf } from '../github/rest/actions/workflows.js'
import type { Api } from '../github/rest/api.js'

/**
 * Converts GitHub's data of a run to the contract's, without artifacts, which need a request of
 * their own.
 */
export function toRun(github: Api, repo: Repo, data: WorkflowRunData): WorkflowRun {
  const completedAt = data.status === 'completed' ? data.updated_at : null
  return {
    run_id: data.id,
    status: data.status,
    conclusion: data.conclusion,
    html_url: data.html_url,
    repo: data.repository ?? fullNameOf(repo),
    workflow: data.path === null ? (data.name ?? '') : workflowFileOf(data.path),
    ref: data.head_branch,
    created_at: data.created_at,
    completed_at: completedAt,
    duration_seconds: secondsBetween(data.run_started_at ?? data.created_at, completedAt),
    logs_url: data.logs_url ?? logsUrl(github, repo, data.id),
    artifacts: [],
  }
}

export const logsUrl = ({ baseUrl }: Api, { owner, repo }: Repo, runId: number): string =>
  endpoint(baseUrl, `/repos/${owner}/${repo}/actions/runs/${runId}/logs`).href

/** null if one of the times is unknown. */
function secondsBetween(from: string, to: string | null): number | null {
  const seconds = (Date.parse(to ?? '') - Date.parse(from)) / 1000
  return Number.isNaN(seconds) ? null : Math.max(0, Math.round(seconds))
}

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
  /** The branch or tag of the run; null if it has neither. */
  ref: string | null
  /** null if GitHub does not say yet, just after the dispatch. */
  created_at: string | null
  completed_at: string | null
  /** Of the latest attempt, once it is completed. */
  duration_seconds: number | null
  logs_url: string
  /** Filled when a completed run is read by itself; empty in lists. */
  artifacts: RunArtifact[]
}

export interface RunArtifact {
  name: string
  /** The folder of its content, absolute; null until it is downloaded. */
  path: string | null
  /** Bytes. */
  size: number
}

/** A run with the jobs of its latest attempt. */
export interface WorkflowRunWithJobs extends WorkflowRun {
  jobs: WorkflowJob[]
  /** Where failed jobs may be run again: all that were waited for, the last one included. */
  attempts?: RunAttempt[] | undefined
}

/** How an attempt of a run ended. */
export interface RunAttempt {
  /** From 1. */
  attempt: number
  conclusion: string | null
  /** Their names. */
  failed_jobs: string[]
}

/** A run as it was asked for: the latest attempt of it, another one, or a job. */
export interface ViewedRun extends WorkflowRunWithJobs {
  /** From 1; a rerun is another one. */
  attempt: number
}

/** `--timeout` expired; the run continues. */
export class RunTimeoutError extends TimeoutError {
  /** Its last known state. */
  readonly run: WorkflowRunWithJobs

  constructor(run: WorkflowRunWithJobs, message: string, hint: Hint) {
    super(message, { hint })
    this.run = run
  }
}
