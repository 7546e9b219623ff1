import { GitHubError, GitHubNotFoundError } from '../base/errors.js'
import { oneLine } from '../base/text.js'
import { type Annotation, listAnnotations } from '../github/rest/actions/annotations.js'
import { type Artifact, listArtifacts } from '../github/rest/actions/artifacts.js'
import {
  getJobPlace,
  getRunAttempt,
  getWorkflowRun,
  listJobs,
  type WorkflowRunData,
} from '../github/rest/actions/runs.js'
import type { Api } from '../github/rest/api.js'
import { listRuns } from './list-runs.js'
import { type RunArtifact, toRun, type ViewedRun, type WorkflowRun } from './run-data.js'
import { fullNameOf, type Repo } from './session.js'
import { isCompleted } from './watch/conclusion.js'

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
      ' lists its jobs',
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
  const hint = newest.length === 0 ? 'it has no runs' : `newest runs: ${newest.join(', ')}`
  return new GitHubNotFoundError(`${fullNameOf(repo)} has no run ${oneLine(String(runId), 30)}`, {
    cause,
    status,
    requestId,
    hint: oneLine(hint, 400),
  })
}
