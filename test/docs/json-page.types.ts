// Made from docs/json.md by `npm run verbs`. `npm run types` fails where a verb prints another type.
import type { ErrorDocument as WrittenError } from '../../src/base/error-report.js'
import type { verbs as repo } from '../../src/commands/repo/index.js'
import type { verbs as workflow } from '../../src/commands/workflow/index.js'
import type { verbs as test } from '../../src/commands/test/index.js'
import type { verbs as release } from '../../src/commands/release/index.js'
import type { verbs as plugin } from '../../src/commands/plugin/index.js'
import type { verbs as schedule } from '../../src/commands/schedule/index.js'
import type { verbs as webhook } from '../../src/commands/webhook/index.js'
import type { verbs as config } from '../../src/commands/config/index.js'
import type { verbs as log } from '../../src/commands/log/index.js'
import type { verbs as api } from '../../src/commands/api/index.js'
import type { verbs as auth } from '../../src/commands/auth/index.js'
import type { verbs as doctor } from '../../src/commands/doctor/index.js'
import type { verbs as script } from '../../src/commands/script/index.js'
import type { verbs as shell } from '../../src/commands/shell/index.js'
import type { verbsOf as man } from '../../src/commands/man/index.js'
import type { verbs as completion } from '../../src/commands/completion/index.js'
import type { helpData } from '../../src/commands/manual/index.js'
import type { Fits, Plain, Printed, Same, True } from './json-types.js'

/** On stderr. */
type ErrorDocument = {
  error: {
    code: ErrorCode
    message: string
    hint: string | null // what to type next
    status: number | null // of GitHub's answer
    request_id: string | null // GitHub's id of the request
  }
}

type ErrorCode =
  | 'FAILED'
  | 'USAGE'
  | 'CONFIG'
  | 'PATH'
  | 'GITHUB_NOT_FOUND'
  | 'GITHUB_AUTH'
  | 'GITHUB_RATE_LIMIT'
  | 'GITHUB_NETWORK'
  | 'GITHUB'
  | 'TIMEOUT'
  | 'CONFLICT'
  | 'LOCKED'
  | 'INTERRUPTED'

/** Why one of many failed, inside a document. */
type ErrorReport = {
  code: ErrorCode
  message: string
  hint: string | null
  status?: number // only if GitHub answered
  request_id?: string
}

type Content = {
  content: string
  encoding: 'utf-8' | 'base64' // base64: the bytes are not UTF-8
  truncated?: true // only if --max-bytes left something out
}

/** `--web` opens a page instead of printing the rest. */
type WebPage = { url: string }

type RepoSync = {
  total: number
  succeeded: number
  failed: number // failed or blocked
  skipped: number // includes the repositories of other shards, which are not listed
  duration_ms: number
  api_requests: number
  repositories: SyncEntry[]
}

type SyncEntry = {
  repo: string
  group: string | null
  path: string
  branch: string | null // null: detached or unknown
  status?: 'cloned' | 'updated' | 'unchanged' | 'skipped' | 'blocked' | 'failed' // missing with --dry-run
  planned?: 'clone' | 'pull' | 'unchanged' | 'skipped' | 'blocked' | 'failed' // only with --dry-run
  from: string | null // the commit before
  to: string | null // the commit after
  bytes: number // received
  duration_ms: number
  reason: SkipReason | BlockReason | null // of skipped and blocked
  error: ErrorReport | null // of failed, and mostly of blocked
  warnings: ('lfs' | 'lfs-host' | 'submodules' | 'filter' | 'encoding' | 'renamed')[]
}

type SkipReason = 'archived' | 'not-due' | 'no-auto-pull' | 'missing'
type BlockReason = 'dirty' | 'diverged' | 'other-branch' | 'wrong-remote' | 'not-a-repository' | 'unsupported'

type RepoPullAll = RepoSync
type RepoCloneAll = RepoSync
type RepoReset = RepoSync | null // null: the answer to its question was no

type RepoClone = SyncEntry
type RepoPull = SyncEntry

type RepoStatus = {
  repo: string
  path: string
  branch: string | null // null: detached
  state: 'up-to-date' | 'behind' | 'ahead' | 'diverged' | 'missing' | 'blocked' | null // null: see error
  local_commit: string | null
  remote_commit: string | null
  is_dirty: boolean | null
  ahead_by: number | null // null: it can't be known without a fetch
  behind_by: number | null
  last_pull: string | null // null: never
  error: ErrorReport | null // why it is blocked, or why a value is unknown
  staged: number | null // paths
  unstaged: number | null
  untracked: number | null // a folder of untracked files counts once
  stashes: number | null
  last_commit: { oid: string; time: string; subject: string } | null
}[]

type RepoExec = {
  total: number
  succeeded: number
  failed: number
  skipped: number
  duration_ms: number
  repositories: {
    repo: string
    path: string
    status: 'succeeded' | 'failed' | 'skipped'
    reason: 'missing' | 'not-started' | null // of skipped
    exit: number | null // null: it did not run, or a signal ended it
    signal: string | null
    stdout: string // the first mebibyte of each
    stderr: string
    truncated: boolean // whether there was more
    duration_ms: number
    error: ErrorReport | null
  }[]
}

type Repository = {
  id: number | null
  name: string
  full_name: string
  description: string | null
  url: string | null
  default_branch: string
  pushed_at: string | null
  size: number // kilobytes, as GitHub counts them
  stars: number
  topics: string[]
  archived: boolean
  private: boolean
  visibility: string
  fork: boolean
}

type RepoList = Repository[] | LocalRepository[]

/** With `--local`. */
type LocalRepository = {
  repo: string // owner/*: a from: entry whose listing failed
  group: string | null
  path: string
  branch: string | null // null: the repository's default branch
  auto_pull: boolean
  pull_schedule: string | null
  present: boolean // whether the clone is there
  error: ErrorReport | null
}

type RepoSearch = Repository[]
type RepoView = Repository | WebPage
type RepoBrowse = WebPage
type RepoExists = { repo: string; exists: boolean }

type RepoCat = Content

