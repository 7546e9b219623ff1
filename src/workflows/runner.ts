import type { Call } from '../base/call.js'
import type { GitHubClient } from '../github/client.js'
import type { Annotation } from '../github/rest/actions/annotations.js'
import { findWorkflow, type Workflow } from '../github/rest/actions/workflows.js'
import { resolveCommit } from '../github/rest/commits.js'
import {
  type OpenConfigured,
  type OpenSession,
  type SessionOptions,
  sessionOf,
} from '../session.js'
import {
  type ArtifactOptions,
  type DownloadedArtifact,
  downloadArtifacts,
} from './artifacts/artifacts.js'
import {
  type CancelOptions,
  cancel,
  type RerunOptions,
  rerun,
  setWorkflowState,
} from './control.js'
import { recording } from './describe.js'
import { dispatch, type InputsQuestion } from './dispatch/dispatch.js'
import type { DueOptions, DueReport } from './due/run-due.js'
import type { RunScheduleStatus } from './due/status.js'
import { listRuns, newestRun, type RunFilter } from './list-runs.js'
import {
  type FailedStep,
  type FailedStepOptions,
  failedSteps,
  type JobLogOptions,
  type LogChunk,
  readLogs,
} from './logs/logs.js'
import type { ViewedRun, WorkflowRun, WorkflowRunWithJobs } from './run-data.js'
import { findRun, ofRun, type RunPart, runWithJobs, startupErrors, viewRun } from './runs.js'
import type { Repo, WorkflowEvent, WorkflowSession } from './session.js'
import type { PollOptions } from './watch/poll.js'
import { type RetryOptions, untilPassed } from './watch/retry.js'
import { firstLook } from './watch/wait.js'
import { type CommitOutcome, watchCommit } from './watch/watch-commit.js'
import { type RunReference, type RunsOutcome, watchRuns } from './watch/watch-several.js'
import { type RunReasons, reasonsOf, type WhyOptions } from './why/why.js'

export interface RunOptions extends RetryOptions {
  /** A branch or a tag; default: the default branch. */
  ref?: string | undefined
  /** The inputs of the workflow, checked against its file. */
  inputs?: Record<string, string> | undefined
  /** Gives the inputs where none are given, for example by asking somebody. */
  askInputs?: InputsQuestion | undefined
  /** Waits until the run is completed; otherwise only until it is identified. */
  wait?: boolean | undefined
}

export type RunId = number | string
export interface RunListFilter extends Omit<RunFilter, 'workflow'> {
  workflow?: string | number | undefined
  /** A full or short commit id, a branch or a tag; instead of `sha`. */
  commit?: string | undefined
}

/**
 * Runs workflows of GitHub Actions and waits for them. A workflow is named by its id, its file
 * (`tests.yml` or `tests`) or its display name.
 *
 * @throws every method may throw GitHubError and its subclasses, and the signal's reason
 */
export class WorkflowRunner {
  readonly #openSession: OpenSession<WorkflowEvent>
  readonly #openConfigured: OpenConfigured<WorkflowEvent>

  constructor(client: GitHubClient, options: SessionOptions = {}) {
    const { open, openConfigured } = sessionOf<WorkflowEvent>(client, options)
    this.#openSession = open
    this.#openConfigured = openConfigured
  }

