import { dirname } from 'node:path'
import { PathError } from '../../base/errors.js'
import { isRemoteOf, parseRemote } from '../../base/names/remote.js'
import type { Repo } from '../../base/names/repository.js'
import { BlockedError } from '../errors.js'
import type { UserEnvironment } from '../plumbing/config/worktree-settings.js'
import { type GitDirs, type LocalRepository, readLocal, readWorkTree } from './open.js'

/**
 * A work tree, and the repository on the configured server that its origin names; null if its
 * origin is elsewhere.
 */
export interface WorkTree {
  /** Its top folder. */
  dir: string
  local: LocalRepository & GitDirs
  origin: Repo | null
}

/**
 * The work tree that contains a folder, including linked ones (`git worktree`); null if there is
 * none.
 *
 * @param gitUrl the configured server; the origin may spell its address in any way
 * @param env locates the user's own git configuration; default: none
 */
export async function workTreeAround(
  folder: string,
  gitUrl: string,
  env: UserEnvironment = {},
): Promise<WorkTree | null> {
  for (let dir = folder; ; dir = dirname(dir)) {
    const local = await readWorkTree(dir, env)
    if (local !== null) return { dir, local, origin: originOn(gitUrl, local) }
    if (dirname(dir) === dir) return null
  }
}

function originOn(gitUrl: string, { origin }: LocalRepository): WorkTree['origin'] {
  const address = origin === null ? null : parseRemote(origin)
  if (origin === null || address === null) return null
  const { owner, repo } = address
  return isRemoteOf(origin, gitUrl, address) ? { owner, repo } : null
}

/** What a clone follows: its origin, and the branch that is checked out. */
export interface TrackedBranch extends Repo {
  branch: string
  /** Whether the branch has no commit yet. */
  unborn: boolean
}

/**
 * @param gitUrl the server that the origin must be on, in any spelling of its address
 * @param env locates the user's own git configuration; default: none
 * @throws PathError if nothing is there
 * @throws BlockedError if it is not a clone of a repository on that server, or not on a branch
 */
export async function readTrackedBranch(
  dir: string,
  gitUrl: string,
  env: UserEnvironment = {},
): Promise<TrackedBranch> {
  const local = await readLocal(dir, env)
  if (local.kind === 'absent') throw new PathError(`${dir} does not exist`)
  if (local.kind !== 'repository') {
    const what = local.kind === 'occupied' ? local.what : 'an empty folder'
    throw new BlockedError('not-a-repository', `${dir} is ${what}`)
  }
  const { origin, branch } = local
  const address = origin === null ? null : parseRemote(origin)
  if (!origin || !address || !isRemoteOf(origin, gitUrl, address)) {
    throw new BlockedError('wrong-remote', `${dir} has no origin on ${new URL(gitUrl).host}`, {
      hint: 'check git_url in github.yaml',
    })
  }
  if (branch === null) {
    throw new BlockedError('other-branch', `${dir} is on a detached HEAD`, {
      hint: `run git -C ${dir} switch BRANCH first`,
    })
  }
  const { owner, repo } = address
  return { owner, repo, branch, unborn: local.head === null }
}