type RepoTree = {
  path: string
  mode: string // 100644, 100755, 120000 (symbolic link), 040000 (folder), 160000 (submodule)
  type: 'blob' | 'tree' | 'commit' // commit: a submodule
  size: number | null // null: a folder or submodule
  sha: string
}[]

type Edited = {
  repo: string
  group: string
  path: string // its destination
  file: string // the edited file
}

type RepoAdd = Edited | AdoptedClone[]

/** With the path of a clone, or `--scan`. */
type AdoptedClone = {
  repo: string | null // null: its origin is not on the configured server
  path: string
  status: 'added' | 'skipped'
  reason: AdoptReason | null // of skipped
  branch: string | null // null: the default branch
}

type AdoptReason =
  | 'already-named'
  | 'second-clone'
  | 'overlaps'
  | 'outside-root'
  | 'root-itself'
  | 'not-a-repository'
  | 'bare'
  | 'linked'
  | 'no-remote'
  | 'other-host'
  | 'unsupported'
  | 'in-progress'
  | 'unsuitable-name'
  | 'unreadable'

type RepoRemove = Edited

type RepoPrune = {
  repo: string
  path: string
  action: 'trashed' | 'listed' | 'kept' // kept: it has local work, or it may still be wanted
  reasons: string[] // of kept, in words
  trash: string | null // its path in the trash
}[]

type Run = {
  run_id: number
  status: string // queued, in_progress, completed, waiting (for an approval), requested, pending
  conclusion: string | null // success, failure, neutral, cancelled, skipped, timed_out …; null until completed
  html_url: string
  repo: string
  workflow: string // its file: tests.yml
  ref: string | null // the branch or tag
  created_at: string | null // null: GitHub does not say yet, just after the dispatch
  completed_at: string | null
  duration_seconds: number | null // of the latest attempt
  logs_url: string
  artifacts: {
    name: string
    path: string | null // the folder of its content; null until downloaded
    size: number
  }[] // empty in lists
}

type RunWithJobs = Run & {
  jobs: Job[]
  attempts?: {
    attempt: number // from 1
    conclusion: string | null
    failed_jobs: string[] // their names
  }[] // with --retry-failed: all that were waited for
}

type Job = {
  id: number
  name: string
  status: string
  conclusion: string | null
  started_at: string | null
  completed_at: string | null
  steps: {
    number: number
    name: string
    status: string
    conclusion: string | null
    started_at: string | null
    completed_at: string | null
  }[]
}

type WorkflowRun =
  | Run
  | RunWithJobs // with --wait
  | DueRun[] // with --due: what was due, and no other

type DueRun = {
  workflow: string // component/workflow
  run_id: number | null // null: failed, or not known
  due_at: string // the first time that was missed
  late_seconds: number // from due_at until now
  status: 'dispatched' | 'found' | 'unanswered' | 'failed' // found: another machine dispatched it
  html_url: string | null
  repo: string
  error: ErrorReport | null // failed: it stays due; unanswered: it counts as dispatched
}

type TestRun = Run | RunWithJobs

type WorkflowWatch =
  | Run // the wait ended before its jobs were read
  | RunWithJobs
  | RunWithJobs[] // with --commit

type Annotation = {
  path: string
  line: number // from 1
  level: string | null // failure, warning, notice
  title: string | null
  message: string
}

type RunReasons = {
  run_id: number
  attempt: number // from 1
  status: string
  conclusion: string | null
  html_url: string
  repo: string
  workflow: string // its file
  jobs: {
    id: number
    name: string
    conclusion: string | null
    html_url: string
    step: { number: number; name: string } | null // the first that failed
    annotations: Annotation[]
    excerpt: string | null // around the first error of the log; null: it was not read, or is gone
    log_lines: number | null // of the job's whole log
    truncated: boolean
    error: ErrorReport | null // why annotations or log could not be read
  }[]
  annotations: Annotation[] // of a run that never started, or was cancelled
  truncated: boolean
}

type WorkflowWhy = RunReasons | RunReasons[] // a list with --commit

type WorkflowRuns = Run[] | WebPage
type WorkflowView = (RunWithJobs & { attempt: number }) | WebPage // attempt: from 1

type Workflow = {
  id: number
  name: string
  path: string // in the repository: .github/workflows/tests.yml
  state: string // active, disabled_manually …
}

type WorkflowList = Workflow[]
type WorkflowEnable = Workflow
type WorkflowDisable = Workflow

type WorkflowLogs = Content

type WorkflowDownload = {
  name: string
  path: string | null // null: see error
  size: number
  error: ErrorReport | null
}[]

type WorkflowCancel = { repo: string; run_id: number; cancelled: boolean }
type WorkflowRerun =
  | { repo: string; run_id: number; rerun: string } // all, failed, or the job
  | Run // with --wait
  | RunWithJobs

type Release = {
  id: number
  tag: string
  name: string // its title
  url: string
  upload_url: string
  draft: boolean
  prerelease: boolean
  latest: boolean // of a component: the highest stable version; otherwise GitHub's latest
  target_commit: string | null // null: unknown
  published_at: string | null // null: a draft
  assets: Asset[]
  immutable: boolean // its tag and assets can no longer change
}

type Asset = {
  id: number
  name: string
  size: number
  digest: string | null // sha256:…; null on servers that do not compute it
  download_url: string
  status: 'uploaded' | 'unchanged' | 'replaced' // in this command; uploaded if it was only read
}

type ReleaseCreate = Release
type ReleaseUpload = Release
type ReleaseEdit = Release
type ReleaseList = Release[]
type ReleaseView = (Release & { notes: string }) | WebPage

type ReleasePublish =
  | (Release & { result: 'published' | 'draft' | 'already-published' })
  | PublishPlan // with --dry-run

type PublishPlan = {
  component: string
  repo: string
  tag: string
  version: string
  commit: string
  previous_tag: string | null
  prerelease: boolean
  latest: boolean
  steps: {
    step: 'check' | 'build' | 'checksum' | 'sign' | 'draft' | 'upload' | 'verify' | 'publish' | 'confirm'
    does: string // in words
  }[]
  artifacts: string[] // globs, or the named files
  notes: string
  warnings: string[]
}

