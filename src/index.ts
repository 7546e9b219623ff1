export * from './base/errors.js'
export { loadConfig } from './config/load.js'
export type { Config } from './config/types.js'
export type { WizardEvent } from './events.js'
export { BlockedError } from './git/types.js'
export type { GitHubClientOptions } from './github/client.js'
export type { Workflow, WorkflowRunData } from './github/rest/actions-shapes.js'
export type { Release, ReleaseAsset, RepositoryData, TreeEntry } from './github/rest/shapes.js'
export {
  GitHubClient,
  PluginRegistry,
  ReleaseManager,
  RepoSync,
  type SessionOptions,
  WorkflowRunner,
} from './library.js'
export type { InstalledPlugin } from './plugins/installed.js'
export type { PluginTarget } from './plugins/plugin-registry.js'
export type { SearchRequest } from './plugins/search.js'
export type { PluginInfo } from './plugins/types.js'
export type { UpdatedPlugin, UpdateRequest } from './plugins/update.js'
export type { VerifiedPlugin } from './plugins/verify.js'
export type { ViewedPlugin } from './plugins/view.js'
export type { AutoPull, AutoPullOptions } from './repos/schedule/auto-pull.js'
export type { ScheduleStatus } from './repos/schedule/status.js'
export type { RepositoryStatus, SyncEntry, SyncReport } from './repos/types.js'
export type { RunOptions } from './workflows/runner.js'
export {
  RunTimeoutError,
  type WorkflowJob,
  type WorkflowRun,
  type WorkflowRunWithJobs,
  type WorkflowStep,
} from './workflows/types.js'
