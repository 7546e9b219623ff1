import process from 'node:process'
import { GitHubClient as Client, type GitHubClientOptions } from './github/client.js'
import { hostOf } from './process/host.js'

export type { Call } from './base/call.js'
export * from './base/errors.js'
export type { Emit } from './base/events.js'
export type { Config } from './config/load.js'
export { loadConfig } from './config/load.js'
export type { WizardEvent } from './events.js'
export { BlockedError } from './git/errors.js'
export type { GitHubClientOptions } from './github/client.js'
export type { Workflow, WorkflowRunData } from './github/rest/actions-shapes.js'
export type { Release, ReleaseAsset, RepositoryData, TreeEntry } from './github/rest/shapes.js'
export type { InstalledPlugin } from './plugins/installed.js'
export { PluginRegistry, type PluginTarget } from './plugins/plugin-registry.js'
export type { SearchRequest } from './plugins/search.js'
export type { PluginInfo } from './plugins/types.js'
export type { UpdatedPlugin, UpdateRequest } from './plugins/update.js'
export type { VerifiedPlugin } from './plugins/verify.js'
export type { ViewedPlugin } from './plugins/view.js'
export { ReleaseManager } from './releases/manager.js'
export { RepoSync } from './repos/repo-sync.js'
export type { AutoPull, AutoPullOptions } from './repos/schedule/auto-pull.js'
export type { ScheduleStatus } from './repos/schedule/status.js'
export type { RepositoryStatus, SyncEntry, SyncReport } from './repos/types.js'
export type { SessionOptions } from './session.js'
export { type RunOptions, WorkflowRunner } from './workflows/runner.js'
export {
  RunTimeoutError,
  type WorkflowJob,
  type WorkflowRun,
  type WorkflowRunWithJobs,
  type WorkflowStep,
} from './workflows/types.js'

/** GitHub's API with this process's own environment: its tokens, its proxies, its `gh`. */
export class GitHubClient extends Client {
  constructor(options: GitHubClientOptions = {}) {
    super({ host: hostOf(process), ...options })
  }
}
