import { join } from 'node:path'
import pLimit from 'p-limit'
import { reportError, WizardError } from '../errors.js'
import { aheadBehind } from '../git/history.js'
import { openObjectStore } from '../git/objects/store.js'
import { resolveRef } from '../git/refs.js'
import { status } from '../git/status.js'
import type { Git, LocalRepository, Oid } from '../git/types.js'
import { urlOf } from './carry-out.js'
import { lookAt } from './look.js'
import { obstacleTo, type Situation } from './plan.js'
import { askGit } from './remote-head.js'
import { gitOf, openState, type Session } from './session.js'
import { wantedAt } from './single.js'
import type { RepositoryStatus } from './types.js'
import { fullNameOf, isFullOid, type Wanted } from './wanted.js'

export interface StatusOptions {
  /** Compares with what the last pull saw, and sends no request. */
  offline?: boolean
}

/** Local against remote, of each; changes nothing, and fetches nothing. */
export async function statusOf(
  session: Session,
  wanted: Wanted[],
  { offline = false }: StatusOptions = {},
): Promise<RepositoryStatus[]> {
  const state = await openState(session)
  const situations = await lookAt(session, state, wanted, { offline })
  const git = offline ? null : await gitOf(session)
  const limit = pLimit(session.config.github.concurrency)
  return Promise.all(
    situations
      .filter(isExpected)
      .map((situation) => limit(() => statusOfOne(session, git, situation))),
  )
}

/** The same for the clone at a path, whether repos.yaml names it or not: its own origin and branch are compared. */
export async function statusOfPath(
  session: Session,
  path: string,
  options: StatusOptions = {},
): Promise<RepositoryStatus> {
  const [status] = await statusOf(session, [await wantedAt(session, path)], options)
  if (!status) throw new WizardError(`${path} has no status`)
  return status
}

/** What its `from:` entry leaves out is not missing. */
const isExpected = ({ wanted, local }: Situation) =>
  wanted.skip === undefined || local.kind === 'repository'

async function statusOfOne(
  session: Session,
  git: Git | null,
  situation: Situation,
): Promise<RepositoryStatus> {
  const known = unknownStatus(situation)
  const { local, head } = situation
  if (local.kind === 'absent' || local.kind === 'empty') {
    return { ...known, state: 'missing', remote_commit: head?.oid ?? null }
  }
  const obstacle = obstacleTo(session.client.gitUrl, situation)
  if (obstacle || local.kind !== 'repository') {
    return { ...known, state: 'blocked', error: obstacle ? reportError(obstacle) : null }
  }
  try {
    const remote = await remoteCommit(session, git, situation, local)
    return { ...known, ...(await compare(session, situation.wanted.path, local, remote)) }
  } catch (error) {
    return { ...known, error: reportError(error) }
  }
}

function unknownStatus({ wanted, local, head, remembered }: Situation): RepositoryStatus {
  const here = local.kind === 'repository' ? local : null
  const pulled = remembered?.last_pull ?? null
  return {
    repo: fullNameOf(wanted),
    path: wanted.path,
    branch: here?.branch ?? wanted.branch ?? head?.ref ?? null,
    state: null,
    local_commit: here?.head ?? null,
    remote_commit: null,
    is_dirty: null,
    ahead_by: null,
    behind_by: null,
    last_pull: pulled === null ? null : new Date(pulled).toISOString(),
    error: null,
  }
}

async function remoteCommit(
  { client }: Session,
  git: Git | null,
  { wanted, head, pin }: Situation,
  local: LocalRepository,
): Promise<Oid | null> {
  if (head) return head.oid
  if (pin !== null) return pin
  if (isFullOid(wanted.branch)) return wanted.branch
  if (git) return (await askGit(git, urlOf(client.gitUrl, wanted), wanted)).oid
  const branch = wanted.branch ?? local.branch
  return branch === null
    ? null
    : resolveRef(join(wanted.path, '.git'), `refs/remotes/origin/${branch}`)
}

type Comparison = Pick<
  RepositoryStatus,
  'state' | 'remote_commit' | 'is_dirty' | 'ahead_by' | 'behind_by'
>

async function compare(
  { signal, env }: Session,
  dir: string,
  local: LocalRepository,
  remote: Oid | null,
): Promise<Comparison> {
  const gitDir = join(dir, '.git')
  const store = await openObjectStore(gitDir)
  try {
    const { staged, unstaged, untracked } = await status({ dir, gitDir, store, signal, env })
    const is_dirty = staged.length + unstaged.length + untracked.length > 0
    if (remote === local.head)
      return { state: 'up-to-date', remote_commit: remote, is_dirty, ahead_by: 0, behind_by: 0 }
    if (local.head === null || remote === null) {
      return {
        state: local.head === null ? 'behind' : 'ahead',
        remote_commit: remote,
        is_dirty,
        ahead_by: null,
        behind_by: null,
      }
    }
    const counts = await countsBetween(gitDir, store, local, remote)
    return { ...counts, remote_commit: remote, is_dirty }
  } finally {
    await store.close()
  }
}

/**
 * A remote commit that was not fetched yet has an unknown history: then the counts behind are unknown, and what
 * the last pull saw tells whether there are commits here alone.
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
    const state = ahead === 0 ? 'behind' : behind === 0 ? 'ahead' : 'diverged'
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
