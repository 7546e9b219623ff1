import type { ErrorReport } from '../base/error-report.js'

import { fullNameOf } from '../base/names/repository.js'
import type { BlockReason } from '../git/errors.js'
import type { Warning } from '../git/repository/warnings.js'
import type { LastCommit } from '../git/worktree/summary.js'
import type { SyncTarget } from './targets/sync-target.js'

/** The entry of a repository before its step. */
export const emptyEntry = (
  place: Pick<SyncTarget, 'owner' | 'repo' | 'group' | 'path' | 'branch'>,
): SyncEntry => ({
  repo: fullNameOf(place),
  group: place.group,
  path: place.path,
  branch: place.branch ?? null,
  // JSON leaves out what is undefined, and has what is set later in this place.
  status: undefined,
  planned: undefined,
  from: null,
  to: null,
  bytes: 0,
  duration_ms: 0,
  reason: null,
  error: null,
  warnings: [],
})

export interface Counts {
  durationMs: number
  apiRequests: number
  /** The number of repositories in other shards, which are skipped and not listed. */
  elsewhere: number
}

export function reportOf(
  repositories: SyncEntry[],
  { durationMs, apiRequests, elsewhere }: Counts,
): SyncReport {
  const outcomes = repositories.map(({ status, planned }) => status ?? planned)
  const count = (...wanted: (typeof outcomes)[number][]) =>
    outcomes.filter((one) => wanted.includes(one)).length
  const failed = count('failed', 'blocked')
  const skipped = count('skipped')
  return {
    total: repositories.length + elsewhere,
    succeeded: repositories.length - failed - skipped,
    failed,
    skipped: skipped + elsewhere,
    duration_ms: durationMs,
    api_requests: apiRequests,
    repositories,
  }
}

export type SyncStatus = 'cloned' | 'updated' | 'unchanged' | 'skipped' | 'blocked' | 'failed'
export type SkipReason = 'archived' | 'not-due' | 'no-auto-pull' | 'missing'

/** What a real run would do. */
export type Planned = 'clone' | 'pull' | 'unchanged' | 'skipped' | 'blocked' | 'failed'

/** The result for one repository; the keys are those of `--json`. */
export interface SyncEntry {
  /** `owner/repo` */
  repo: string
  group: string | null
  /** Absolute. */
  path: string
  branch: string | null
  /** Absent in a dry run. */
  status?: SyncStatus | undefined
  /** Only in a dry run. */
  planned?: Planned | undefined
  /** The commit before and after, in 40 hexadecimal digits. */
  from: string | null
  to: string | null
  /** Received for this repository. */
  bytes: number
  duration_ms: number
  reason: SkipReason | BlockReason | null
  error: ErrorReport | null
  warnings: Warning[]
}

/** The result for all repositories. */
export interface SyncReport {
  total: number
  succeeded: number
  /** Failed or blocked. */
  failed: number
  skipped: number
  duration_ms: number
  /** Requests sent to GitHub's API. */
  api_requests: number
  repositories: SyncEntry[]
}

export type RepositoryState = 'up-to-date' | 'behind' | 'ahead' | 'diverged' | 'missing' | 'blocked'

/** Local compared with remote; unknown values are null. */
export interface RepositoryStatus {
  repo: string
  path: string
  branch: string | null
  state: RepositoryState | null
  local_commit: string | null
  remote_commit: string | null
  is_dirty: boolean | null
  ahead_by: number | null
  behind_by: number | null
  /** ISO 8601, UTC. */
  last_pull: string | null
  /** Why it is blocked, or why a value is unknown. */
  error: ErrorReport | null
  /** Paths, as `git status --porcelain --no-renames` has them. */
  staged: number | null
  unstaged: number | null
  /** A folder of untracked files counts once. */
  untracked: number | null
  stashes: number | null
  last_commit: LastCommit | null
}

/** Clean, and at the remote's commit. */
export const isOk = ({ state, is_dirty }: RepositoryStatus): boolean =>
  state === 'up-to-date' && is_dirty === false
