import { join, resolve } from 'node:path'
import type { z } from 'zod'
import { ConfigError } from '../errors.js'
import { fromText } from './convert.js'
import type { ConfigDocument } from './document.js'
import { type Folder, userFolders, type Variables } from './folder.js'
import { apiOfHost, gitUrlOf, withoutSlash } from './hosts.js'
import { explain } from './issues.js'
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

interface Filler {
  text: string | undefined
  source: Source
}

class Picker {
  readonly sources: Record<string, Source> = {}
  private readonly from: SettingsRequest

  constructor(from: SettingsRequest) {
    this.from = from
  }

  overridden(name: string): boolean {
    return Boolean(this.from.request.env[name])
  }

  /** Where a value was found by other means. */
  note(key: string, source: Source | undefined): void {
    if (source) this.sources[key] = source
  }

  /** A variable that fills in for the file, from `.env` too where that may name it. */
  variable(
    name: string,
    reach: 'environment' | 'env-file' = 'environment',
    change = (text: string) => text,
  ): Filler {
    const { request, variables } = this.from
    const here = request.env[name]
    if (here) return { text: change(here), source: { from: 'variable', name } }
    const own = reach === 'env-file' ? variables?.own[name] : undefined
    const source: Source = { from: 'env-file', name, file: variables?.file ?? '' }
    return { text: own ? change(own) : undefined, source }
  }

  pick<T>(key: string, schema: z.ZodType<T>, override: string, fillers: Filler[] = []): T {
    const { request, file } = this.from
    const text = request.env[override]
    if (text) return this.take(key, schema, { text, source: { from: 'variable', name: override } })
    const path = key.split('.')
    const source = file?.source(path)
    const value = path.reduce<unknown>(
      (at, step) => (at as Record<string, unknown>)?.[step],
      file?.value,
    )
    if (source && value != null) {
      this.sources[key] = source
      return value as T
    }
    const filler = fillers.find((one) => one.text)
    if (filler) return this.take(key, schema, filler)
    this.sources[key] = { from: 'default' }
    return schema.parse(undefined)
  }

  private take<T>(key: string, schema: z.ZodType<T>, { text, source }: Filler): T {
    this.sources[key] = source
    const first = schema.safeParse(text, { error: explain })
    if (first.success) return first.data
    const [issue] = first.error.issues
    const expected = issue?.code === 'invalid_type' ? issue.expected : ''
    const second = schema.safeParse(fromText(text, expected) ?? text, { error: explain })
    if (second.success) return second.data
    const name = 'name' in source ? source.name : key
    throw new ConfigError(`${name}: ${second.error.issues[0]?.message}`, {
      hint: `it stands for ${key} in github.yaml`,
    })
  }
}
