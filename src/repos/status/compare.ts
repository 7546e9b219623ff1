import { join } from 'node:path'
import { userEnvironment } from '../../git/plumbing/config/worktree-settings.js'
import type { Oid } from '../../git/plumbing/objects/object.js'
import { openObjectStore } from '../../git/plumbing/objects/store.js'
import { resolveRef } from '../../git/plumbing/refs/read.js'
import type { Pool } from '../../git/pool/pool.js'
import { aheadBehind } from '../../git/porcelain/history/history.js'
import { wasUpstream } from '../../git/porcelain/pull.js'
import type { LocalRepository } from '../../git/repository/open.js'
import type { RepoSession } from '../session.js'
import type { RepositoryStatus } from '../types.js'

type Comparison = Pick<
  RepositoryStatus,
  'state' | 'remote_commit' | 'is_dirty' | 'ahead_by' | 'behind_by'
>

/** HEAD and the work tree against the commit that the remote is at; null: the remote is empty, or nothing is known of it. */
export async function compare(
  { host }: RepoSession,
  pool: Pool,
  dir: string,
  local: LocalRepository,
  remote: Oid | null,
): Promise<Comparison> {
  const gitDir = join(dir, '.git')
  const changes = await pool.status({ dir, gitDir, env: userEnvironment(host.env) })
  const is_dirty = Object.values(changes).some((paths) => paths.length > 0)
  const known = { remote_commit: remote, is_dirty }
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
    const { branch } = local
    const rewound = behind === 0 && branch !== null && (await wasUpstream(gitDir, branch, head))
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
