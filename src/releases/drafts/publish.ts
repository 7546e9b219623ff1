import { GitHubNetworkError, withHint } from '../../base/errors.js'
import type { Repo } from '../../base/names/repository.js'
import {
  getRelease,
  type MakeLatest,
  type Release,
  type ReleaseOptions,
  updateRelease,
} from '../../github/rest/releases.js'
import type { ReleaseDeps } from '../deps.js'

/** What is left where publishing failed. */
export const draftStays = 'the draft stays, unpublished: the same command goes on with it'

const mostTries = 3
/** Milliseconds; each further one is longer by that. */
const pause = 2000

/**
 * Publishes a draft, once: where the answer is lost, the release says whether it happened.
 *
 * @param content what takes the place of what it has, in the same request
 */
export async function publishDraft(
  deps: ReleaseDeps,
  { owner, repo }: Repo,
  id: number,
  content: Pick<ReleaseOptions, 'name' | 'body' | 'prerelease'> & { latest: MakeLatest },
): Promise<Release> {
  for (let tries = 1; ; tries++) {
    try {
      return await updateRelease(deps.github, owner, repo, id, { ...content, draft: false })
    } catch (error) {
      if (!(error instanceof GitHubNetworkError)) throw withHint(error, draftStays)
      const now = await stateOf(deps, { owner, repo }, id, error)
      if (!now.draft) return now
      if (tries === mostTries) throw withHint(error, draftStays)
      await deps.clock.sleep(pause * tries, deps.signal)
    }
  }
}

async function stateOf(
  { github }: ReleaseDeps,
  { owner, repo }: Repo,
  id: number,
  lost: GitHubNetworkError,
): Promise<Release> {
  try {
    return await getRelease(github, owner, repo, id)
  } catch {
    throw withHint(lost, 'it may be published all the same: the same command finds out')
  }
}
