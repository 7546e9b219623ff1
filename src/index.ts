export { loadConfig } from './core/config/load.js'
export type { Config } from './core/config/types.js'
export * from './core/errors.js'
export type { WizardEvent } from './core/events.js'
export { BlockedError } from './core/git/types.js'
export type { GitHubClientOptions } from './core/github/client.js'
export type {
  Release,
  ReleaseAsset,
  RepositoryData,
  TreeEntry,
  Workflow,
  WorkflowRun,
} from './core/github/shapes.js'
export type { RepositoryStatus, SyncEntry, SyncReport } from './core/repos/types.js'
export { GitHubClient, RepoSync, type RepoSyncOptions } from './library.js'
