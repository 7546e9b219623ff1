import { connect } from './protocol/remote.js'
import type { Git, RemoteRefs } from './types.js'

/**
 * The refs of a repository on a server whose full names begin with one of the prefixes, and its HEAD, under that
 * name: one request of a few hundred bytes, where the server knows version 2 of the protocol.
 *
 * @param url without credentials
 * @param prefixes such as `refs/heads/main` or `refs/tags/`
 * @throws GitHubAuthError, GitHubNotFoundError, GitHubRateLimitError, GitHubNetworkError, GitHubError
 */
export async function listRefs(git: Git, url: string, prefixes: string[]): Promise<RemoteRefs> {
  const { head, refs } = await connect(git, url, prefixes)
  return { head, refs }
}
