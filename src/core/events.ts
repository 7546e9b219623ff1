import type { GitProgress } from './git/types.js'
import type { SyncEntry } from './repos/types.js'

/** What core tells while it is at work. It never prints; whoever listens decides what of it is shown. */
export type WizardEvent =
  | { type: 'sync-planned'; total: number }
  | { type: 'repository-started'; repo: string; path: string; action: 'clone' | 'pull' }
  | { type: 'repository-progress'; repo: string; path: string; progress: GitProgress }
  | { type: 'repository-done'; entry: SyncEntry }
  | { type: 'waiting'; message: string }
  | { type: 'warning'; message: string }
  /** One request and its answer, for `--verbose`. */
  | { type: 'request'; message: string }

export type Emit = (event: WizardEvent) => void