type ReleaseNotes = Content

type ReleaseStatus = {
  component: string
  repo: string
  state: 'released' | 'unreleased' | 'ready' | 'failed' // ready: version_file names the next version
  tag: string | null // of the highest version; null: none yet
  version: string | null
  published_at: string | null // null: the tag has no release
  next_version: string | null // version_file on the default branch
  unreleased: number | null // commits since the tag
  draft_url: string | null // a draft of the next version
  error: ErrorReport | null
}[]

type ReleaseDownload = {
  name: string
  path: string
  size: number
  digest: string // sha256:…, of the file on disk
  checked: ('digest' | 'sums')[] // what it was compared with
  status: 'downloaded' | 'unchanged' | 'replaced'
}[]

type ReleaseDelete = {
  tag: string
  id: number | null // null: only the tag was there
  deleted: boolean
  tag_deleted: boolean
}

type Plugin = {
  id: string // the name of its folder
  name: string
  version: string | null // from the manifest
  description: string | null
  category: string | null
  license: string | null
  repo: string
  installed_version: string | null // null: not installed
  enabled: boolean
  pinned: boolean
  update_available: boolean // by GitHub's last known state
  warnings: string[]
}

type PluginSearch = Plugin[]
type PluginList = Plugin[]
type PluginPin = Plugin
type PluginUnpin = Plugin
type PluginEnable = Plugin
type PluginDisable = Plugin
type PluginRemove = Plugin

type Installation = Plugin & {
  tag: string
  commit: string
  path: string
  source: 'asset' | 'tree' // an asset of a release, or the repository's tree
  sha256: string
  size: number
  needed_by: string | null // null: it was requested
  post_install: string[] // shell lines for you to read; wizard never runs them
}

type InstalledPlugin = Installation & { status: 'installed' | 'updated' | 'unchanged' }

type PluginInstall =
  | (InstalledPlugin & { dependencies: InstalledPlugin[] })
  | InstalledPlugin[] // --frozen without a name

type PluginRollback = InstalledPlugin

type PluginUpdate = (Installation & {
  status: 'updated' | 'unchanged' | 'pinned' | 'failed'
  planned: 'update' | null // only with --dry-run
  from: string // tags
  to: string
  error: ErrorReport | null
})[]

type PluginView = Plugin & {
  tag: string // that INSTALL would take
  commit: string
  post_install: string[]
  manifest: { [key: string]: unknown } // as it is at that tag
  installed: { tag: string; commit: string; sha256: string; installed_at: string; path: string } | null
}

type PluginVerify = {
  id: string
  version: string | null
  path: string
  files: number // that were compared
  changed: string[]
  missing: string[]
  extra: string[]
  status: 'ok' | 'changed' | 'missing' | 'unknown' // unknown: no record of what was installed
}[]

type ScheduleStatus = (PullStatus | RunStatus)[]

type PullStatus = NextDue & {
  repo: string
  group: string | null
  path: string
  pull_schedule: string | null // null: none
  in_words: string | null
  last_attempt: string | null // whatever its result
  last_pull: string | null
}

type RunStatus = NextDue & {
  repo: string
  workflow: string // component/workflow
  run_schedule: string
  timezone: string | null // null: local time
  in_words: string
  last_run: string | null // its last dispatch
  run_id: number | null // of that; null: not known
}

type NextDue = {
  next_due: string | null // in the past if overdue
  overdue: boolean
  next_due_in_words: string | null
  crontab: 'installed' | 'out-of-date' | 'absent' | 'unscheduled' | 'left-over' | 'damaged' | 'unknown'
}

type CrontabChange = {
  action: 'installed' | 'updated' | 'removed' | 'unchanged' | 'declined' | 'planned'
  before: string[] | null // the lines of its block; null: no block
  after: string[] | null
}

type ScheduleInstall = CrontabChange & { warnings: string[] }
type ScheduleRemove = CrontabChange

type SchedulePrint = {
  format: 'cron' | 'systemd' | 'kubernetes' | 'github-actions'
  files: { name: string; content: string }[]
  schedules: DueLine[]
  catch_up: DueLine | null // null: a schedule runs hourly anyway
  run_schedules: DueLine[] // of components.yaml
  run_catch_up: DueLine | null
  warnings: string[]
}

type DueLine = { schedule: string; timezone: string | null; in_words: string; entries: number } // null: local time

type Delivery = {
  id: number // wizard's own, in the order of arrival
  delivery: string // GitHub's id of the event
  hook_id: string | null
  event: string
  action: string | null // null until it is routed, and where the payload has none
  repo: string | null
  ref: string | null
  status: DeliveryStatus
  reason: string | null // why it is dead, ignored or a repeat
  received_at: string
  times_received: number
  bytes: number // of the body
  sha256: string // of the body
}

type DeliveryStatus =
  | 'accepted'
  | 'queued'
  | 'running'
  | 'retry'
  | 'done'
  | 'dead'
  | 'ignored'
  | 'repeat'
  | 'cancelled'

type DeliveryWithRuns = Delivery & { runs: HandlerRun[] }

type HandlerRun = {
  handler: string
  action: string
  status: HandlerStatus
  attempts: number
  next_at: string | null // when a retry is due
  started_at: string | null
  ended_at: string | null
  duration_ms: number | null
  exit: number | null // of its command
  error: HandlerError | null
  result: { [key: string]: unknown } | null // such as run_id and html_url
  machine: string | null
}

type HandlerStatus = 'queued' | 'running' | 'retry' | 'done' | 'dead' | 'superseded' | 'cancelled'
type HandlerError = { code: string; message: string; hint: string | null }

type WebhookList = (Delivery & { handlers: { handler: string; status: HandlerStatus }[] })[]
type WebhookView = (DeliveryWithRuns & { headers: { [name: string]: string } }) | Content // --body, --log
type WebhookReplay = DeliveryWithRuns[]
type WebhookCancel = DeliveryWithRuns[]

/** One line, as soon as it listens. */
type WebhookServe = {
  listening: string // its address; none with --run-only
  pid: number
}

