import { resolve } from 'node:path'
import { remoteUrl } from '../../base/names/remote.js'
import { checkedRepo } from '../../base/names/repository.js'
import type { Git } from '../git.js'
import type { CloneResult } from './clone/clone.js'
import type { PullResult } from './pull.js'

/** The server that a clone comes from, and git as it is used with it. */
export interface GitServer {
  readonly gitUrl: string
  git(): Promise<Git>
}

/**
 * Clones a repository with all its branches and tags. The folder appears once it is complete.
 *
 * @param ref a branch, a tag or a full commit id to check out; default: the default branch
 * @throws PathError, ConflictError if something is at the destination; GitHubNotFoundError,
 *   GitHubAuthError, GitHubNetworkError
 */
export async function cloneRepo(
  server: GitServer,
  owner: string,
  repo: string,
  destination: string,
  ref?: string,
): Promise<CloneResult> {
  const { cloneRepository } = await import('./clone/clone.js')
  const url = remoteUrl(server.gitUrl, checkedRepo(owner, repo))
  const request = { url, dir: resolve(destination), ref }
  return cloneRepository(await server.git(), { ...request, branches: 'all' })
}

/**
 * Brings the current branch up to its origin on this server, forward only; the origin may spell the
 * address in any way. Local changes stay; if they are in conflict, nothing changes.
 *
 * @throws PathError if nothing is there
 * @throws BlockedError if it is not a clone of a repository on this server, and for conflicts
 */
export async function pullRepo(server: GitServer, path: string): Promise<PullResult> {
  const [{ pull }, { readTrackedBranch }] = await Promise.all([
    import('./pull.js'),
    import('../repository/find-worktree.js'),
  ])
  const dir = resolve(path)
  const { owner, repo, branch } = await readTrackedBranch(dir, server.gitUrl)
  const url = remoteUrl(server.gitUrl, { owner, repo })
  return pull(await server.git(), { url, dir, ref: branch, pinned: false, onDiverged: 'block' })
}
