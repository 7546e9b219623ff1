import { GitHubError, GitHubNotFoundError, UsageError } from '../base/errors.js'
import { didYouMean, oneLine } from '../base/text.js'
import { type Annotation, listAnnotations } from '../github/rest/annotations.js'
import { type Api, parseAnswer } from '../github/rest/api.js'
import { type Artifact, listArtifacts } from '../github/rest/artifacts.js'
import { type PagingCall, pagesOf } from '../github/rest/pages.js'
import {
  getJobPlace,
  getRunAttempt,
  getWorkflowRun,
  listJobs,
  type WorkflowRunData,
  workflowRunAnswer,
} from '../github/rest/runs.js'
import { type Workflow, workflowFileOf } from '../github/rest/workflows.js'
import { type RunArtifact, toRun, type ViewedRun, type WorkflowRun } from './run-data.js'
import { fullNameOf, type Repo } from './session.js'
import { isCompleted } from './watch/conclusion.js'

export interface RunFilter {
  /** Only runs of this workflow. */
  workflow?: Workflow | undefined
  /** A status or a conclusion: `in_progress`, `failure` … */
  status?: string | undefined
  branch?: string | undefined
  event?: string | undefined
  /** A full commit id. */
  sha?: string | undefined
  /** The login of who started it. */
  actor?: string | undefined
  /** Default: all that GitHub returns, at most 1,000 with a filter. */
  limit?: number | undefined
}

/** https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository */
const states = [
  ...['queued', 'in_progress', 'completed', 'requested', 'waiting', 'pending'],
  ...['success', 'failure', 'neutral', 'cancelled', 'skipped', 'stale', 'timed_out'],
  ...['action_required', 'startup_failure'],
]

/** @throws UsageError for what is neither a status nor a conclusion: GitHub would list nothing */
function assertState(status: string): void {
  if (states.includes(status)) return
  throw new UsageError(`${oneLine(status, 100)} is neither a status nor a conclusion of a run`, {
    hint: didYouMean(status, states) ?? `one of ${states.join(', ')}`,
  })
}

/**
 * Newest first, all pages up to the limit.
 *
 * @throws UsageError for an unknown status
 * https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository
 */
export async function listRuns(
  github: Api,
  repo: Repo,
  filter: RunFilter = {},
  onHeaders?: PagingCall['onHeaders'],
): Promise<WorkflowRun[]> {
  if (filter.status !== undefined) assertState(filter.status)
  const found = await listRunData(github, repo, filter, onHeaders)
  return found.map((data) => toRun(github, repo, data))
}

/** https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository */
const mostFiltered = 1000

async function listRunData(
  github: Api,
  { owner, repo }: Repo,
  { workflow, sha, limit, ...filter }: RunFilter,
  onHeaders: PagingCall['onHeaders'],
): Promise<WorkflowRunData[]> {
  const octokit = await github.octokit()
  const { listWorkflowRuns, listWorkflowRunsForRepo } = octokit.rest.actions
  const parameters = { owner, repo, ...filter, head_sha: sha }
  const found =
    workflow === undefined
      ? await pagesOf(octokit, listWorkflowRunsForRepo, parameters, { limit, onHeaders })
      : await pagesOf(
          octokit,
          listWorkflowRuns,
          { ...parameters, workflow_id: workflow.id },
          { limit, onHeaders },
        )
  const runs = parseAnswer(github, workflowRunAnswer.array(), found)
  const filtered = sha !== undefined || Object.values(filter).some((value) => value !== undefined)
  if (filtered && runs.length >= mostFiltered && (limit ?? Number.POSITIVE_INFINITY) > mostFiltered)
    github.warn(`GitHub lists ${mostFiltered} runs with a filter; there may be older ones`)
  // A server that does not know the parameter lists the runs of every commit.
  return sha === undefined ? runs : runs.filter(({ head_sha: of }) => of === null || of === sha)
}

/** @throws GitHubNotFoundError if it has no runs */
export async function newestRun(
  github: Api,
  repo: Repo,
  workflow: Workflow,
  branch?: string,
): Promise<WorkflowRun> {
  const [run] = await listRuns(github, repo, { workflow, branch, limit: 1 })
  if (run !== undefined) return run
  const where = branch === undefined ? '' : ` on ${oneLine(branch, 100)}`
  const target = `${fullNameOf(repo)}/${workflowFileOf(workflow.path)}`
  throw new GitHubNotFoundError(`${target} never ran${where}`, {
    hint: [{ verb: ['WORKFLOW', 'RUN'], target }, ' runs it'],
  })
}

/** @throws GitHubNotFoundError with the newest runs */
export async function findRun(
  github: Api,
  repo: Repo,
  runId: number | string,
): Promise<WorkflowRun> {
  const asked = getWorkflowRun(github, repo.owner, repo.repo, runId)
  return toRun(github, repo, await ofRun(github, repo, runId, asked))
}

/** Which part of a run is meant; default: its latest attempt. */
export interface RunPart {
  /** From 1. */
  attempt?: number | undefined
  /** Only this job, of whichever attempt it is. */
  jobId?: number | undefined
}

/**
 * A run with the jobs of its latest attempt, or the part of it that is meant.
 *
 * @throws GitHubNotFoundError, also for an attempt or a job that the run does not have
 */
