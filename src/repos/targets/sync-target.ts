import type { RepositoryEntry } from '../../config/files/repos.js'

/** One repository that is to be kept in step: an entry of repos.yaml, or one that a `from:` entry stands for. */
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
  /** `all` for a clone as git makes it; default: the one branch that is kept in step. */
  branches?: 'one' | 'all' | undefined
  onDiverged: 'block' | 'backup'
  /** The account whose `from:` entry named it; null for an entry of its own. */
  source: string | null
  /** A reason to leave it alone that its `from:` entry gives. */
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
  onDiverged: entry.onDiverged,
  source: null,
})