  async #open(call: Call<WorkflowEvent>): Promise<WorkflowSession> {
    const { client, ...session } = await this.#openSession(call)
    return { ...session, github: client, emit: recording(session.log, session.emit) }
  }

  /**
   * Dispatches a workflow. After a wait, `conclusion` says how the run ended: a failed run is not
   * an error.
   *
   * @throws UsageError for wrong inputs; GitHubNotFoundError; ConflictError if two runs could
   *   be the one; RunTimeoutError, with the run, if the wait times out
   */
  async run(
    owner: string,
    repo: string,
    workflow: string | number,
    { ref, inputs, askInputs, wait: waits = false, ...options }: RunOptions = {},
    call: Call<WorkflowEvent> = {},
  ): Promise<WorkflowRun | WorkflowRunWithJobs> {
    const session = await this.#open(call)
    const started = await dispatch(session, { owner, repo, workflow, ref, inputs, askInputs })
    if (waits) return untilPassed(session, { owner, repo }, started, options)
    return firstLook(session, { owner, repo }, started)
  }

  /**
   * Waits for a run; the result has its jobs and artifacts.
   *
   * @throws RunTimeoutError, with the run
   */
  async pollStatus(
    owner: string,
    repo: string,
    runId: RunId,
    options: RetryOptions = {},
    call: Call<WorkflowEvent> = {},
  ): Promise<WorkflowRunWithJobs> {
    const session = await this.#open(call)
    const run = await findRun(session.github, { owner, repo }, runId)
    return untilPassed(session, { owner, repo }, run, options)
  }

  /** Waits for all runs of a commit, or those of one workflow, to appear and to end. */
  async watchCommit(
    owner: string,
    repo: string,
    commit: string,
    { workflow, ...options }: PollOptions & { workflow?: string | number | undefined } = {},
    call: Call<WorkflowEvent> = {},
  ): Promise<CommitOutcome> {
    const session = await this.#open(call)
    const found = await this.#find(session, { owner, repo }, workflow)
    return watchCommit(session, { owner, repo, commit, workflow: found }, options)
  }

  /** Waits for several runs, of several repositories too; the result has their jobs and artifacts. */
  async watchRuns(
    references: RunReference[],
    options: PollOptions = {},
    call: Call<WorkflowEvent> = {},
  ): Promise<RunsOutcome> {
    return watchRuns(await this.#open(call), references, options)
  }

  /** Newest first. */
  async listRuns(
    owner: string,
    repo: string,
    { commit, ...filter }: RunListFilter = {},
    call: Call<WorkflowEvent> = {},
  ): Promise<WorkflowRun[]> {
    const session = await this.#open(call)
    const workflow = await this.#find(session, { owner, repo }, filter.workflow)
    const sha =
      commit === undefined ? filter.sha : await resolveCommit(session.github, owner, repo, commit)
    return listRuns(session.github, { owner, repo }, { ...filter, sha, workflow })
  }

  /** With its jobs, and its artifacts once it is completed; or an attempt or a job of it. */
  async viewRun(
    owner: string,
    repo: string,
    runId: RunId,
    part: RunPart = {},
    call: Call<WorkflowEvent> = {},
  ): Promise<ViewedRun> {
    const { github } = await this.#open(call)
    return ofRun(github, { owner, repo }, runId, viewRun(github, { owner, repo }, runId, part))
  }

  /** @throws GitHubNotFoundError if the workflow has no runs */
  async newestRun(
    owner: string,
    repo: string,
    workflow: string | number,
    branch?: string,
    call: Call<WorkflowEvent> = {},
  ): Promise<WorkflowRun> {
    const { github } = await this.#open(call)
    const found = await findWorkflow(github, owner, repo, workflow)
    return newestRun(github, { owner, repo }, found, branch)
  }

  /**
   * Reads the logs job by job, as they arrive: of all steps, or only of failed ones.
   *
   * @throws GitHubNotFoundError for a run that has not ended, an unknown job, or expired logs
   */
  async *readLogs(
    owner: string,
    repo: string,
    runId: RunId,
    { jobId, ...options }: JobLogOptions & RunPart = {},
    call: Call<WorkflowEvent> = {},
  ): AsyncGenerator<LogChunk> {
    const session = await this.#open(call)
    const part = { attempt: options.attempt, jobId }
    const asked = runWithJobs(session.github, { owner, repo }, runId, part)
    const run = await ofRun(session.github, { owner, repo }, runId, asked)
    const job = jobId === undefined ? options.job : String(jobId)
    yield* readLogs(session, { owner, repo }, run, run.jobs, { ...options, job })
  }

  /** The logs as one text. @throws as `readLogs` */
  async getLogs(
    owner: string,
    repo: string,
    runId: RunId,
    options: JobLogOptions & RunPart = {},
    call: Call<WorkflowEvent> = {},
  ): Promise<string> {
    const pieces: string[] = []
    for await (const { text } of this.readLogs(owner, repo, runId, options, call)) pieces.push(text)
    return pieces.join('')
  }

  /** The last lines of each step that failed, 100 by default. */
  async failedSteps(
    owner: string,
    repo: string,
    runId: RunId,
    options: FailedStepOptions = {},
    call: Call<WorkflowEvent> = {},
  ): Promise<FailedStep[]> {
    const session = await this.#open(call)
    const { attempt } = options
    const run = await runWithJobs(session.github, { owner, repo }, runId, { attempt })
    return failedSteps(session, { owner, repo }, run, run.jobs, options)
  }

  /** Why a run ended as `startup_failure`, before any job: it has no logs. */
  async startupErrors(
    owner: string,
    repo: string,
    runId: RunId,
    call: Call<WorkflowEvent> = {},
  ): Promise<Annotation[]> {
    return startupErrors((await this.#open(call)).github, { owner, repo }, runId)
  }

  /**
   * Why a run failed, in one go, within a number of bytes; also of one that goes on, from its jobs
   * that have ended.
   */
  async why(
    owner: string,
    repo: string,
    runId: RunId,
    { attempt, jobId, ...options }: WhyOptions & RunPart = {},
    call: Call<WorkflowEvent> = {},
  ): Promise<RunReasons> {
    const session = await this.#open(call)
    const asked = runWithJobs(session.github, { owner, repo }, runId, { attempt, jobId })
    const run = await ofRun(session.github, { owner, repo }, runId, asked)
    return reasonsOf(session, { owner, repo }, run, options)
  }

  /**
   * Unpacks each artifact into `destination/NAME`.
   *
   * @throws ConflictError if something already exists there
   */
  async downloadArtifacts(
    owner: string,
    repo: string,
    runId: RunId,
    destination: string,
    options: Omit<ArtifactOptions, 'dir'> = {},
    call: Call<WorkflowEvent> = {},
  ): Promise<DownloadedArtifact[]> {
    const session = await this.#open(call)
    return downloadArtifacts(session, { owner, repo }, runId, { ...options, dir: destination })
  }

  /** @throws GitHubError if the run is completed */
  async cancel(
    owner: string,
    repo: string,
    runId: RunId,
    options: CancelOptions = {},
    call: Call<WorkflowEvent> = {},
  ): Promise<void> {
    return cancel(await this.#open(call), { owner, repo }, runId, options)
  }

  /** Runs all jobs again, or only some. @throws GitHubError if the run is not completed */
  async rerun(
    owner: string,
    repo: string,
    runId: RunId,
    options: RerunOptions = {},
    call: Call<WorkflowEvent> = {},
  ): Promise<void> {
    return rerun(await this.#open(call), { owner, repo }, runId, options)
  }

  /** @returns the workflow in its new state */
  async enable(
    owner: string,
    repo: string,
    workflow: string | number,
    call: Call<WorkflowEvent> = {},
  ): Promise<Workflow> {
    return setWorkflowState(await this.#open(call), { owner, repo }, workflow, 'enable')
  }

  /** @returns the workflow in its new state */
  async disable(
    owner: string,
    repo: string,
    workflow: string | number,
    call: Call<WorkflowEvent> = {},
  ): Promise<Workflow> {
    return setWorkflowState(await this.#open(call), { owner, repo }, workflow, 'disable')
  }

  /**
   * Dispatches each workflow of components.yaml whose `run_schedule` fell due since its last
   * dispatch; once, however many times it was missed.
   *
   * @throws NotFoundError for an unknown target, ConfigError, LockedError
   */
  async runDue(options: DueOptions = {}, call: Call<WorkflowEvent> = {}): Promise<DueReport> {
    const { client, ...session } = await this.#openConfigured(call)
    const emit = recording(session.log, session.emit)
    const { runDue } = await import('./due/run-due.js')
    return runDue({ ...session, github: client, emit }, options)
  }

  /**
   * When each workflow with a `run_schedule` was dispatched and is due next; sends no request.
   *
   * @param targets components, or `component/workflow`; none: all
   * @throws NotFoundError for an unknown target
   */
  async schedules(
    targets: string[] = [],
    call: Call<WorkflowEvent> = {},
  ): Promise<RunScheduleStatus[]> {
    const session = await this.#openConfigured(call)
    const [{ selectScheduled }, { runScheduleStatusOf }] = await Promise.all([
      import('../schedules/run-schedules.js'),
      import('./due/status.js'),
    ])
    return runScheduleStatusOf(session, selectScheduled(await session.config.components(), targets))
  }

  async #find(
    { github }: WorkflowSession,
    { owner, repo }: Repo,
    workflow: string | number | undefined,
  ) {
    return workflow === undefined ? undefined : findWorkflow(github, owner, repo, workflow)
  }
}