export async function runWithJobs(
  github: Api,
  repo: Repo,
  runId: number | string,
  { attempt, jobId }: RunPart = {},
): Promise<ViewedRun> {
  const number = jobId === undefined ? attempt : await attemptOfJob(github, repo, runId, jobId)
  const data =
    number === undefined
      ? await getWorkflowRun(github, repo.owner, repo.repo, runId)
      : await runAttempt(github, repo, runId, number)
  const jobs = await listJobs(github, repo, data.id, number)
  const meant = jobId === undefined ? jobs : jobs.filter(({ id }) => id === jobId)
  return { ...toRun(github, repo, data), jobs: meant, attempt: data.run_attempt }
}

async function attemptOfJob(
  github: Api,
  repo: Repo,
  runId: number | string,
  jobId: number,
): Promise<number> {
  const place = await getJobPlace(github, repo, jobId).catch((error: unknown) => {
    if (error instanceof GitHubNotFoundError) return null
    throw error
  })
  if (place !== null && String(place.runId) === String(runId)) return place.attempt
  throw new GitHubNotFoundError(`run ${oneLine(String(runId), 30)} has no job ${jobId}`, {
    hint: [
      { verb: ['WORKFLOW', 'VIEW'], target: `${fullNameOf(repo)}/${runId}` },
      ' shows those that it has',
    ],
  })
}

async function runAttempt(
  github: Api,
  repo: Repo,
  runId: number | string,
  attempt: number,
): Promise<WorkflowRunData> {
  try {
    return await getRunAttempt(github, repo, runId, attempt)
  } catch (error) {
    if (!(error instanceof GitHubNotFoundError)) throw error
    const { run_attempt: latest } = await getWorkflowRun(github, repo.owner, repo.repo, runId)
    throw latest < attempt ? noAttempt(runId, attempt, latest) : error
  }
}

const noAttempt = (runId: number | string, attempt: number, latest: number) =>
  new GitHubNotFoundError(`run ${oneLine(String(runId), 30)} has no attempt ${attempt}`, {
    hint: latest === 1 ? 'it has one' : `it has ${latest}`,
  })

/** A run with its jobs, and its artifacts once it is completed. @throws as `runWithJobs` */
export async function viewRun(
  github: Api,
  repo: Repo,
  runId: number | string,
  part: RunPart = {},
): Promise<ViewedRun> {
  const run = await runWithJobs(github, repo, runId, part)
  if (!isCompleted(run) || part.jobId !== undefined) return run
  return { ...run, artifacts: await listRunArtifacts(github, repo, run.run_id, part.attempt) }
}

/**
 * Why a run never started: an error of its workflow file, or an action that differs from
 * `actions.lock`. Such a run has no jobs and no logs.
 */
export async function startupErrors(
  github: Api,
  repo: Repo,
  runId: number | string,
): Promise<Annotation[]> {
  const { check_suite_id: suite } = await getWorkflowRun(github, repo.owner, repo.repo, runId)
  const all = suite === null ? [] : await listAnnotations(github, repo, suite)
  return all.filter(({ level }) => level === 'failure' || level === null)
}

/** Leaves out expired artifacts; downloads nothing. */
export async function listRunArtifacts(
  github: Api,
  repo: Repo,
  runId: number,
  attempt?: number,
): Promise<RunArtifact[]> {
  const all = await artifactsOf(github, repo, runId, attempt)
  return all.filter(({ expired }) => !expired).map(({ name, size }) => ({ name, path: null, size }))
}

/**
 * The artifacts of a run, including expired ones; of an attempt those that were there when it ended,
 * because GitHub does not say which attempt made one.
 *
 * @throws GitHubNotFoundError for an attempt that the run does not have
 */
export async function artifactsOf(
  github: Api,
  repo: Repo,
  runId: number | string,
  attempt?: number,
): Promise<Artifact[]> {
  const all = await listArtifacts(github, repo.owner, repo.repo, runId)
  if (attempt === undefined) return all
  const { run_attempt: latest } = await getWorkflowRun(github, repo.owner, repo.repo, runId)
  if (latest < attempt) throw noAttempt(runId, attempt, latest)
  if (latest === attempt) return all
  const { run_started_at: next } = await getRunAttempt(github, repo, runId, attempt + 1)
  const end = Date.parse(next ?? '')
  return all.filter(({ created_at: at }) => !(Date.parse(at ?? '') >= end))
}

const mostNamed = 5

/** Sends a request about one run; if the run does not exist, the error lists the newest runs. */
export async function ofRun<T>(
  github: Api,
  repo: Repo,
  runId: number | string,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof GitHubNotFoundError) || error.status !== 404) throw error
    throw await noSuchRun(github, repo, runId, error)
  }
}

async function noSuchRun(
  github: Api,
  repo: Repo,
  runId: number | string,
  cause: GitHubNotFoundError,
): Promise<GitHubNotFoundError> {
  let runs: Awaited<ReturnType<typeof listRuns>>
  try {
    runs = await listRuns(github, repo, { limit: mostNamed })
  } catch (error) {
    // Then the repository is not visible, and the first error says so.
    if (error instanceof GitHubError) return cause
    throw error
  }
  const { status, requestId } = cause
  const newest = runs.map(
    ({ run_id: id, workflow, status: state, conclusion }) =>
      `${id} (${workflow}, ${conclusion ?? state})`,
  )
  const hint = newest.length === 0 ? 'nothing has run there' : `the newest: ${newest.join(', ')}`
  return new GitHubNotFoundError(`${fullNameOf(repo)} has no run ${oneLine(String(runId), 30)}`, {
    cause,
    status,
    requestId,
    hint: oneLine(hint, 400),
  })
}
