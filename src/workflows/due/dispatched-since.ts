import { GitHubAuthError, GitHubNotFoundError } from '../../base/errors.js'
import type { WorkflowRunData } from '../../github/rest/actions/runs.js'
import type { Workflow } from '../../github/rest/actions/workflows.js'
import { ask } from '../../github/rest/api.js'
import { viewerAnswer } from '../../github/rest/repositories.js'
import { listDispatched, shortRef } from '../dispatch/correlate.js'
import type { Repo, WorkflowSession } from '../session.js'

export interface DispatchedQuery {
  repo: Repo
  workflow: Workflow
  /** A branch or a tag. */
  ref: string
  /** Milliseconds since 1970, by the local clock. */
  since: number
  /** Whoever the token belongs to; null: an app, whose name GitHub does not say. */
  actor: string | null
}

/**
 * Milliseconds by which the clocks of two machines may differ.
 *
 * @param gap milliseconds since the due time before: a run of that one must not count
 */
export const toleranceOf = (gap: number): number => Math.min(60_000, gap / 2)

/**
 * The dispatches of a workflow on a ref by this actor since a time, oldest first, in one request.
 *
 * @throws GitHubError
 */
export async function dispatchedSince(
  session: WorkflowSession,
  { repo, workflow, ref, since, actor }: DispatchedQuery,
  tolerance: number,
): Promise<{ run: WorkflowRunData; at: number }[]> {
  const { runs, serverTime } = await listDispatched(session, repo, workflow)
  // A local clock that is ahead makes the runs look older. One that is behind changes nothing: the
  // other machine, whose clock is right, dispatched at the right time.
  const ahead = Math.max(0, session.clock.now() - serverTime)
  const from = since - ahead - tolerance
  return runs
    .map((run) => ({ run, at: Date.parse(run.created_at) + ahead }))
    .filter(
      ({ run, at }) =>
        at - ahead >= from && run.head_branch === shortRef(ref) && isBy(actor, run.actors),
    )
    .sort((one, other) => one.at - other.at || one.run.id - other.run.id)
}

const isBy = (actor: string | null, logins: string[]) =>
  logins.some((login) => (actor === null ? login.endsWith('[bot]') : login.toLowerCase() === actor))

/**
 * The token's owner, in lower case; null for an app, whose name GitHub does not say.
 *
 * @throws GitHubError if GitHub can't say it now: without it a run of ours would be overlooked
 */
export async function actorOf({ github }: WorkflowSession): Promise<string | null> {
  try {
    const { login } = await ask(github, viewerAnswer, (rest) => rest.users.getAuthenticated())
    return login.toLowerCase()
  } catch (error) {
    if (error instanceof GitHubAuthError || error instanceof GitHubNotFoundError) return null
    throw error
  }
}
