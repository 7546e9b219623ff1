import process from 'node:process'
import { Application } from './app.js'
import { GitHubClient as Client, type GitHubClientOptions } from './github/client.js'
import { hostOf } from './process/host.js'
import type { SessionOptions } from './session.js'
import { WebhookHandler as Handler } from './webhooks/webhook-handler.js'

export type { Call, CommonEvent, Emit, StepEvent, TransferPlannedEvent } from './base/call.js'
export type { Clock } from './base/clock.js'
export type { Environment } from './base/environment.js'
// Types of single folders get names that make sense outside of them.
export * from './base/error-report.js'
export * from './base/errors.js'
export type {
  CommandReference,
  Hint,
  HintParts,
  HintWords,
  OptionReference,
} from './base/hint.js'
export type { Repo } from './base/names/repository.js'
export type {
  ChecksumAlgorithm,
  Component,
  ComponentWorkflow,
  ReleaseConfig,
  SignCommand,
} from './config/files/components.js'
export type { PluginIndex, PluginsConfig } from './config/files/plugins.js'
export type { EntryOptions, RepoEntry, RepositoryEntry, SourceEntry } from './config/files/repos.js'
export type {
  ActionValues as WebhookStep,
  HandlerConfig as WebhookHandlerConfig,
  WebhookAction,
} from './config/files/webhook-handlers.js'
export type {
  RetentionConfig as WebhookRetention,
  StoreConfig as WebhookStoreConfig,
  WebhooksConfig,
} from './config/files/webhooks.js'
export { type Config, loadConfig } from './config/load.js'
export type { ConfigFileName, ConfigRequest } from './config/locate/folder.js'
export type { GitHubApp, GitHubConfig } from './config/settings/settings.js'
export type { Position as ConfigPosition, Source as ConfigSource } from './config/yaml/place.js'
export type { WizardEvent } from './events.js'
export { BlockedError, type BlockReason } from './git/errors.js'
export type { GitProgress } from './git/git.js'
export type { Oid } from './git/plumbing/objects/object.js'
export type { CloneResult } from './git/porcelain/clone/clone.js'
export type { PullResult } from './git/porcelain/pull.js'
export type { WorkingCopyOptions } from './git/porcelain/working-copy.js'
export type { Warning as RepositoryWarning } from './git/repository/warnings.js'
export type { LastCommit } from './git/worktree/summary.js'
export type { AppSettings } from './github/auth/app.js'
export type { ClientCall } from './github/bound-call.js'
export type { GitHubClient as GitHubClientBase, GitHubClientOptions } from './github/client.js'
export type { ConnectionOptions } from './github/connection.js'
export type { Annotation } from './github/rest/actions/annotations.js'
export type { ArtifactZip as DownloadedZip } from './github/rest/actions/artifacts.js'
export type { GroupHolder } from './github/rest/actions/concurrency.js'
export type { DispatchOptions } from './github/rest/actions/dispatch.js'
export type { WorkflowJob, WorkflowRunData, WorkflowStep } from './github/rest/actions/runs.js'
export type { Workflow } from './github/rest/actions/workflows.js'
export type { TreeEntry } from './github/rest/contents.js'
export type { HookResponse } from './github/rest/hooks.js'
export type { Octokit } from './github/rest/octokit.js'
export type { Paging } from './github/rest/pages.js'
export type { AssetOptions, ReleaseAsset } from './github/rest/release-assets.js'
export type {
  MakeLatest,
  Release,
  ReleaseListOptions,
  ReleaseOptions,
} from './github/rest/releases.js'
export type { RepositoryData, SearchOptions } from './github/rest/repositories.js'
export type { OnProgress as TransferProgress } from './github/transfer/files.js'
export type { Log, LogLevel, LogName } from './logs/log.js'
export type { FailedSource, PluginSource } from './plugins/discover/discover.js'
export type { WantedPlugin as PluginRequest } from './plugins/install/resolve.js'
export type { InstalledPlugin } from './plugins/installed.js'
export type { Signer as PluginSigner } from './plugins/manifest/signature.js'
export { type FrozenRequest, PluginRegistry, type PluginTarget } from './plugins/plugin-registry.js'
export type { ConfirmPublisher, Publisher, PublisherTrust } from './plugins/publisher.js'
export type { SearchRequest, SearchResult } from './plugins/search.js'
export type { About as PluginAbout, Forced, PluginEvent, PluginInfo } from './plugins/session.js'
export type { Difference as FileDifference } from './plugins/store/record.js'
export type { UpdatedPlugin, UpdateRequest } from './plugins/update.js'
export type { VerifiedPlugin } from './plugins/verify.js'
export type { ViewedPlugin } from './plugins/view.js'
export type { OutputName } from './process/child.js'
export type { CreateRequest } from './releases/create.js'
export type {
  Deleted as DeletedRelease,
  DeleteRequest,
  DeletionPlan as ReleaseToDelete,
} from './releases/delete.js'
export type { DownloadedAsset, DownloadRequest } from './releases/download.js'
export type { EditRequest } from './releases/edit.js'
export type { ListRequest, ViewedRelease } from './releases/find.js'
export type { AssetInfo, AssetStatus, ReleaseInfo, ReleaseSubject } from './releases/info.js'
export type { CreateReleaseOptions, ReleaseArtifact } from './releases/library-api.js'
export { ReleaseManager } from './releases/manager.js'
export type { NotesRequest } from './releases/notes/history.js'
export type {
  AlreadyPublished,
  Completed as CompletedPublish,
  ComponentSubject,
  Finished as FinishedRelease,
  NotesSource,
  PublishPlan,
  PublishRequest,
  PublishResult,
  StepName as PublishStep,
} from './releases/pipeline/request.js'
export type { ReleaseEvent, TransferEvent } from './releases/session.js'
export type { ComponentStatus, StatusRequest } from './releases/status.js'
export type { UploadRequest } from './releases/upload.js'
export type { LatestChoice } from './releases/versions/latest.js'
export type { AdoptedClone, AdoptOptions, AdoptReason } from './repos/adopt/adopt.js'
export type { CloneFault } from './repos/adopt/judge-clone.js'
export type { ExecEntry, ExecOptions, ExecOutput, ExecReport } from './repos/exec.js'
export type { CloneOptions, PullOptions } from './repos/one-repository.js'
export type { Pruned, PruneOptions, PruneReport } from './repos/prune.js'
export { RepoSync } from './repos/repo-sync.js'
export type {
  Planned,
  RepositoryState,
  RepositoryStatus,
  SkipReason,
  SyncEntry,
  SyncReport,
  SyncStatus,
} from './repos/report.js'
export type { SyncOptions } from './repos/run-sync.js'
export type { AutoPull, AutoPullOptions } from './repos/schedule/auto-pull.js'
export type { ScheduleStatus } from './repos/schedule/status.js'
export type { RepoEvent } from './repos/session.js'
export type { StatusOptions } from './repos/status.js'
export type { LocalListing } from './repos/targets/listing.js'
export type { Shard } from './repos/targets/resolve.js'
export type { SyncTarget } from './repos/targets/sync-target.js'
export type { SessionOptions } from './session.js'
export type {
  Delivery,
  DeliveryStatus,
  DeliveryWithRuns,
  HandlerRun,
  HandlerRunStatus,
  ListedDelivery,
  RunError as HandlerError,
} from './webhooks/delivery.js'
export { deliveryStatuses } from './webhooks/delivery.js'
export type { ForwardRequest } from './webhooks/hooks/forward.js'
export type { DeliveryPullRequest } from './webhooks/hooks/pull.js'
export type { RecoverRequest } from './webhooks/hooks/recover.js'
export type { RecoveredDelivery } from './webhooks/hooks/recovered.js'
export type { HookSetup, HookSetupRequest } from './webhooks/hooks/setup.js'
export type { ListenPlace } from './webhooks/receive/listen.js'
export type { ReceivedSummary, ReceiverEvent } from './webhooks/receive/receiver.js'
export type { OneDelivery, PlannedDelivery, PlannedHandler } from './webhooks/receive-one.js'
export type { CommandEnd } from './webhooks/runs/end.js'
export type { RunCommand } from './webhooks/runs/perform.js'
export type { ServeEnd, ServePlace, ServeRequest } from './webhooks/serve.js'
export type { HandlerSubject, WebhookEvent } from './webhooks/session.js'
export type {
  AcceptedDelivery,
  DeliveryFilter,
  ReceivedDelivery,
  RunEnd,
  StoreCounts,
  ViewedDelivery,
} from './webhooks/store/store.js'
export type {
  WebhookHandler as WebhookHandlerBase,
  WebhookHandlerOptions,
  WebhookStatus,
} from './webhooks/webhook-handler.js'
export type { ArtifactOptions, DownloadedArtifact } from './workflows/artifacts/artifacts.js'
export type { CancelOptions, RerunOptions } from './workflows/control.js'
export type { InputsQuestion } from './workflows/dispatch/dispatch.js'
export type { WorkflowInput, WorkflowInputs } from './workflows/dispatch/inputs.js'
export type { DueRun } from './workflows/due/due-run.js'
export type { DueOptions, DueReport } from './workflows/due/run-due.js'
export type { RunScheduleStatus } from './workflows/due/status.js'
export type { RunFilter } from './workflows/list-runs.js'
export type {
  FailedStep,
  FailedStepOptions,
  JobLogOptions,
  LogChunk,
} from './workflows/logs/logs.js'
export type { LineOptions } from './workflows/logs/parse.js'
export {
  type RunArtifact,
  type RunAttempt,
  RunTimeoutError,
  type ViewedRun,
  type WorkflowRun,
  type WorkflowRunWithJobs,
} from './workflows/run-data.js'
export {
  type RunId,
  type RunListFilter,
  type RunOptions,
  WorkflowRunner,
} from './workflows/runner.js'
export type { RunPart } from './workflows/runs.js'
export type { WorkflowEvent } from './workflows/session.js'
export type { Ended as WaitEnd, PollOptions } from './workflows/watch/poll.js'
export type { RetryOptions } from './workflows/watch/retry.js'
export type { WaitOptions } from './workflows/watch/wait.js'
export type { CommitOutcome } from './workflows/watch/watch-commit.js'
export type { RunReference, RunsOutcome } from './workflows/watch/watch-several.js'
export type { FailedJob, RunReasons, WhyOptions } from './workflows/why/why.js'

/** GitHub's API with this process's own environment: tokens, proxies, `gh`. */
export class GitHubClient extends Client {
  constructor(options: GitHubClientOptions = {}) {
    super({ host: hostOf(process), ...options })
  }
}

/**
 * Receives GitHub's webhooks as `wizard WEBHOOK SERVE` does. Handlers that are commands of
 * wizard read configuration and credentials as the command line does, from this process's environment.
 */
export class WebhookHandler extends Handler {
  constructor(client: GitHubClient, options: SessionOptions = {}) {
    const { config } = options
    const flags = typeof config === 'string' ? [`--config=${config}`] : []
    super(client, {
      ...options,
      async runCommand(argv, signal) {
        const { runCaptured } = await import('./run.js')
        const app = new Application(hostOf(process))
        try {
          return await runCaptured([...argv, ...flags], app, signal)
        } finally {
          await app.close()
        }
      },
    })
  }
}
