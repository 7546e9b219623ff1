import type { CommonEvent } from '../base/call.js'
import type { GitProgress } from '../git/git.js'
import type { SyncEntry } from './report.js'

/** What RepoSync reports while it works. */
export type RepoEvent =
  | CommonEvent
  | { type: 'sync-planned'; total: number }
  | { type: 'repository-started'; repo: string; path: string; action: 'clone' | 'pull' }
  | { type: 'repository-progress'; repo: string; path: string; progress: GitProgress }
  | { type: 'repository-done'; entry: SyncEntry }