type WebhookStatus = {
  enabled: boolean
  engine: 'sqlite' | 'postgres'
  serving: { machine: string; pid: number; since: string; address: string }[]
  counts: { [status in DeliveryStatus]: number }
  oldest_waiting_seconds: number | null // null: nothing waits
  last_received_at: string | null
  store_bytes: number
}

type WebhookReceive = DeliveryWithRuns | PlannedDelivery

/** With `--dry-run`. */
type PlannedDelivery = {
  event: string
  delivery: string
  status: 'queued' | 'ignored' | 'dead'
  reason: string | null
  runs: { handler: string; action: string; argv: string[] }[] // argv: of a program, or of wizard
}

type WebhookPull =
  | DeliveryWithRuns[] // with --once
  | { pulled: number } // at its end

type WebhookForward = { forwarded: number } // at its end

type WebhookSetup = {
  hook_id: string | null // null: with --dry-run, there is none yet
  url: string
  events: string[]
  active: boolean
  status: 'created' | 'updated' | 'unchanged' | 'removed'
  last_response: { code: number | null; status: string | null; message: string | null } | null // to a ping
}

type WebhookRecover = {
  delivery: string // GitHub's id of the event
  event: string
  delivered_at: string // the newest attempt
  status_code: number
  status: 'redelivered' | 'planned' | 'known' | 'delivered' | 'failed' // known: the store has it
  error: HandlerError | null
}[]

type WebhookVerify = { ok: boolean }
type WebhookPrune = { pruned: number }

type ConfigShow = {
  key: string // github.owner, repos.tools[0].branch
  value: Value // *** replaces a secret
  source: string | null // file:line:column, a variable or a flag; null: a default
  from: 'default' | 'file' | 'env-file' | 'variable' | 'flag'
}[]

type Value = string | number | boolean | null | Value[] | { [key: string]: Value }

type ConfigValidate = {
  valid: boolean
  dir: string | null // null: no configuration
  files: string[] // that were checked
  problems: {
    code: ErrorCode
    message: string
    hint: string | null
    file: string | null // null: it is not about a file
    line: number | null // from 1
    column: number | null
    key: string | null
    nearest: string | null // the known key that is most like it
    source: string | null // the line; null if it may contain a secret
  }[]
}

type ConfigInit = {
  dir: string
  files: { file: string; status: 'written' | 'kept' }[]
  missing: { file: string; what: string }[] // what was asked for, and is not in a file that was kept
}

type ConfigPath = {
  dir: string | null
  single: string | null // the file in place of a folder
  files: {
    github?: string // only those that are there
    repos?: string
    components?: string
    webhooks?: string
    plugins?: string
  }
  root: string
  logs: string
  searched: { dir: string; by: string }[]
}

/** A JSON Schema, draft 7, for editors. */
type ConfigSchema = { [keyword: string]: unknown }

type LogShow = {
  time: string | null // null: a line that wizard did not write
  level: 'INFO' | 'WARN' | 'ERROR' | null
  log: 'sync' | 'workflows' | 'releases' | 'webhooks' | 'api'
  message: string
}[]

type ApiGet = unknown
type ApiPost = unknown
type ApiPut = unknown
type ApiPatch = unknown
type ApiDelete = unknown
type ApiHead = unknown
type ApiOptions = unknown
type ApiGraphql = { [key: string]: unknown }

type AuthStatus = {
  authenticated: boolean
  login: string | null // null: an App or the token of a job
  source: string | null // of the token, in words; null: there is none
  host: string
  scopes: string[] | null // null: GitHub does not list them
  needs: { noun: string; needs: string; ok: boolean | null }[] // null: unknown
  rate_limits: { name: string; limit: number; remaining: number; resets_at: string }[]
  rate_plan: string | null // in words
  expires_at: string | null // null: it does not, or GitHub does not say
}

type Doctor = {
  ok: boolean // no check failed
  checks: {
    name: string
    status: 'ok' | 'warning' | 'failed'
    detail: string
    remedy: string | null
  }[]
}

type Script = {
  line: number
  command: string // without secrets
  exit: number | null // null: with --dry-run
  result: unknown // the command's own document; null: none
  error: { code: string; message: string; hint: string | null } | null
}[]

type Shell = Script

type Help =
  | { nouns: { name: string; summary: string; verbs: HelpOfVerb[] }[]; flags: HelpOfFlag[] } // of all verbs
  | { name: string; summary: string; text: (string | string[][])[] } // paragraphs, and tables of two columns

type HelpOfVerb = {
  name: string // empty: a noun without a verb
  summary: string
  args: { name: string; summary: string; optional: boolean; variadic: boolean }[]
  flags: HelpOfFlag[]
  examples: { command: string; does: string }[]
}

type HelpOfFlag = {
  name: string
  short: string | null
  summary: string
  type: 'boolean' | 'text' | 'texts' | 'choice' | 'integer' | 'seconds'
  value: string | null // null: it takes none
  choices: string[] | null
}

type Version = { version: string } // wizard --version --json

type Man = { page: string } // in roff
type Completion = { shell: 'bash' | 'zsh' | 'fish'; script: string }

