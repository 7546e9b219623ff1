import { join } from 'node:path'
import pLimit from 'p-limit'
import { reportError } from '../base/error-report.js'
import { WizardError } from '../base/errors.js'
import { isOid } from '../base/names/ref.js'
import { remoteUrl } from '../base/names/remote.js'
import { fullNameOf } from '../base/names/repository.js'
import { BlockedError } from '../git/errors.js'
import type { Git } from '../git/git.js'
import { userEnvironment } from '../git/plumbing/config/worktree-settings.js'
import type { Oid } from '../git/plumbing/objects/object.js'
import { openObjectStore } from '../git/plumbing/objects/store.js'
import { resolveRef } from '../git/plumbing/refs/read.js'
import { WorktreePool } from '../git/pool/pool.js'
import { aheadBehind } from '../git/porcelain/history/history.js'
import type { LocalRepository } from '../git/repository/open.js'
import { askGit, inspectRepositories, type RemoteHead, type Situation } from './inspect.js'
import { obstacleTo, otherBranch } from './plan.js'
import type { RepositoryStatus, SyncEntry } from './report.js'
import { gitOf, openState, type RepoSession } from './session.js'
import type { SyncTarget } from './targets/sync-target.js'

export interface StatusOptions {
  /** Compares with the last pull, and sends no request. */
  offline?: boolean | undefined
}

/** Compares each clone with its remote; changes nothing and fetches nothing. */
export async function repositoryStatusOf(
  session: RepoSession,
  wanted: SyncTarget[],
  { offline = false }: StatusOptions = {},
): Promise<RepositoryStatus[]> {
  const { signal, emit } = session
  const onDeath = (message: string) => emit({ type: 'warning', message })
  const pool = await WorktreePool.open({ expected: wanted.length, signal, onDeath })
  try {
    const state = await openState(session)
    const situations = await inspectRepositories(session, state, wanted, { offline })
    const git = offline ? null : await gitOf(session)
    const limit = pLimit(session.config.github.concurrency)
    const expected = situations.filter(isExpected)
    return await Promise.all(
      expected.map((situation) => limit(() => statusOfOne(session, { git, pool }, situation))),
    )
  } finally {
    pool.close()
  }
}

/**
 * The same for the clone at a path, which repos.yaml need not name: compares its own origin and
 * branch.
 */
export async function statusOfPath(
  session: RepoSession,
  path: string,
  options: StatusOptions = {},
): Promise<RepositoryStatus> {
  // Imported late because it loads clone and pull, which the status of repos.yaml does not need.
  const { wantedAt } = await import('./one-repository.js')
  const [status] = await repositoryStatusOf(session, [await wantedAt(session, path)], options)
  if (!status) throw new WizardError(`${path} has no status`)
  return status
}

/** A repository that its `from:` entry excludes is not missing. */
const isExpected = ({ wanted, local }: Situation) =>
  wanted.skip === undefined || local.kind === 'repository'

async function statusOfOne(
  session: RepoSession,
  { git, pool }: { git: Git | null; pool: WorktreePool },
  situation: Situation,
): Promise<RepositoryStatus> {
  const known = unknownStatus(situation)
  const { local, head, refused } = situation
  if (local.kind === 'absent' || local.kind === 'empty') {
    return { ...known, state: 'missing', remote_commit: head?.oid ?? null, error: refused }
  }
  if (local.kind === 'unreadable') return { ...known, error: local.error }
  try {
    const here = { ...known, ...(await lookInside(session, pool, situation)) }
    if (refused) return { ...here, error: refused }
    const asked = { ...situation, head: await headOf(session, git, situation) }
    const obstacle = obstacleTo(session.client.gitUrl, asked) ?? otherBranch(asked)
    if (obstacle || local.kind !== 'repository') {
      return { ...here, state: 'blocked', error: obstacle ? reportError(obstacle) : null }
    }
    const remote = await remoteCommit(asked, local)
    return { ...here, ...(await compare(situation.wanted.path, local, remote)) }
  } catch (error) {
    const state = error instanceof BlockedError ? 'blocked' : null
    return { ...known, state, error: reportError(error) }
  }
}

/** What the clone itself shows, whatever the remote says; nothing where wizard can't read it. */
async function lookInside(
  { host }: RepoSession,
  pool: WorktreePool,
  { wanted: { path }, local }: Situation,
): Promise<Partial<RepositoryStatus>> {
  if (local.kind !== 'repository' || local.unsupported !== null) return {}
  const env = userEnvironment(host.env)
  const summary = await pool.summarize({ dir: path, gitDir: join(path, '.git'), env })
  const { staged, unstaged, untracked } = summary
  return { ...summary, is_dirty: staged + unstaged + untracked > 0 }
}

