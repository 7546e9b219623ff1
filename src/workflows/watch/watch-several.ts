import { GitHubNotFoundError } from '../../base/errors.js'
import type { Hint } from '../../base/hint.js'
import { getWorkflowRun, listJobs } from '../../github/rest/actions/runs.js'
import { nameOfRun } from '../describe.js'
import { listRuns } from '../list-runs.js'
import { toRun, type WorkflowRun, type WorkflowRunWithJobs } from '../run-data.js'
import { findRun, listRunArtifacts } from '../runs.js'
import { fullNameOf, type Repo, type WorkflowSession, withKnown, withWayBack } from '../session.js'
import { hasEnded, worstConclusion } from './conclusion.js'
import {
  type Ended,
  ignoreTransientFailures,
  type PollOptions,
  pollUntilDone,
  type Watch,
} from './poll.js'

export interface RunReference extends Repo {
  runId: number
}

export interface RunsOutcome {
  /** In the order of the references; with their jobs and artifacts, if they have ended. */
  runs: WorkflowRunWithJobs[]
  /** The worst conclusion; null if some runs have not ended. */
  conclusion: string | null
  ended: Ended
}

/**
 * Waits for several runs, of several repositories too. A poll is one request for each repository,
 * however many of its runs are watched.
 *
 * @throws GitHubNotFoundError, before it waits, for a run that is not there; as for one run later
 */
export async function watchRuns(
  session: WorkflowSession,
  references: RunReference[],
  options: PollOptions = {},
): Promise<RunsOutcome> {
  const watch = new RunsWatch(session)
  for (const reference of references) await watch.add(reference)
  const ended = await pollUntilDone(session, watch, options).catch((error: unknown) => {
    const known = { runs: watch.runs }
    if (error instanceof GitHubNotFoundError) throw withKnown(error, known)
    throw withWayBack(session, error, howToComeBack(watch.runs), known)
  })
  const { runs } = watch
  return { runs, conclusion: worstConclusion(runs), ended }
}

function howToComeBack(runs: WorkflowRun[]): Hint {
  const target = runs.map((run) => `${run.repo}/${run.run_id}`).join(' ')
  return ['they continue; return to them with ', { verb: ['WORKFLOW', 'WATCH'], target }]
}

const repoOf = ({ repo: fullName }: WorkflowRun): Repo => {
  const [owner = '', repo = ''] = fullName.split('/')
  return { owner, repo }
}

/** With its jobs and artifacts. The run counts even where these can't be read. */
export async function withJobs(
  session: WorkflowSession,
  run: WorkflowRun,
): Promise<WorkflowRunWithJobs> {
  const repo = repoOf(run)
  const [jobs, artifacts] = await Promise.all([
    ignoreTransientFailures(session, () => listJobs(session.github, repo, run.run_id)),
    ignoreTransientFailures(session, () => listRunArtifacts(session.github, repo, run.run_id)),
  ])
  return { ...run, artifacts: artifacts ?? [], jobs: jobs ?? [] }
}

/** How many runs a listing has, and so the newest that one request can show. */
const listed = 100
/** A run may disappear for a moment behind a lagging replica, but not so often in a row. */
const mostTimesGone = 3

/** Polls several runs and reports their changes. */
class RunsWatch implements Watch {
  runs: WorkflowRunWithJobs[] = []
  /** Those that have ended, and whose jobs were read. */
  readonly #complete = new Set<number>()
  readonly #session: WorkflowSession
  readonly #timesGone = new Map<number, number>()

  constructor(session: WorkflowSession) {
    this.#session = session
  }

  /** @throws GitHubNotFoundError with the newest runs */
  async add({ runId, ...repo }: RunReference): Promise<void> {
    const run = await findRun(this.#session.github, repo, runId)
    if (this.runs.some((known) => known.run_id === run.run_id)) return
    this.runs.push({ ...run, jobs: [] })
    this.#session.emit({ type: 'run-seen', run: { ...run, jobs: [] } })
  }

  get done(): boolean {
    return this.runs.every(({ run_id: id }) => this.#complete.has(id))
  }

  /** @throws permanent failures: no access, a run that was deleted */
  async poll(): Promise<void> {
    const open = this.runs.filter((run) => !hasEnded(run))
    await Promise.all(
      [...new Set(open.map(({ repo }) => repo))].map((name) =>
        ignoreTransientFailures(this.#session, () =>
          this.#refresh(open.filter(({ repo }) => repo === name)),
        ),
      ),
    )
    for (const run of this.runs) {
      if (!hasEnded(run) || this.#complete.has(run.run_id)) continue
      this.#complete.add(run.run_id)
      const whole = await withJobs(this.#session, run)
      this.runs = this.runs.map((one) => (one.run_id === run.run_id ? whole : one))
    }
  }

  async #refresh(runs: WorkflowRun[]): Promise<void> {
    const [first] = runs
    if (first === undefined) return
    const repo = repoOf(first)
    const found =
      runs.length === 1 ? [] : await listRuns(this.#session.github, repo, { limit: listed })
    for (const run of runs) {
      const now = found.find(({ run_id: id }) => id === run.run_id) ?? (await this.#ask(repo, run))
      if (now !== null) this.#replace(run, now)
    }
  }

  /** By itself: the only one of its repository, or older than a listing. null: gone for a moment */
  async #ask(repo: Repo, run: WorkflowRun): Promise<WorkflowRun | null> {
    const { github } = this.#session
    const { run_id: id } = run
    try {
      const data = await getWorkflowRun(github, repo.owner, repo.repo, id)
      this.#timesGone.delete(id)
      return toRun(github, repo, data)
    } catch (error) {
      if (!(error instanceof GitHubNotFoundError)) throw error
      const times = (this.#timesGone.get(id) ?? 0) + 1
      this.#timesGone.set(id, times)
      if (times < mostTimesGone) return null
      const { status, requestId } = error
      throw new GitHubNotFoundError(`${nameOfRun(run)} was deleted`, {
        ...{ cause: error, status, requestId },
        hint: `it was ${run.status.replaceAll('_', ' ')} at the last poll, in ${fullNameOf(repo)}`,
      })
    }
  }

  #replace(before: WorkflowRun, run: WorkflowRun): void {
    this.runs = this.runs.map((one) =>
      one.run_id === run.run_id ? { ...run, jobs: one.jobs } : one,
    )
    this.#session.emit({ type: 'run-seen', run: { ...run, jobs: [] } })
    if (before.status === run.status && before.conclusion === run.conclusion) return
    this.#session.emit({ type: 'run-changed', run })
    if (run.status === 'waiting') this.#session.emit({ type: 'run-waiting', run })
  }
}
