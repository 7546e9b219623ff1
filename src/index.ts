export { loadConfig } from './core/config/load.js'
export type { Config } from './core/config/types.js'
export * from './core/errors.js'
export type { WizardEvent } from './core/events.js'
export { BlockedError } from './core/git/types.js'
export type { Workflow, WorkflowRunData } from './core/github/actions-shapes.js'
export type { GitHubClientOptions } from './core/github/client.js'
export type { Release, ReleaseAsset, RepositoryData, TreeEntry } from './core/github/shapes.js'
export type { InstalledPlugin } from './core/plugins/installed.js'
export type { PluginTarget } from './core/plugins/plugin-registry.js'
export type { SearchRequest } from './core/plugins/search.js'
export type { PluginInfo } from './core/plugins/types.js'
export type { UpdatedPlugin, UpdateRequest } from './core/plugins/update.js'
export type { VerifiedPlugin } from './core/plugins/verify.js'
export type { ViewedPlugin } from './core/plugins/view.js'
export type { AutoPull, AutoPullOptions } from './core/repos/auto-pull.js'
export type { ScheduleStatus } from './core/repos/schedule-status.js'
export type { RepositoryStatus, SyncEntry, SyncReport } from './core/repos/types.js'
export type { RunOptions } from './core/workflows/runner.js'
export {
  RunTimeoutError,
  type WorkflowJob,
  type WorkflowRun,
  type WorkflowRunWithJobs,
  type WorkflowStep,
} from './core/workflows/types.js'
export {
  GitHubClient,
  PluginRegistry,
  ReleaseManager,
  RepoSync,
  type SessionOptions,
  WorkflowRunner,
} from './library.js'
