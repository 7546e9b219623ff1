import { GitHubError, GitHubNotFoundError, withHint } from '../errors.js'
import { commitAnswer, type Workflow } from '../github/actions-shapes.js'
import { getParsed, repositoryPath } from '../github/api.js'
import { oneLine } from '../text.js'
import { CommitWatch } from './commit-watch.js'
import { nameOf, type Repo, type WorkflowDeps } from './deps.js'
import { listJobs } from './jobs.js'
import { type Ended, type PollOptions, pollUntilDone } from './poll.js'
import { listRunArtifacts } from './runs.js'
import type { WorkflowRun, WorkflowRunWithJobs } from './types.js'
import { worstConclusion } from './verdict.js'

export interface CommitRequest extends Repo {
  /** A commit id, also a short one; or a branch or a tag. */
  commit: string
  /** The runs of this workflow alone. */
  workflow?: Workflow | undefined
}

export interface CommitOutcome {
  /** The full commit id. */
  sha: string
  /** With their jobs and artifacts, where they ended. */
  runs: WorkflowRunWithJobs[]
  /** The worst of them; null where they have not all ended. */
  conclusion: string | null
  ended: Ended
}

/**
 * Waits for the runs of a commit to appear and to end. A poll is one request, whatever the number of runs.
 *
 * @throws GitHubNotFoundError for an unknown commit, GitHubAuthError, GitHubRateLimitError, and the signal's reason
 */
export async function watchCommit(
  deps: WorkflowDeps,
  { commit, workflow, ...repo }: CommitRequest,
  options: PollOptions = {},
): Promise<CommitOutcome> {
  const sha = await resolveCommit(deps, repo, commit)
  const watch = new CommitWatch(deps, repo, { sha, workflow })
  const ended = await pollUntilDone(deps, watch, options).catch((error: unknown) => {
    throw withHint(error, howToComeBack(repo, sha, workflow))
  })
  const runs: WorkflowRunWithJobs[] = []
  for (const run of watch.runs) {
    runs.push(ended === 'completed' ? await complete(deps, repo, run) : { ...run, jobs: [] })
  }
  return { sha, runs, conclusion: worstConclusion(runs), ended }
}

function howToComeBack(repo: Repo, sha: string, workflow: Workflow | undefined): string {
  const only = workflow === undefined ? '' : ` --workflow ${workflow.id}`
  const back = `wizard WORKFLOW WATCH ${nameOf(repo)} --commit ${sha}${only}`
  return `the runs of ${sha.slice(0, 7)} go on; come back with ${back}`
}

/** https://docs.github.com/en/rest/commits/commits#get-a-commit */
async function resolveCommit(
  { github }: WorkflowDeps,
  repo: Repo,
  commit: string,
): Promise<string> {
  const path = `${repositoryPath(repo.owner, repo.repo)}/commits/${encodeURIComponent(commit)}`
  try {
    return (await getParsed(github, path, commitAnswer)).sha
  } catch (error) {
    // GitHub calls what is no commit unprocessable.
    if (!(error instanceof GitHubError) || ![404, 422].includes(error.status ?? 0)) throw error
    const message = `${nameOf(repo)} has no commit ${oneLine(commit, 100)}`
    const { status, requestId } = error
    const hint = 'check the id, and that it is pushed'
    throw new GitHubNotFoundError(message, { cause: error, status, requestId, hint })
  }
}

async function complete(
  { github }: WorkflowDeps,
  repo: Repo,
  run: WorkflowRun,
): Promise<WorkflowRunWithJobs> {
  const [jobs, artifacts] = await Promise.all([
    listJobs(github, repo, run.run_id),
    listRunArtifacts(github, repo, run.run_id),
  ])
  return { ...run, artifacts, jobs }
}
