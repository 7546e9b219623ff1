import type { Addresses } from '../../addresses.js'
import { fullName, type Repository } from '../../model/repository.js'
import type { Artifact, Job, Run } from '../../model/runs.js'
import type { Workflow } from '../../model/workflows.js'
import type { Data } from '../route.js'
import { simpleUser } from './account.js'
import { listedRepository } from './repository.js'

type WorkflowData = Data<'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}'>
type RunData = Data<'GET /repos/{owner}/{repo}/actions/runs/{run_id}'>
type JobData = Data<'GET /repos/{owner}/{repo}/actions/jobs/{job_id}'>
type ArtifactData = Data<'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}'>

export function workflowShape(
  { api, git }: Addresses,
  repository: Repository,
  { id, nodeId, name, path, state, createdAt }: Workflow,
): WorkflowData {
  const page = `${git}/${fullName(repository)}`
  const file = path.split('/').at(-1)
  return {
    id,
    node_id: nodeId,
    name,
    path,
    state,
    created_at: createdAt,
    updated_at: createdAt,
    url: `${api}/repos/${fullName(repository)}/actions/workflows/${id}`,
    html_url: `${page}/blob/${repository.defaultBranch}/${path}`,
    badge_url: `${page}/actions/workflows/${file}/badge.svg`,
  }
}

export const runUrl = ({ api }: Addresses, repository: Repository, { id }: Run) =>
  `${api}/repos/${fullName(repository)}/actions/runs/${id}`

export const runPage = ({ git }: Addresses, repository: Repository, { id }: Run) =>
  `${git}/${fullName(repository)}/actions/runs/${id}`

export function runShape(addresses: Addresses, repository: Repository, run: Run): RunData {
  const listed = listedRepository(addresses, repository, null)
  const actor = simpleUser(addresses, run.actor)
  return {
    id: run.id,
    node_id: run.nodeId,
    name: run.workflowName,
    display_title: run.title,
    path: run.path,
    run_number: run.number,
    run_attempt: run.attempt,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: run.workflowId,
    head_branch: run.branch,
    head_sha: run.sha,
    head_commit: null,
    check_suite_id: run.id,
    check_suite_node_id: `CS_${run.id}`,
    pull_requests: [],
    actor,
    triggering_actor: actor,
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    run_started_at: run.startedAt,
    repository: listed,
    head_repository: listed,
    ...runLinks(addresses, repository, run),
  }
}

function runLinks(addresses: Addresses, repository: Repository, run: Run) {
  const url = runUrl(addresses, repository, run)
  const base = `${addresses.api}/repos/${fullName(repository)}`
  return {
    url,
    html_url: runPage(addresses, repository, run),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: run.attempt > 1 ? `${url}/attempts/${run.attempt - 1}` : null,
    check_suite_url: `${base}/check-suites/${run.id}`,
    workflow_url: `${base}/actions/workflows/${run.workflowId}`,
  }
}

export function jobShape(
  addresses: Addresses,
  { repository, run, job }: { repository: Repository; run: Run; job: Job },
): JobData {
  const base = `${addresses.api}/repos/${fullName(repository)}`
  return {
    id: job.id,
    run_id: run.id,
    run_url: runUrl(addresses, repository, run),
    run_attempt: job.attempt,
    node_id: job.nodeId,
    head_sha: run.sha,
    head_branch: run.branch,
    url: `${base}/actions/jobs/${job.id}`,
    html_url: `${runPage(addresses, repository, run)}/job/${job.id}`,
    check_run_url: `${base}/check-runs/${job.id}`,
    workflow_name: run.workflowName,
    name: job.name,
    status: job.status,
    conclusion: job.conclusion,
    created_at: run.createdAt,
    started_at: job.startedAt,
    completed_at: job.completedAt,
    steps: job.steps,
    labels: ['ubuntu-latest'],
    runner_id: null,
    runner_name: null,
    runner_group_id: null,
    runner_group_name: null,
  }
}

export function artifactShape(
  { api }: Addresses,
  { repository, run, artifact }: { repository: Repository; run: Run; artifact: Artifact },
): ArtifactData {
  const url = `${api}/repos/${fullName(repository)}/actions/artifacts/${artifact.id}`
  return {
    id: artifact.id,
    node_id: artifact.nodeId,
    name: artifact.name,
    size_in_bytes: artifact.archive.length,
    url,
    archive_download_url: `${url}/zip`,
    expired: artifact.expired,
    created_at: artifact.createdAt,
    updated_at: artifact.createdAt,
    expires_at: artifact.createdAt,
    digest: artifact.digest,
    workflow_run: {
      id: run.id,
      repository_id: repository.id,
      head_repository_id: repository.id,
      head_branch: run.branch,
      head_sha: run.sha,
    },
  }
}