export type Checked = [
  Fits<Plain<RepoSync>, Printed<typeof repo, 'sync'>>,
  Fits<Printed<typeof repo, 'sync'>, Plain<RepoSync>>,
  True<Same<Plain<RepoSync>, Printed<typeof repo, 'sync'>>>,
  Fits<Plain<RepoStatus>, Printed<typeof repo, 'status'>>,
  Fits<Printed<typeof repo, 'status'>, Plain<RepoStatus>>,
  True<Same<Plain<RepoStatus>, Printed<typeof repo, 'status'>>>,
  Fits<Plain<RepoExec>, Printed<typeof repo, 'exec'>>,
  Fits<Printed<typeof repo, 'exec'>, Plain<RepoExec>>,
  True<Same<Plain<RepoExec>, Printed<typeof repo, 'exec'>>>,
  Fits<Plain<RepoPullAll>, Printed<typeof repo, 'pull-all'>>,
  Fits<Printed<typeof repo, 'pull-all'>, Plain<RepoPullAll>>,
  True<Same<Plain<RepoPullAll>, Printed<typeof repo, 'pull-all'>>>,
  Fits<Plain<RepoCloneAll>, Printed<typeof repo, 'clone-all'>>,
  Fits<Printed<typeof repo, 'clone-all'>, Plain<RepoCloneAll>>,
  True<Same<Plain<RepoCloneAll>, Printed<typeof repo, 'clone-all'>>>,
  Fits<Plain<RepoClone>, Printed<typeof repo, 'clone'>>,
  Fits<Printed<typeof repo, 'clone'>, Plain<RepoClone>>,
  True<Same<Plain<RepoClone>, Printed<typeof repo, 'clone'>>>,
  Fits<Plain<RepoPull>, Printed<typeof repo, 'pull'>>,
  Fits<Printed<typeof repo, 'pull'>, Plain<RepoPull>>,
  True<Same<Plain<RepoPull>, Printed<typeof repo, 'pull'>>>,
  Fits<Plain<RepoReset>, Printed<typeof repo, 'reset'>>,
  Fits<Printed<typeof repo, 'reset'>, Plain<RepoReset>>,
  True<Same<Plain<RepoReset>, Printed<typeof repo, 'reset'>>>,
  Fits<Plain<RepoPrune>, Printed<typeof repo, 'prune'>>,
  Fits<Printed<typeof repo, 'prune'>, Plain<RepoPrune>>,
  True<Same<Plain<RepoPrune>, Printed<typeof repo, 'prune'>>>,
  Fits<Plain<RepoAdd>, Printed<typeof repo, 'add'>>,
  Fits<Printed<typeof repo, 'add'>, Plain<RepoAdd>>,
  True<Same<Plain<RepoAdd>, Printed<typeof repo, 'add'>>>,
  Fits<Plain<RepoRemove>, Printed<typeof repo, 'remove'>>,
  Fits<Printed<typeof repo, 'remove'>, Plain<RepoRemove>>,
  True<Same<Plain<RepoRemove>, Printed<typeof repo, 'remove'>>>,
  Fits<Plain<RepoList>, Printed<typeof repo, 'list'>>,
  Fits<Printed<typeof repo, 'list'>, Plain<RepoList>>,
  True<Same<Plain<RepoList>, Printed<typeof repo, 'list'>>>,
  Fits<Plain<RepoSearch>, Printed<typeof repo, 'search'>>,
  Fits<Printed<typeof repo, 'search'>, Plain<RepoSearch>>,
  True<Same<Plain<RepoSearch>, Printed<typeof repo, 'search'>>>,
  Fits<Plain<RepoView>, Printed<typeof repo, 'view'>>,
  Fits<Printed<typeof repo, 'view'>, Plain<RepoView>>,
  True<Same<Plain<RepoView>, Printed<typeof repo, 'view'>>>,
  Fits<Plain<RepoBrowse>, Printed<typeof repo, 'browse'>>,
  Fits<Printed<typeof repo, 'browse'>, Plain<RepoBrowse>>,
  True<Same<Plain<RepoBrowse>, Printed<typeof repo, 'browse'>>>,
  Fits<Plain<RepoExists>, Printed<typeof repo, 'exists'>>,
  Fits<Printed<typeof repo, 'exists'>, Plain<RepoExists>>,
  True<Same<Plain<RepoExists>, Printed<typeof repo, 'exists'>>>,
  Fits<Plain<RepoCat>, Printed<typeof repo, 'cat'>>,
  Fits<Printed<typeof repo, 'cat'>, Plain<RepoCat>>,
  True<Same<Plain<RepoCat>, Printed<typeof repo, 'cat'>>>,
  Fits<Plain<RepoTree>, Printed<typeof repo, 'tree'>>,
  Fits<Printed<typeof repo, 'tree'>, Plain<RepoTree>>,
  True<Same<Plain<RepoTree>, Printed<typeof repo, 'tree'>>>,
  Fits<Plain<WorkflowRun>, Printed<typeof workflow, 'run'>>,
  Fits<Printed<typeof workflow, 'run'>, Plain<WorkflowRun>>,
  True<Same<Plain<WorkflowRun>, Printed<typeof workflow, 'run'>>>,
  Fits<Plain<WorkflowWatch>, Printed<typeof workflow, 'watch'>>,
  Fits<Printed<typeof workflow, 'watch'>, Plain<WorkflowWatch>>,
  True<Same<Plain<WorkflowWatch>, Printed<typeof workflow, 'watch'>>>,
  Fits<Plain<WorkflowWhy>, Printed<typeof workflow, 'why'>>,
  Fits<Printed<typeof workflow, 'why'>, Plain<WorkflowWhy>>,
  True<Same<Plain<WorkflowWhy>, Printed<typeof workflow, 'why'>>>,
  Fits<Plain<WorkflowLogs>, Printed<typeof workflow, 'logs'>>,
  Fits<Printed<typeof workflow, 'logs'>, Plain<WorkflowLogs>>,
  True<Same<Plain<WorkflowLogs>, Printed<typeof workflow, 'logs'>>>,
  Fits<Plain<WorkflowDownload>, Printed<typeof workflow, 'download'>>,
  Fits<Printed<typeof workflow, 'download'>, Plain<WorkflowDownload>>,
  True<Same<Plain<WorkflowDownload>, Printed<typeof workflow, 'download'>>>,
  Fits<Plain<WorkflowList>, Printed<typeof workflow, 'list'>>,
  Fits<Printed<typeof workflow, 'list'>, Plain<WorkflowList>>,
  True<Same<Plain<WorkflowList>, Printed<typeof workflow, 'list'>>>,
  Fits<Plain<WorkflowRuns>, Printed<typeof workflow, 'runs'>>,
  Fits<Printed<typeof workflow, 'runs'>, Plain<WorkflowRuns>>,
  True<Same<Plain<WorkflowRuns>, Printed<typeof workflow, 'runs'>>>,
  Fits<Plain<WorkflowView>, Printed<typeof workflow, 'view'>>,
  Fits<Printed<typeof workflow, 'view'>, Plain<WorkflowView>>,
  True<Same<Plain<WorkflowView>, Printed<typeof workflow, 'view'>>>,
  Fits<Plain<WorkflowRerun>, Printed<typeof workflow, 'rerun'>>,
  Fits<Printed<typeof workflow, 'rerun'>, Plain<WorkflowRerun>>,
  True<Same<Plain<WorkflowRerun>, Printed<typeof workflow, 'rerun'>>>,
  Fits<Plain<WorkflowCancel>, Printed<typeof workflow, 'cancel'>>,
  Fits<Printed<typeof workflow, 'cancel'>, Plain<WorkflowCancel>>,
  True<Same<Plain<WorkflowCancel>, Printed<typeof workflow, 'cancel'>>>,
  Fits<Plain<WorkflowEnable>, Printed<typeof workflow, 'enable'>>,
  Fits<Printed<typeof workflow, 'enable'>, Plain<WorkflowEnable>>,
  True<Same<Plain<WorkflowEnable>, Printed<typeof workflow, 'enable'>>>,
  Fits<Plain<WorkflowDisable>, Printed<typeof workflow, 'disable'>>,
  Fits<Printed<typeof workflow, 'disable'>, Plain<WorkflowDisable>>,
  True<Same<Plain<WorkflowDisable>, Printed<typeof workflow, 'disable'>>>,
  Fits<Plain<TestRun>, Printed<typeof test, 'run'>>,
  Fits<Printed<typeof test, 'run'>, Plain<TestRun>>,
  True<Same<Plain<TestRun>, Printed<typeof test, 'run'>>>,
  Fits<Plain<ReleasePublish>, Printed<typeof release, 'publish'>>,
  Fits<Printed<typeof release, 'publish'>, Plain<ReleasePublish>>,
  True<Same<Plain<ReleasePublish>, Printed<typeof release, 'publish'>>>,
  Fits<Plain<ReleaseCreate>, Printed<typeof release, 'create'>>,
  Fits<Printed<typeof release, 'create'>, Plain<ReleaseCreate>>,
  True<Same<Plain<ReleaseCreate>, Printed<typeof release, 'create'>>>,
  Fits<Plain<ReleaseUpload>, Printed<typeof release, 'upload'>>,
  Fits<Printed<typeof release, 'upload'>, Plain<ReleaseUpload>>,
  True<Same<Plain<ReleaseUpload>, Printed<typeof release, 'upload'>>>,
  Fits<Plain<ReleaseEdit>, Printed<typeof release, 'edit'>>,
  Fits<Printed<typeof release, 'edit'>, Plain<ReleaseEdit>>,
  True<Same<Plain<ReleaseEdit>, Printed<typeof release, 'edit'>>>,
  Fits<Plain<ReleaseNotes>, Printed<typeof release, 'notes'>>,
  Fits<Printed<typeof release, 'notes'>, Plain<ReleaseNotes>>,
  True<Same<Plain<ReleaseNotes>, Printed<typeof release, 'notes'>>>,
  Fits<Plain<ReleaseStatus>, Printed<typeof release, 'status'>>,
  Fits<Printed<typeof release, 'status'>, Plain<ReleaseStatus>>,
  True<Same<Plain<ReleaseStatus>, Printed<typeof release, 'status'>>>,
  Fits<Plain<ReleaseList>, Printed<typeof release, 'list'>>,
  Fits<Printed<typeof release, 'list'>, Plain<ReleaseList>>,
  True<Same<Plain<ReleaseList>, Printed<typeof release, 'list'>>>,
  Fits<Plain<ReleaseView>, Printed<typeof release, 'view'>>,
  Fits<Printed<typeof release, 'view'>, Plain<ReleaseView>>,
  True<Same<Plain<ReleaseView>, Printed<typeof release, 'view'>>>,
  Fits<Plain<ReleaseDownload>, Printed<typeof release, 'download'>>,
  Fits<Printed<typeof release, 'download'>, Plain<ReleaseDownload>>,
  True<Same<Plain<ReleaseDownload>, Printed<typeof release, 'download'>>>,
  Fits<Plain<ReleaseDelete>, Printed<typeof release, 'delete'>>,
  Fits<Printed<typeof release, 'delete'>, Plain<ReleaseDelete>>,
  True<Same<Plain<ReleaseDelete>, Printed<typeof release, 'delete'>>>,
  Fits<Plain<PluginInstall>, Printed<typeof plugin, 'install'>>,
  Fits<Printed<typeof plugin, 'install'>, Plain<PluginInstall>>,
  True<Same<Plain<PluginInstall>, Printed<typeof plugin, 'install'>>>,
  Fits<Plain<PluginSearch>, Printed<typeof plugin, 'search'>>,
  Fits<Printed<typeof plugin, 'search'>, Plain<PluginSearch>>,
  True<Same<Plain<PluginSearch>, Printed<typeof plugin, 'search'>>>,
  Fits<Plain<PluginList>, Printed<typeof plugin, 'list'>>,
  Fits<Printed<typeof plugin, 'list'>, Plain<PluginList>>,
  True<Same<Plain<PluginList>, Printed<typeof plugin, 'list'>>>,
  Fits<Plain<PluginView>, Printed<typeof plugin, 'view'>>,
  Fits<Printed<typeof plugin, 'view'>, Plain<PluginView>>,
  True<Same<Plain<PluginView>, Printed<typeof plugin, 'view'>>>,
  Fits<Plain<PluginUpdate>, Printed<typeof plugin, 'update'>>,
  Fits<Printed<typeof plugin, 'update'>, Plain<PluginUpdate>>,
  True<Same<Plain<PluginUpdate>, Printed<typeof plugin, 'update'>>>,
  Fits<Plain<PluginVerify>, Printed<typeof plugin, 'verify'>>,
  Fits<Printed<typeof plugin, 'verify'>, Plain<PluginVerify>>,
  True<Same<Plain<PluginVerify>, Printed<typeof plugin, 'verify'>>>,
  Fits<Plain<PluginRollback>, Printed<typeof plugin, 'rollback'>>,
  Fits<Printed<typeof plugin, 'rollback'>, Plain<PluginRollback>>,
  True<Same<Plain<PluginRollback>, Printed<typeof plugin, 'rollback'>>>,
  Fits<Plain<PluginPin>, Printed<typeof plugin, 'pin'>>,
  Fits<Printed<typeof plugin, 'pin'>, Plain<PluginPin>>,
  True<Same<Plain<PluginPin>, Printed<typeof plugin, 'pin'>>>,
  Fits<Plain<PluginUnpin>, Printed<typeof plugin, 'unpin'>>,
  Fits<Printed<typeof plugin, 'unpin'>, Plain<PluginUnpin>>,
  True<Same<Plain<PluginUnpin>, Printed<typeof plugin, 'unpin'>>>,
  Fits<Plain<PluginEnable>, Printed<typeof plugin, 'enable'>>,
  Fits<Printed<typeof plugin, 'enable'>, Plain<PluginEnable>>,
  True<Same<Plain<PluginEnable>, Printed<typeof plugin, 'enable'>>>,
  Fits<Plain<PluginDisable>, Printed<typeof plugin, 'disable'>>,
  Fits<Printed<typeof plugin, 'disable'>, Plain<PluginDisable>>,
  True<Same<Plain<PluginDisable>, Printed<typeof plugin, 'disable'>>>,
  Fits<Plain<PluginRemove>, Printed<typeof plugin, 'remove'>>,
  Fits<Printed<typeof plugin, 'remove'>, Plain<PluginRemove>>,
  True<Same<Plain<PluginRemove>, Printed<typeof plugin, 'remove'>>>,
  Fits<Plain<ScheduleStatus>, Printed<typeof schedule, 'status'>>,
  Fits<Printed<typeof schedule, 'status'>, Plain<ScheduleStatus>>,
  True<Same<Plain<ScheduleStatus>, Printed<typeof schedule, 'status'>>>,
  Fits<Plain<ScheduleInstall>, Printed<typeof schedule, 'install'>>,
  Fits<Printed<typeof schedule, 'install'>, Plain<ScheduleInstall>>,
  True<Same<Plain<ScheduleInstall>, Printed<typeof schedule, 'install'>>>,
  Fits<Plain<ScheduleRemove>, Printed<typeof schedule, 'remove'>>,
  Fits<Printed<typeof schedule, 'remove'>, Plain<ScheduleRemove>>,
  True<Same<Plain<ScheduleRemove>, Printed<typeof schedule, 'remove'>>>,
  Fits<Plain<SchedulePrint>, Printed<typeof schedule, 'print'>>,
  Fits<Printed<typeof schedule, 'print'>, Plain<SchedulePrint>>,
  True<Same<Plain<SchedulePrint>, Printed<typeof schedule, 'print'>>>,
  Fits<Plain<WebhookServe>, Printed<typeof webhook, 'serve'>>,
  Fits<Printed<typeof webhook, 'serve'>, Plain<WebhookServe>>,
  True<Same<Plain<WebhookServe>, Printed<typeof webhook, 'serve'>>>,
  Fits<Plain<WebhookSetup>, Printed<typeof webhook, 'setup'>>,
  Fits<Printed<typeof webhook, 'setup'>, Plain<WebhookSetup>>,
  True<Same<Plain<WebhookSetup>, Printed<typeof webhook, 'setup'>>>,
  Fits<Plain<WebhookStatus>, Printed<typeof webhook, 'status'>>,
  Fits<Printed<typeof webhook, 'status'>, Plain<WebhookStatus>>,
  True<Same<Plain<WebhookStatus>, Printed<typeof webhook, 'status'>>>,
  Fits<Plain<WebhookList>, Printed<typeof webhook, 'list'>>,
  Fits<Printed<typeof webhook, 'list'>, Plain<WebhookList>>,
  True<Same<Plain<WebhookList>, Printed<typeof webhook, 'list'>>>,
  Fits<Plain<WebhookView>, Printed<typeof webhook, 'view'>>,
  Fits<Printed<typeof webhook, 'view'>, Plain<WebhookView>>,
  True<Same<Plain<WebhookView>, Printed<typeof webhook, 'view'>>>,
  Fits<Plain<WebhookReplay>, Printed<typeof webhook, 'replay'>>,
  Fits<Printed<typeof webhook, 'replay'>, Plain<WebhookReplay>>,
  True<Same<Plain<WebhookReplay>, Printed<typeof webhook, 'replay'>>>,
  Fits<Plain<WebhookCancel>, Printed<typeof webhook, 'cancel'>>,
  Fits<Printed<typeof webhook, 'cancel'>, Plain<WebhookCancel>>,
  True<Same<Plain<WebhookCancel>, Printed<typeof webhook, 'cancel'>>>,
  Fits<Plain<WebhookReceive>, Printed<typeof webhook, 'receive'>>,
  Fits<Printed<typeof webhook, 'receive'>, Plain<WebhookReceive>>,
  True<Same<Plain<WebhookReceive>, Printed<typeof webhook, 'receive'>>>,
  Fits<Plain<WebhookVerify>, Printed<typeof webhook, 'verify'>>,
  Fits<Printed<typeof webhook, 'verify'>, Plain<WebhookVerify>>,
  True<Same<Plain<WebhookVerify>, Printed<typeof webhook, 'verify'>>>,
  Fits<Plain<WebhookRecover>, Printed<typeof webhook, 'recover'>>,
  Fits<Printed<typeof webhook, 'recover'>, Plain<WebhookRecover>>,
  True<Same<Plain<WebhookRecover>, Printed<typeof webhook, 'recover'>>>,
  Fits<Plain<WebhookPull>, Printed<typeof webhook, 'pull'>>,
  Fits<Printed<typeof webhook, 'pull'>, Plain<WebhookPull>>,
  True<Same<Plain<WebhookPull>, Printed<typeof webhook, 'pull'>>>,
  Fits<Plain<WebhookForward>, Printed<typeof webhook, 'forward'>>,
  Fits<Printed<typeof webhook, 'forward'>, Plain<WebhookForward>>,
  True<Same<Plain<WebhookForward>, Printed<typeof webhook, 'forward'>>>,
  Fits<Plain<WebhookPrune>, Printed<typeof webhook, 'prune'>>,
  Fits<Printed<typeof webhook, 'prune'>, Plain<WebhookPrune>>,
  True<Same<Plain<WebhookPrune>, Printed<typeof webhook, 'prune'>>>,
  Fits<Plain<ConfigShow>, Printed<typeof config, 'show'>>,
  Fits<Printed<typeof config, 'show'>, Plain<ConfigShow>>,
  True<Same<Plain<ConfigShow>, Printed<typeof config, 'show'>>>,
  Fits<Plain<ConfigValidate>, Printed<typeof config, 'validate'>>,
  Fits<Printed<typeof config, 'validate'>, Plain<ConfigValidate>>,
  True<Same<Plain<ConfigValidate>, Printed<typeof config, 'validate'>>>,
  Fits<Plain<ConfigInit>, Printed<typeof config, 'init'>>,
  Fits<Printed<typeof config, 'init'>, Plain<ConfigInit>>,
  True<Same<Plain<ConfigInit>, Printed<typeof config, 'init'>>>,
  Fits<Plain<ConfigPath>, Printed<typeof config, 'path'>>,
  Fits<Printed<typeof config, 'path'>, Plain<ConfigPath>>,
  True<Same<Plain<ConfigPath>, Printed<typeof config, 'path'>>>,
  Fits<Plain<ConfigSchema>, Printed<typeof config, 'schema'>>,
  Fits<Printed<typeof config, 'schema'>, Plain<ConfigSchema>>,
  True<Same<Plain<ConfigSchema>, Printed<typeof config, 'schema'>>>,
  Fits<Plain<LogShow>, Printed<typeof log, 'show'>>,
  Fits<Printed<typeof log, 'show'>, Plain<LogShow>>,
  True<Same<Plain<LogShow>, Printed<typeof log, 'show'>>>,
  Fits<Plain<ApiGet>, Printed<typeof api, 'get'>>,
  Fits<Printed<typeof api, 'get'>, Plain<ApiGet>>,
  True<Same<Plain<ApiGet>, Printed<typeof api, 'get'>>>,
  Fits<Plain<ApiPost>, Printed<typeof api, 'post'>>,
  Fits<Printed<typeof api, 'post'>, Plain<ApiPost>>,
  True<Same<Plain<ApiPost>, Printed<typeof api, 'post'>>>,
  Fits<Plain<ApiPut>, Printed<typeof api, 'put'>>,
  Fits<Printed<typeof api, 'put'>, Plain<ApiPut>>,
  True<Same<Plain<ApiPut>, Printed<typeof api, 'put'>>>,
  Fits<Plain<ApiPatch>, Printed<typeof api, 'patch'>>,
  Fits<Printed<typeof api, 'patch'>, Plain<ApiPatch>>,
  True<Same<Plain<ApiPatch>, Printed<typeof api, 'patch'>>>,
  Fits<Plain<ApiDelete>, Printed<typeof api, 'delete'>>,
  Fits<Printed<typeof api, 'delete'>, Plain<ApiDelete>>,
  True<Same<Plain<ApiDelete>, Printed<typeof api, 'delete'>>>,
  Fits<Plain<ApiHead>, Printed<typeof api, 'head'>>,
  Fits<Printed<typeof api, 'head'>, Plain<ApiHead>>,
  True<Same<Plain<ApiHead>, Printed<typeof api, 'head'>>>,
  Fits<Plain<ApiOptions>, Printed<typeof api, 'options'>>,
  Fits<Printed<typeof api, 'options'>, Plain<ApiOptions>>,
  True<Same<Plain<ApiOptions>, Printed<typeof api, 'options'>>>,
  Fits<Plain<ApiGraphql>, Printed<typeof api, 'graphql'>>,
  Fits<Printed<typeof api, 'graphql'>, Plain<ApiGraphql>>,
  True<Same<Plain<ApiGraphql>, Printed<typeof api, 'graphql'>>>,
  Fits<Plain<AuthStatus>, Printed<typeof auth, 'status'>>,
  Fits<Printed<typeof auth, 'status'>, Plain<AuthStatus>>,
  True<Same<Plain<AuthStatus>, Printed<typeof auth, 'status'>>>,
  Fits<Plain<Doctor>, Printed<typeof doctor, ''>>,
  Fits<Printed<typeof doctor, ''>, Plain<Doctor>>,
  True<Same<Plain<Doctor>, Printed<typeof doctor, ''>>>,
  Fits<Plain<Script>, Printed<typeof script, ''>>,
  Fits<Printed<typeof script, ''>, Plain<Script>>,
  True<Same<Plain<Script>, Printed<typeof script, ''>>>,
  Fits<Plain<Shell>, Printed<typeof shell, ''>>,
  Fits<Printed<typeof shell, ''>, Plain<Shell>>,
  True<Same<Plain<Shell>, Printed<typeof shell, ''>>>,
  Fits<Plain<Man>, Printed<ReturnType<typeof man>, ''>>,
  Fits<Printed<ReturnType<typeof man>, ''>, Plain<Man>>,
  True<Same<Plain<Man>, Printed<ReturnType<typeof man>, ''>>>,
  Fits<Plain<Completion>, Printed<typeof completion, ''>>,
  Fits<Printed<typeof completion, ''>, Plain<Completion>>,
  True<Same<Plain<Completion>, Printed<typeof completion, ''>>>,
  Fits<Plain<Help>, Plain<Awaited<ReturnType<typeof helpData>>>>,
  Fits<Plain<Awaited<ReturnType<typeof helpData>>>, Plain<Help>>,
  True<Same<Plain<Help>, Plain<Awaited<ReturnType<typeof helpData>>>>>,
  Fits<Plain<ErrorDocument>, Plain<WrittenError>>,
  Fits<Plain<WrittenError>, Plain<ErrorDocument>>,
  True<Same<Plain<ErrorDocument>, Plain<WrittenError>>>,
]
