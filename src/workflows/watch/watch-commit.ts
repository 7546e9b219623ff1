import type { Hint } from '../../base/hint.js'
import type { Workflow } from '../../github/rest/actions/workflows.js'
import { resolveCommit } from '../../github/rest/commits.js'
import { serverTime } from '../../http/policy/waits.js'
import { listRuns } from '../list-runs.js'
import type { WorkflowRun, WorkflowRunWithJobs } from '../run-data.js'
import { fullNameOf, type Repo, type WorkflowSession, withWayBack } from '../session.js'
import { hasEnded, worstConclusion } from './conclusion.js'
import {
  type Ended,
  ignoreTransientFailures,
  type PollOptions,
  pollUntilDone,
  type Watch,
} from './poll.js'
import { withJobs } from './watch-several.js'

export interface CommitRequest extends Repo {
  /** A full or short commit id, a branch or a tag. */
  commit: string
  /** Only runs of this workflow. */
  workflow?: Workflow | undefined
}

export interface CommitOutcome {
  /** The full commit id. */
  sha: string
  /** With their jobs and artifacts, if they have ended. */
  runs: WorkflowRunWithJobs[]
  /** The worst conclusion; null if some runs have not ended. */
  conclusion: string | null
  ended: Ended
}

/**
 * Waits for the runs of a commit to appear and to end. A poll is one request, whatever the number
 * of runs.
 *
 * @throws GitHubNotFoundError for an unknown commit, GitHubAuthError, GitHubRateLimitError, and the
 *   signal's reason
 */
export async function watchCommit(
  session: WorkflowSession,
  { commit, workflow, ...repo }: CommitRequest,
  options: PollOptions = {},
): Promise<CommitOutcome> {
  const sha = await resolveCommit(session.github, repo.owner, repo.repo, commit)
  const watch = new CommitWatch(session, repo, { sha, workflow })
  const ended = await pollUntilDone(session, watch, options).catch((error: unknown) => {
    const known = { runs: watch.runs }
    throw withWayBack(session, error, howToComeBack(repo, sha, workflow), known)
  })
  const runs: WorkflowRunWithJobs[] = []
  for (const run of watch.runs) {
    runs.push(ended === 'completed' ? await withJobs(session, run) : { ...run, jobs: [] })
  }
  return { sha, runs, conclusion: worstConclusion(runs), ended }
}

function howToComeBack(repo: Repo, sha: string, workflow: Workflow | undefined): Hint {
  const only: Record<string, string> = workflow ? { workflow: String(workflow.id) } : {}
  return [
    `the runs of ${sha.slice(0, 7)} continue; return to them with `,
    { verb: ['WORKFLOW', 'WATCH'], target: fullNameOf(repo), flags: { commit: sha, ...only } },
  ]
}

/**
 * Milliseconds without a new run until the list counts as complete: GitHub creates the runs of a
 * push one by one.
 */
const settling = 15_000

/** Polls the runs of a commit and reports changes. */
export class CommitWatch implements Watch {
  runs: WorkflowRun[] = []
  readonly #session: WorkflowSession
  readonly #repo: Repo
  readonly #filter: { sha: string; workflow: Workflow | undefined }
  #newestSince: number
  /** At the last poll, in milliseconds since 1970; null if GitHub does not tell it. */
  #serverTime: number | null = null

  constructor(
    session: WorkflowSession,
    repo: Repo,
    filter: { sha: string; workflow: Workflow | undefined },
  ) {
    this.#session = session
    this.#repo = repo
    this.#filter = filter
    this.#newestSince = session.clock.now()
  }

  get done(): boolean {
    return this.runs.length > 0 && this.runs.every(hasEnded) && this.#settled
  }

  /** @throws permanent failures */
  async poll(): Promise<void> {
    const onHeaders = (headers: Record<string, string | number | undefined>) => {
      this.#serverTime = 'date' in headers ? serverTime(headers, this.#session.clock.now()) : null
    }
    const found = await ignoreTransientFailures(this.#session, () =>
      listRuns(this.#session.github, this.#repo, this.#filter, onHeaders),
    )
    if (found === undefined) return
    const before = new Map(this.runs.map((run) => [run.run_id, run]))
    if (found.some((run) => !before.has(run.run_id))) this.#newestSince = this.#session.clock.now()
    this.runs = found
    for (const run of found) this.#report(before.get(run.run_id), run)
  }

  /** By GitHub's own clock if it tells its time, otherwise by how long no new run has appeared here. */
  get #settled(): boolean {
    const newest = Math.max(...this.runs.map(({ created_at: at }) => Date.parse(at ?? '')))
    if (this.#serverTime !== null && this.#serverTime - newest >= settling) return true
    return this.#session.clock.now() - this.#newestSince >= settling
  }

  #report(before: WorkflowRun | undefined, run: WorkflowRun): void {
    if (before?.status === run.status && before.conclusion === run.conclusion) return
    this.#session.emit({ type: 'run-changed', run })
    if (run.status === 'waiting') this.#session.emit({ type: 'run-waiting', run })
  }
}
