import { resolve } from 'node:path'
import { remoteUrl } from '../base/names/remote.js'
import { checkedRepo } from '../base/names/repository.js'
import type { Git } from '../git/git.js'
import type { CloneResult } from '../git/porcelain/clone/clone.js'
import type { PullResult } from '../git/porcelain/pull.js'

/** What clones and pulls need of the client. */
export interface GitServer {
  readonly gitUrl: string
  git(): Promise<Git>
}

/**
 * Clones a repository with all its branches and tags. The folder appears when it is whole.
 *
 * @param ref a branch, a tag or a full commit id to check out; default: the default branch
 * @throws PathError, ConflictError where something is at the destination; GitHubNotFoundError, GitHubAuthError,
 *   GitHubNetworkError
 */
export async function cloneRepo(
  server: GitServer,
  owner: string,
  repo: string,
  destination: string,
  ref?: string,
): Promise<CloneResult> {
  const { cloneRepository } = await import('../git/porcelain/clone/clone.js')
  const url = remoteUrl(server.gitUrl, checkedRepo(owner, repo))
  const request = { url, dir: resolve(destination), ref }
  return cloneRepository(await server.git(), { ...request, branches: 'all' })
}

/**
 * Brings the branch that is checked out up to its origin on this server, forward only, whatever its address is
 * written as. Local changes stay; where they stand in the way nothing is changed.
 *
 * @throws PathError where there is nothing
 * @throws BlockedError for what is no clone of a repository on this server, and for what stands in the way
 */
export async function pullRepo(server: GitServer, path: string): Promise<PullResult> {
  const [{ pull }, { followedAt }] = await Promise.all([
    import('../git/porcelain/pull.js'),
    import('../git/repository/find-worktree.js'),
  ])
  const dir = resolve(path)
  const { owner, repo, branch } = await followedAt(dir, server.gitUrl)
  const url = remoteUrl(server.gitUrl, { owner, repo })
  return pull(await server.git(), { url, dir, ref: branch, pinned: false, onDiverged: 'block' })
}
