import { endpoint } from '../github/addresses.js'
import type { Api } from '../github/rest/api.js'
import type { WorkflowRunData } from '../github/rest/runs.js'
import { fileOf } from '../github/rest/workflows.js'
import { fullNameOf, type Repo } from './deps.js'
import type { WorkflowRun } from './types.js'

/** A run as the contract has it, of what GitHub tells; without artifacts, which are asked for by themselves. */
export function toRun(github: Api, repo: Repo, data: WorkflowRunData): WorkflowRun {
  const completedAt = data.status === 'completed' ? data.updated_at : null
  return {
    run_id: data.id,
    status: data.status,
    conclusion: data.conclusion,
    html_url: data.html_url,
    repo: data.repository ?? fullNameOf(repo),
    workflow: data.path === null ? (data.name ?? '') : fileOf(data.path),
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

/** null where one of the times is not known. */
function secondsBetween(from: string, to: string | null): number | null {
  const seconds = (Date.parse(to ?? '') - Date.parse(from)) / 1000
  return Number.isNaN(seconds) ? null : Math.max(0, Math.round(seconds))
}
