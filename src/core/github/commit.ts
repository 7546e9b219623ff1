import { z } from 'zod'
import { GitHubError, GitHubNotFoundError } from '../errors.js'
import { oneLine } from '../text.js'
import { type Api, getParsed, repositoryPath } from './api.js'

const commit = z.object({ sha: z.string().regex(/^[0-9a-f]{40}$/) })

/**
 * The full id of the commit that a branch, a tag or a short id leads to.
 * https://docs.github.com/en/rest/commits/commits#get-a-commit
 *
 * @throws GitHubNotFoundError where there is none
 */
export async function commitOf(
  api: Api,
  owner: string,
  repo: string,
  ref: string,
): Promise<string> {
  const path = ref.split('/').map(encodeURIComponent).join('/')
  try {
    return (await getParsed(api, `${repositoryPath(owner, repo)}/commits/${path}`, commit)).sha
  } catch (error) {
    // 422: no commit has that id; 409: the repository is empty.
    const isUnknown =
      error instanceof GitHubNotFoundError ||
      (error instanceof GitHubError && (error.status === 422 || error.status === 409))
    if (!isUnknown) throw error
    throw new GitHubNotFoundError(`${owner}/${repo} has no branch or commit ${oneLine(ref, 100)}`, {
      cause: error,
    })
  }
}
