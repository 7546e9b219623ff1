import type { Environment } from '../http/dispatcher.js'

/** The files of a configuration folder, by the name that stands before `.yaml`. */
export const configFileNames = ['github', 'repos', 'components', 'webhooks', 'plugins'] as const
export type ConfigFileName = (typeof configFileNames)[number]

export interface ConfigRequest {
  /** Absolute; the search begins here, and paths in messages are told from here. */
  cwd: string
  env: Environment
  /** The user's home, for the XDG folders that are unset. */
  home: string
  flags?: { config?: string | undefined; root?: string | undefined } | undefined
}

/** Where something stands in a file; line and column count from 1, columns in UTF-16 units. */
export interface Position {
  /** Absolute. */
  file: string
  line: number
  column: number
}

/** Where a value comes from. */
export type Source =
  | { from: 'flag'; name: string }
  | { from: 'variable'; name: string }
  /** `.env` beside the files. */
  | { from: 'env-file'; name: string; file: string }
  /** `variables`: the names that `${…}` brought in. */
  | { from: 'file'; position: Position; variables: string[] }
  | { from: 'default' }

/** What a configuration says, each file but github.yaml read when it is first asked for, and once. */
export interface Config {
  /** The folder of the files, absolute; null where there is none. */
  dir: string | null
  /** False for a folder that was found by searching: it may be anybody's. */
  trusted: boolean
  /** ROOT: where destinations, logs and plugins live; absolute, and maybe not there yet. */
  root: string
  /** Absolute. */
  logsDir: string
  logsKeepDays: number
  github: GitHubConfig
  /** By dotted key: `root`, `logs`, `logs_keep_days`, `github.token` … */
  sources: Readonly<Record<string, Source>>
  /** The files that are there, absolute. */
  files: Readonly<Partial<Record<ConfigFileName, string>>>
  /** Where a file is, or would be made. */
  fileFor(name: ConfigFileName): string
  /** What repos.yaml would name if this were its text. @throws ConfigError, PathError */
  reposIn(text: string): Promise<RepoEntry[]>
  /** Empty where there is no repos.yaml. @throws ConfigError, PathError */
  repos(): Promise<RepoEntry[]>
  /** By name; empty where there is no components.yaml. @throws ConfigError */
  components(): Promise<Record<string, Component>>
  /** null where there is no webhooks.yaml. @throws ConfigError */
  webhooks(): Promise<WebhooksConfig | null>
  /** The defaults where there is no plugins.yaml. @throws ConfigError */
  plugins(): Promise<PluginsConfig>
}

export interface GitHubConfig {
  /** null: nothing names one, so `gh auth token` may be asked, or public reads go without. */
  token: string | null
  /** A GitHub App in place of a token. */
  app: GitHubApp | null
  owner: string | null
  /** Without a slash at the end, as all addresses here. */
  baseUrl: string
  gitUrl: string
  /** Seconds without progress on one request. */
  timeout: number
  retryAttempts: number
  /** null: what `*_PROXY` say. */
  proxy: string | null
  /** Repositories handled at a time. */
  concurrency: number
}

export interface GitHubApp {
  id: number
  /** Absolute. */
  privateKey: string
  installation: number
}

interface EntryOptions {
  group: string
  /** A branch, or a pin: a tag or a full commit id. undefined: the repository's default branch. */
  branch?: string | undefined
  autoPull: boolean
  /** A cron expression, in local time. */
  pullSchedule?: string | undefined
  /** Commits at clone; undefined: all. */
  depth?: number | undefined
  onDiverged: 'block' | 'backup'
  position: Position
}

/** One repository. */
export interface RepositoryEntry extends EntryOptions {
  kind: 'repository'
  owner: string
  repo: string
  /** Absolute, inside ROOT. */
  destination: string
}

/** Every repository of an organisation or user that passes the filters. */
export interface SourceEntry extends EntryOptions {
  kind: 'source'
  from: string
  /** Globs over names, any of which must match. */
  match: string[]
  /** Globs over names, none of which may match. */
  exclude: string[]
  /** Topics, any of which a repository must have; empty: no matter. */
  topics: string[]
  /** undefined: no matter, as for the two below. */
  visibility?: 'public' | 'private' | 'internal' | undefined
  archived?: boolean | undefined
  forks?: boolean | undefined
  /** With `{repo}`, maybe `{owner}` and `{group}`: see expandDestination. */
  destination: string
}

export type RepoEntry = RepositoryEntry | SourceEntry

export interface Component {
  name: string
  owner: string
  repo: string
  /** The folder in the repository, without a slash at either end; `.` for its top. */
  path: string
  /** From the repository's top. */
  versionFile: string | null
  /** With `{version}`. */
  tag: string
  /** File, id or display name, by the name it goes by here. */
  workflows: Record<string, string>
  release: ReleaseConfig
  position: Position
}

export interface ReleaseConfig {
  /** Shell lines, in order, in the component's folder. */
  build: string[]
  /** Globs from the component's folder. */
  artifacts: string[]
  /** File names by algorithm, `{artifact}` for one beside each; empty: none. */
  checksums: Partial<Record<ChecksumAlgorithm, string>>
  sign: SignCommand[]
  /** Names of variables that `build` and `sign` see beside the usual ones. */
  env: string[]
}

export type ChecksumAlgorithm = 'sha256' | 'md5'

export interface SignCommand {
  cmd: string
  /** With `{artifact}` and `{signature}`. */
  args: string[]
  /** The signature's file name, with `{artifact}`. */
  signature: string
  artifacts: 'checksum' | 'all'
}

export interface WebhooksConfig {
  enabled: boolean
  /** More than one while a secret is being rotated. */
  secrets: string[]
  events: string[]
  /** `owner/repo`: deliveries of others are refused. */
  repositories: string[]
  /** Whether pull requests from forks are handled. */
  forks: boolean
  /** By `event`, `event:branch` or `event:action`. */
  handlers: Record<string, WebhookStep[]>
}

export type WebhookStep =
  | { action: 'exec'; exec: string[]; position: Position }
  | { action: WebhookAction; payload: Record<string, unknown>; position: Position }

export type WebhookAction =
  | 'run_tests'
  | 'run_workflow'
  | 'sync_repo'
  | 'sync_release'
  | 'publish_release'

export interface PluginsConfig {
  topic: string
  owners: string[]
  index: PluginIndex[]
  /** What plugins' `udos_version` is checked against; null: not checked. */
  udosVersion: string | null
  requireSignatures: boolean
}

/** A file in a repository that lists plugins. */
export interface PluginIndex {
  owner: string
  repo: string
  path: string
}
