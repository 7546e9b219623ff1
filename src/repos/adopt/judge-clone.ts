import { join } from 'node:path'
import { lstatOrNull } from '../../base/fs/read.js'
import { isOid, isShortRefName } from '../../base/names/ref.js'
import { isRemoteOf, parseRemote } from '../../base/names/remote.js'
import { isFullName, type Repo } from '../../base/names/repository.js'
import type { UserEnvironment } from '../../git/plumbing/config/worktree-settings.js'
import { followSymbolic } from '../../git/plumbing/refs/read.js'
import {
  isBisecting,
  type LocalRepository,
  operationInProgress,
  readLocal,
} from '../../git/repository/open.js'
import { isBare } from './find-clones.js'

/** Why a folder is not a clone that can be adopted. */
export type CloneFault =
  | 'not-a-repository'
  | 'bare'
  /** Its `.git` is elsewhere: a linked work tree or a submodule. */
  | 'linked'
  | 'no-remote'
  | 'other-host'
  | 'unsupported'
  /** A detached HEAD in the middle of a rebase or a bisection. */
  | 'in-progress'
  /** A name that repos.yaml can't have. */
  | 'unsuitable-name'
  | 'unreadable'

export interface JudgedClone {
  /** null if its origin is not on the configured server. */
  repo: Repo | null
  /** Its `branch:` in repos.yaml; undefined: the repository's default branch. */
  branch?: string | undefined
  fault: CloneFault | null
}

/**
 * What a clone would be in repos.yaml, by what it knows itself. Changes nothing.
 *
 * @param gitUrl the configured server
 */
export async function judgeClone(
  dir: string,
  gitUrl: string,
  env: UserEnvironment,
): Promise<JudgedClone> {
  try {
    const local = await readLocal(dir, env)
    if (local.kind !== 'repository') return { repo: null, fault: await faultOfFolder(dir) }
    const { repo, fault } = originOf(local, gitUrl)
    if (repo === null) return { repo, fault }
    if (local.unsupported !== null) return { repo, fault: 'unsupported' }
    return { repo, ...(await branchOf(join(dir, '.git'), local)) }
  } catch {
    // Whatever is wrong with one folder must not stop a scan.
    return { repo: null, fault: 'unreadable' }
  }
}

async function faultOfFolder(dir: string): Promise<CloneFault> {
  const dotGit = await lstatOrNull(join(dir, '.git'))
  if (dotGit !== null && !dotGit.isDirectory()) return 'linked'
  return (await isBare(dir)) ? 'bare' : 'not-a-repository'
}

function originOf({ origin }: LocalRepository, gitUrl: string): JudgedClone {
  if (origin === null) return { repo: null, fault: 'no-remote' }
  const address = parseRemote(origin)
  if (address === null || !isRemoteOf(origin, gitUrl, address))
    return { repo: null, fault: 'other-host' }
  const { owner, repo } = address
  if (!isFullName(address)) return { repo: null, fault: 'unsuitable-name' }
  return { repo: { owner, repo }, fault: null }
}

async function branchOf(
  gitDir: string,
  { branch, head }: LocalRepository,
): Promise<Omit<JudgedClone, 'repo'>> {
  if (branch === null) {
    const isBusy = operationInProgress(gitDir) !== null || isBisecting(gitDir)
    return isBusy || head === null ? { fault: 'in-progress' } : { branch: head, fault: null }
  }
  if (branch === (await defaultBranchIn(gitDir, branch, head === null))) return { fault: null }
  if (!isShortRefName(branch) || isOid(branch)) return { fault: 'unsuitable-name' }
  return { branch, fault: null }
}

/**
 * The remote's default branch as the clone knows it. A clone of an empty repository does not know
 * any, and is on the one that the first push makes.
 */
async function defaultBranchIn(
  gitDir: string,
  branch: string,
  isUnborn: boolean,
): Promise<string | null> {
  const name = await followSymbolic(gitDir, 'refs/remotes/origin/HEAD')
  const [, known = null] = /^refs\/remotes\/origin\/(?!HEAD$)(.+)$/s.exec(name) ?? []
  return known ?? (isUnborn ? branch : null)
}