async function wasPulled(gitDir: string, branch: string, head: Oid): Promise<boolean> {
  const { wasUpstream } = await import('../git/porcelain/pull.js')
  return wasUpstream(gitDir, branch, head)
}

/** The row of a `from:` entry whose listing failed. */
export const statusOfFailure = ({ repo, path, branch, error }: SyncEntry): RepositoryStatus => ({
  repo,
  path,
  branch,
  ...nothingKnown,
  error,
})

const nothingKnown = {
  state: null,
  local_commit: null,
  remote_commit: null,
  is_dirty: null,
  ahead_by: null,
  behind_by: null,
  last_pull: null,
  error: null,
  staged: null,
  unstaged: null,
  untracked: null,
  stashes: null,
  last_commit: null,
} satisfies Partial<RepositoryStatus>

function unknownStatus({ wanted, local, head, remembered }: Situation): RepositoryStatus {
  const here = local.kind === 'repository' ? local : null
  const pulled = remembered?.last_pull ?? null
  return {
    repo: fullNameOf(wanted),
    path: wanted.path,
    branch: here?.branch ?? wanted.branch ?? head?.ref ?? null,
    ...nothingKnown,
    local_commit: here?.head ?? null,
    last_pull: pulled === null ? null : new Date(pulled).toISOString(),
  }
}

/** Asks git if GraphQL gave no answer; null if offline, or if there is nothing to compare with. */
async function headOf(
  { client }: RepoSession,
  git: Git | null,
  { wanted, local, head, pin }: Situation,
): Promise<RemoteHead | null> {
  if (head || !git || pin !== null || local.kind !== 'repository') return head
  return askGit(git, remoteUrl(client.gitUrl, wanted), wanted)
}

async function remoteCommit(
  { wanted, head, pin }: Situation,
  local: LocalRepository,
): Promise<Oid | null> {
  if (head) return head.oid
  if (pin !== null) return pin
  if (isOid(wanted.branch)) return wanted.branch
  const branch = wanted.branch ?? local.branch
  return branch === null
    ? null
    : resolveRef(join(wanted.path, '.git'), `refs/remotes/origin/${branch}`)
}

type Comparison = Pick<RepositoryStatus, 'state' | 'remote_commit' | 'ahead_by' | 'behind_by'>

/** Compares HEAD with the remote commit; null: the remote is empty or unknown. */
export async function compare(
  dir: string,
  local: LocalRepository,
  remote: Oid | null,
): Promise<Comparison> {
  const gitDir = join(dir, '.git')
  const known = { remote_commit: remote }
  if (remote === local.head) return { state: 'up-to-date', ...known, ahead_by: 0, behind_by: 0 }
  if (local.head === null || remote === null) {
    const state = local.head === null ? 'behind' : 'ahead'
    return { state, ...known, ahead_by: null, behind_by: null }
  }
  const store = await openObjectStore(gitDir)
  try {
    return { ...known, ...(await countsBetween(gitDir, store, local, remote)) }
  } finally {
    await store.close()
  }
}

/**
 * If the remote commit is not fetched yet, its history is unknown: the number of commits behind is
 * null, and the last pull's commit shows whether there are local commits.
 */
async function countsBetween(
  gitDir: string,
  store: Awaited<ReturnType<typeof openObjectStore>>,
  local: LocalRepository,
  remote: Oid,
): Promise<Pick<RepositoryStatus, 'state' | 'ahead_by' | 'behind_by'>> {
  const head = local.head ?? remote
  if (await store.has(remote)) {
    const counts = await aheadBehind(store, gitDir, head, remote)
    if (counts === null) return { state: 'behind', ahead_by: null, behind_by: null }
    const { ahead, behind } = counts
    const { branch } = local
    const rewound = behind === 0 && branch !== null && (await wasPulled(gitDir, branch, head))
    const state = ahead === 0 ? 'behind' : behind > 0 || rewound ? 'diverged' : 'ahead'
    return { state, ahead_by: ahead, behind_by: behind }
  }
  const seen =
    local.branch === null ? null : await resolveRef(gitDir, `refs/remotes/origin/${local.branch}`)
  const since =
    seen !== null && (await store.has(seen)) ? await aheadBehind(store, gitDir, head, seen) : null
  if (since === null) return { state: 'behind', ahead_by: null, behind_by: null }
  return {
    state: since.ahead === 0 ? 'behind' : 'diverged',
    ahead_by: since.ahead,
    behind_by: null,
  }
}
