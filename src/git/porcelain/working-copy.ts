import { dirname, resolve } from 'node:path'
import { remoteUrl } from '../../base/names/remote.js'
import { checkedRepo } from '../../base/names/repository.js'
import type { Host } from '../../process/host.js'
import type { Git } from '../git.js'
import type { CloneResult } from './clone/clone.js'
import type { PullResult } from './pull.js'

/** The server that a clone comes from, and git as it is used with it. */
export interface GitServer {
  readonly gitUrl: string
  git(): Promise<Git>
  /** The machine, for the user's own git configuration; null: unknown. */
  readonly host: Host | null
}

export interface WorkingCopyOptions {
  /**
   * Whether submodules, and theirs, get their files and follow; default: no. A token goes only to
   * the client's own server.
   */
  submodules?: boolean | undefined
}

/**
 * Clones a repository with all its branches and tags. The folder appears once it is complete. What a
 * killed process has left beside it is removed.
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
  { submodules }: WorkingCopyOptions = {},
): Promise<CloneResult> {
  const url = remoteUrl(server.gitUrl, checkedRepo(owner, repo))
  const dir = resolve(destination)
  const [{ cloneRepository, removeDeadClones }, git] = await Promise.all([
    import('./clone/clone.js'),
    gitHere(server),
  ])
  // What can't be removed does not stop a clone.
  if (git.liveness) await removeDeadClones(dirname(dir), git.liveness).catch(() => {})
  return cloneRepository(git, { url, dir, ref, branches: 'all', submodules })
}

/**
 * Brings the current branch up to its origin on this server, forward only; the origin may spell the
 * address in any way, also by
 * `url.*.insteadOf` of the user's own git configuration. Local changes stay; if they are in conflict, nothing changes.
 *
 * @throws PathError if nothing is there
 * @throws BlockedError if it is not a clone of a repository on this server, and for conflicts
 */
export async function pullRepo(
  server: GitServer,
  path: string,
  { submodules }: WorkingCopyOptions = {},
): Promise<PullResult> {
  const [{ pull }, { readTrackedBranch }] = await Promise.all([
    import('./pull.js'),
    import('../repository/find-worktree.js'),
  ])
  const dir = resolve(path)
  const env = server.host?.env
  const { owner, repo, branch } = await readTrackedBranch(dir, server.gitUrl, env)
  const url = remoteUrl(server.gitUrl, { owner, repo })
  const rules = { pinned: false, onDiverged: 'block' } as const
  return pull(await gitHere(server), { url, dir, ref: branch, ...rules, submodules })
}

/** Git with the user's settings, and with this process as the owner of what it makes. */
async function gitHere(server: GitServer): Promise<Git> {
  const { host } = server
  const git = await server.git()
  if (host === null) return git
  const [{ identify, livenessFor }, { userEnvironment }] = await Promise.all([
    import('../../process/identity.js'),
    import('../plumbing/config/worktree-settings.js'),
  ])
  const liveness = livenessFor(await identify(host.pid))
  return { ...git, liveness, env: userEnvironment(host.env) }
}
