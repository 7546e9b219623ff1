import { join, resolve } from 'node:path'
import { apiOfHost, defaultBaseUrl, gitUrlOf, withoutSlash } from '../../base/names/host.js'
import { besideFiles, userFolders } from '../locate/folder.js'
import { resolveInside, rootOf } from '../locate/root.js'
import { type GitHubFile, githubFile, githubKeys, gitKeys } from '../schema/github.js'
import type { Source } from '../yaml/place.js'
import { SettingResolver, type SettingsRequest } from './resolve-setting.js'

/** The combined settings of github.yaml, the environment and the flags. */
export interface Settings {
  github: GitHubConfig
  /** What fetches and stores the objects of clones and pulls. */
  gitEngine: 'wizard' | 'isomorphic-git'
  root: string
  logsDir: string
  logsKeepDays: number
  sources: Record<string, Source>
}

/**
 * Takes each value from its first source: a flag, its WIZARD_ variable, the file, a fallback
 * variable, the default.
 *
 * @throws ConfigError for a variable with an invalid value; PathError for logs outside ROOT
 */
export function readSettings(from: SettingsRequest): Settings {
  const picker = new SettingResolver(from)
  const github = readGitHub(picker, from)
  const engine = gitKeys.shape.engine
  const gitEngine = picker.pick('git.engine', engine, from.file?.value.git?.engine)
  const root = readRoot(picker, from)
  const logsDir = readLogs(picker, from, root)
  const days = githubFile.shape.logs_keep_days
  const logsKeepDays = picker.pick('logs_keep_days', days, from.file?.value.logs_keep_days)
  picker.refuse()
  return { github, gitEngine, root, logsDir, logsKeepDays, sources: picker.sources }
}

function readGitHub(picker: SettingResolver, { folder, file }: SettingsRequest): GitHubConfig {
  const keys = githubKeys.shape
  const values = file?.value.github
  const app = picker.override('github.token') ? null : (values?.app ?? null)
  if (app) picker.note('github.app', file?.source(['github', 'app']))
  const tokens = [picker.variable('GH_TOKEN'), picker.variable('GITHUB_TOKEN', 'env-file')]
  const owners = [picker.variable('GITHUB_OWNER', 'env-file')]
  const proxy = picker.pick('github.proxy', keys.proxy, values?.proxy)
  return {
    token: picker.pick('github.token', keys.token, values?.token, app ? [] : tokens) ?? null,
    app: app && {
      id: app.id,
      privateKey: resolve(folder ? besideFiles(folder) : '', app.private_key),
      installation: app.installation,
    },
    owner: picker.pick('github.owner', keys.owner, values?.owner, owners) ?? null,
    ...readAddresses(picker, values),
    timeout: picker.pick('github.timeout', keys.timeout, values?.timeout),
    retryAttempts: picker.pick(
      'github.retry_attempts',
      keys.retry_attempts,
      values?.retry_attempts,
    ),
    proxy: proxy ?? null,
    concurrency: picker.pick('github.concurrency', keys.concurrency, values?.concurrency),
  }
}

function readAddresses(picker: SettingResolver, values: GitHubFile['github']) {
  const keys = githubKeys.shape
  const api = picker.pick('github.base_url', keys.base_url, values?.base_url, [
    picker.variable('GITHUB_API_URL', 'env-file'),
    picker.variable('GH_HOST', 'environment', apiOfHost),
  ])
  const baseUrl = normal(api ?? defaultBaseUrl)
  const gitUrl = picker.pick('github.git_url', keys.git_url, values?.git_url)
  return { baseUrl, gitUrl: gitUrl == null ? gitUrlOf(baseUrl) : normal(gitUrl) }
}

/** As the URL parser writes it, so that the checked address is the one in use. */
const normal = (address: string) => withoutSlash(new URL(address).href)

function readRoot(picker: SettingResolver, { request, folder, file }: SettingsRequest): string {
  const { cwd, flags } = request
  const override = flags?.root
    ? { text: flags.root, source: { from: 'flag', name: '--root' } as const }
    : picker.override('root')
  picker.note('root', override?.source ?? file?.source(['root']) ?? { from: 'default' })
  if (override) return resolve(cwd, override.text)
  const own = folder === null || (folder.origin === 'user' && folder.single === null)
  const usual = own ? userFolders(request).data : rootOf(folder)
  return resolve(usual, file?.value.root ?? '')
}

function readLogs(
  picker: SettingResolver,
  { request, folder, file }: SettingsRequest,
  root: string,
): string {
  const logs = picker.pick('logs', githubFile.shape.logs, file?.value.logs)
  if (picker.override('logs')) return resolve(request.cwd, logs)
  if (folder === null && picker.sources.root?.from === 'default') {
    return join(userFolders(request).state, 'logs')
  }
  return file === null ? resolveInside(root, logs) : file.inside(root, ['logs'], logs)
}

export interface GitHubConfig {
  /** null: no setting has one, so wizard may ask `gh auth token`, or read public data without. */
  token: string | null
  /** A GitHub App instead of a token. */
  app: GitHubApp | null
  owner: string | null
  /** Without a trailing slash, like all addresses here. */
  baseUrl: string
  gitUrl: string
  /** Seconds without progress on one request. */
  timeout: number
  retryAttempts: number
  /** null: use the `*_PROXY` variables. */
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
