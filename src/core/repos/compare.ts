import { join } from 'node:path'
import { aheadBehind } from '../git/history.js'
import { openObjectStore } from '../git/objects/store.js'
import { wasUpstream } from '../git/pull.js'
import { resolveRef } from '../git/refs.js'
import { status } from '../git/status.js'
import type { LocalRepository, Oid } from '../git/types.js'
import type { Session } from './session.js'
import type { RepositoryStatus } from './types.js'

type Comparison = Pick<
  RepositoryStatus,
  'state' | 'remote_commit' | 'is_dirty' | 'ahead_by' | 'behind_by'
>

/** HEAD and the work tree against the commit that the remote is at; null: the remote is empty, or nothing is known of it. */
export async function compare(
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
