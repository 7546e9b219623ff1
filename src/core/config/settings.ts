import { join, resolve } from 'node:path'
import type { ConfigDocument } from './document.js'
import { type Folder, userFolders, type Variables } from './folder.js'
import { apiOfHost, gitUrlOf, withoutSlash } from './hosts.js'
import { Picker } from './picker.js'
import { resolveInside, rootOf } from './root.js'
import { type GitHubFile, githubFile, githubKeys } from './schema/github.js'
import type { ConfigRequest, GitHubConfig, Source } from './types.js'

/** What github.yaml, the environment and the flags say together. */
export interface Settings {
  github: GitHubConfig
  root: string
  logsDir: string
  logsKeepDays: number
  sources: Record<string, Source>
}

export interface SettingsRequest {
  request: ConfigRequest
  folder: Folder | null
  /** github.yaml, where it is there. */
  file: ConfigDocument<GitHubFile> | null
  variables: Variables | null
}

/**
 * Each value from the first that has it: a flag, its WIZARD_ variable, the file, what fills in for the file, the default.
 *
 * @throws ConfigError for a variable with a wrong value; PathError for logs that leave ROOT.
 */
export function readSettings(from: SettingsRequest): Settings {
  const picker = new Picker(from)
  const github = readGitHub(picker, from)
  const root = readRoot(picker, from)
  const logsDir = readLogs(picker, from, root)
  const top = githubFile.shape
  const logsKeepDays = picker.pick('logs_keep_days', top.logs_keep_days, 'WIZARD_LOGS_KEEP_DAYS')
  return { github, root, logsDir, logsKeepDays, sources: picker.sources }
}

function readGitHub(picker: Picker, { folder, file }: SettingsRequest): GitHubConfig {
  const keys = githubKeys.shape
  const app = picker.overridden('WIZARD_TOKEN') ? null : (file?.value.github?.app ?? null)
  if (app) picker.note('github.app', file?.source(['github', 'app']))
  const token = picker.pick(
    'github.token',
    keys.token,
    'WIZARD_TOKEN',
    app ? [] : [picker.variable('GH_TOKEN'), picker.variable('GITHUB_TOKEN', 'env-file')],
  )
  const baseUrl = normal(
    picker.pick('github.base_url', keys.base_url, 'WIZARD_BASE_URL', [
      picker.variable('GITHUB_API_URL'),
      picker.variable('GH_HOST', 'environment', apiOfHost),
    ]) ?? 'https://api.github.com',
  )
  const gitUrl = picker.pick('github.git_url', keys.git_url, 'WIZARD_GIT_URL')
  return {
    token: token ?? null,
    app: app && {
      id: app.id,
      privateKey: resolve(folder?.dir ?? '', app.private_key),
      installation: app.installation,
    },
    owner:
      picker.pick('github.owner', keys.owner, 'WIZARD_OWNER', [
        picker.variable('GITHUB_OWNER', 'env-file'),
      ]) ?? null,
    baseUrl,
    gitUrl: gitUrl == null ? gitUrlOf(baseUrl) : normal(gitUrl),
    timeout: picker.pick('github.timeout', keys.timeout, 'WIZARD_TIMEOUT'),
    retryAttempts: picker.pick(
      'github.retry_attempts',
      keys.retry_attempts,
      'WIZARD_RETRY_ATTEMPTS',
    ),
    proxy: picker.pick('github.proxy', keys.proxy, 'WIZARD_PROXY') ?? null,
    concurrency: picker.pick('github.concurrency', keys.concurrency, 'WIZARD_CONCURRENCY'),
  }
}

/** As the URL parser writes it, so that what was judged is what is used. */
const normal = (address: string) => withoutSlash(new URL(address).href)

function readRoot(picker: Picker, { request, folder, file }: SettingsRequest): string {
  const { cwd, env, flags } = request
  const own = folder === null || folder.origin === 'user'
  const usual = own ? userFolders(request).data : rootOf(folder.dir)
  if (flags?.root) {
    picker.note('root', { from: 'flag', name: '--root' })
    return resolve(cwd, flags.root)
  }
  if (env.WIZARD_ROOT) {
    picker.note('root', { from: 'variable', name: 'WIZARD_ROOT' })
    return resolve(cwd, env.WIZARD_ROOT)
  }
  picker.note('root', file?.source(['root']) ?? { from: 'default' })
  return resolve(usual, file?.value.root ?? '')
}

function readLogs(
  picker: Picker,
  { request, folder, file }: SettingsRequest,
  root: string,
): string {
  const logs = picker.pick('logs', githubFile.shape.logs, 'WIZARD_LOGS')
  if (picker.overridden('WIZARD_LOGS')) return resolve(request.cwd, logs)
  if (folder === null && picker.sources.root?.from === 'default') {
    return join(userFolders(request).state, 'logs')
  }
  return file === null ? resolveInside(root, logs) : file.inside(root, ['logs'], logs)
}
