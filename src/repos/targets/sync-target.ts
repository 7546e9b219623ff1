import type { RepositoryEntry } from '../../config/files/repos.js'

/**
 * One repository to keep up to date: an explicit entry of repos.yaml, or one that a `from:` entry
 * lists.
 */
export interface SyncTarget {
  owner: string
  repo: string
  group: string | null
  /** Absolute. */
  path: string
  /** A branch, a tag or a full commit id; undefined: the repository's default branch. */
  branch?: string | undefined
  autoPull: boolean
  pullSchedule?: string | undefined
  depth?: number | undefined
  /** `all` for a clone like git's; default: only the followed branch. */
  branches?: 'one' | 'all' | undefined
  /** Whether files of Git LFS get their content; default: yes. */
  lfs?: boolean | undefined
  /** Whether submodules get their files; default: no. */
  submodules?: boolean | undefined
  onDiverged: 'block' | 'backup'
  /** The account whose `from:` entry listed it; null for an explicit entry. */
  source: string | null
  /** Why its `from:` entry skips it. */
  skip?: 'archived' | undefined
}

export const wantedFrom = (entry: RepositoryEntry): SyncTarget => ({
  owner: entry.owner,
  repo: entry.repo,
  group: entry.group,
  path: entry.destination,
  branch: entry.branch,
  autoPull: entry.autoPull,
  pullSchedule: entry.pullSchedule,
  depth: entry.depth,
  lfs: entry.lfs,
  submodules: entry.submodules,
  onDiverged: entry.onDiverged,
  source: null,
})
