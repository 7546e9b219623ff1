import { GitHubError, GitHubNotFoundError } from '../base/errors.js'
import { oneLine } from '../base/text.js'
import type { Api } from '../github/rest/api.js'
import { fullNameOf, type Repo } from './deps.js'
import { listRuns } from './runs.js'

const mostNamed = 5

/** What is asked of one run; where there is no such run, that is told with the newest that there are. */
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
    // Then it is the repository that is not to be seen: what was asked first says so.
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
