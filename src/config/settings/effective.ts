import type { WizardError } from '../../base/errors.js'
import { proxyFromEnvironment } from '../../base/proxy.js'
import { looksSecret, mask, maskCredentials } from '../../base/redact.js'
import { usualDestination } from '../files/destinations.js'
import {
  type ConfigFolder,
  type ConfigRequest,
  configFileNames,
  findFolder,
  type Variables,
} from '../locate/folder.js'
import { type FolderSource, openFolder } from '../locate/folder-source.js'
import { fileSchemas } from '../schema/index.js'
import { collectProblems } from '../validate.js'
import type { ConfigDocument } from '../yaml/document.js'
import { formatKeyPath, type Path, type Source } from '../yaml/place.js'
import { readSettings, type Settings } from './settings.js'

export type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain }

/** An effective value and its source. */
export interface EffectiveValue {
  /** `github.owner`, `repos.tools[0].branch`. */
  key: string
  /** `***` replaces a secret. */
  value: Plain
  source: Source
}

export interface Effective {
  values: EffectiveValue[]
  /** Errors of files that can't be read; their values are missing. */
  problems: WizardError[]
  /** Files that could be the configuration too, and are not read, absolute. */
  passedOver: readonly string[]
}

/**
 * Every value of all files, the environment and the flags, as far as they can be read. Sends no
 * request.
 */
export async function effectiveValues(request: ConfigRequest): Promise<Effective> {
  const problems: WizardError[] = []
  const folder = (await collectProblems(problems, () => findFolder(request))) ?? null
  const source = await collectProblems(problems, () => openFolder(folder, request))
  const values = await settingValues(problems, request, { folder, source })
  for (const name of configFileNames) {
    if (name === 'github' || source === undefined) continue
    const document = await collectProblems(problems, () => source.read(name))
    if (document) for (const one of documentValues(document)) values.push(one)
    if (document && name === 'webhooks') fillSecret(values, request, source.variables)
    if (document === null && name === 'plugins') values.push(...pluginDefaults())
  }
  return { values, problems, passedOver: folder?.passedOver ?? [] }
}

/** The values of github.yaml and of its overrides. If the file is invalid, only the overrides. */
async function settingValues(
  problems: WizardError[],
  request: ConfigRequest,
  { folder, source }: { folder: ConfigFolder | null; source: FolderSource | undefined },
): Promise<EffectiveValue[]> {
  const file = source && (await collectProblems(problems, () => source.read('github')))
  const from = { request, folder, file: file ?? null, variables: source?.variables ?? null }
  const settings = await collectProblems(problems, () => readSettings(from))
  if (!settings) return []
  const found = valuesOf(settings)
  const proxy = found.find(({ key, value }) => key === 'github.proxy' && value === null)
  const variable = await collectProblems(problems, () =>
    proxyFromEnvironment(request.env, new URL(settings.github.baseUrl)),
  )
  if (proxy && variable) {
    proxy.value = maskCredentials(variable.url.href)
    proxy.source = { from: 'variable', name: variable.name }
  }
  return file === undefined ? found.filter(({ source }) => source.from !== 'default') : found
}

function valuesOf({
  github,
  gitEngine,
  root,
  logsDir,
  logsKeepDays,
  sources,
}: Settings): EffectiveValue[] {
  const value = (key: string, plain: Plain, from = key): EffectiveValue => ({
    key,
    value: typeof plain === 'string' ? maskCredentials(plain) : plain,
    source: sources[from] ?? { from: 'default' },
  })
  const app = github.app
  return [
    value('github.token', github.token === null ? null : mask),
    ...(app === null
      ? []
      : [
          value('github.app.id', app.id, 'github.app'),
          value('github.app.private_key', app.privateKey, 'github.app'),
          value('github.app.installation', app.installation, 'github.app'),
        ]),
    value('github.owner', github.owner),
    value('github.base_url', github.baseUrl),
    value('github.git_url', github.gitUrl),
    value('github.timeout', github.timeout),
    value('github.retry_attempts', github.retryAttempts),
    value('github.proxy', github.proxy),
    value('github.concurrency', github.concurrency),
    value('git.engine', gitEngine),
    value('root', root),
    value('logs', logsDir),
    value('logs_keep_days', logsKeepDays),
  ]
}

/** GITHUB_WEBHOOK_SECRET, used if the file has no secret. */
function fillSecret(
  values: EffectiveValue[],
  request: ConfigRequest,
  variables: Variables | null,
): void {
  if (values.some(({ key, value }) => key === 'webhooks.secret' && value !== null)) return
  const name = 'GITHUB_WEBHOOK_SECRET'
  const source: Source | null = request.env[name]
    ? { from: 'variable', name }
    : variables?.own[name]
      ? { from: 'env-file', name, file: variables.file }
      : null
  if (source) values.push({ key: 'webhooks.secret', value: mask, source })
}

const pluginDefaults = (): EffectiveValue[] =>
  documentValues({
    value: fileSchemas.plugins.parse({ plugins: {} }),
    source: () => undefined,
  })

/** The values of a file, one per key; a list of plain values counts as one. */
export function documentValues(
  document: Pick<ConfigDocument<unknown>, 'value' | 'source'>,
): EffectiveValue[] {
  const sourceOf = (path: Path): Source => document.source(path) ?? { from: 'default' }
  const isSecret = (path: Path, value: unknown): boolean =>
    isSecretKey(path) ||
    cameFromSecret(sourceOf(path)) ||
    (Array.isArray(value) && value.some((_, index) => isSecret([...path, index], undefined)))
  return leaves(document.value, []).map(({ path, value }) => ({
    key: formatKeyPath(path),
    value: isSecret(path, value) ? mask : hidden(value),
    source: sourceOf(path),
  }))
}

interface Leaf {
  path: Path
  value: Plain
}

function leaves(value: unknown, path: Path): Leaf[] {
  if (value === undefined) return []
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
  const isListOfMaps = Array.isArray(value) && value.some((one) => typeof one === 'object')
  if (isListOfMaps) return value.flatMap((one, index) => leaves(one, [...path, index]))
  if (!isMap) return [{ path, value: value as Plain }]
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  if (entries.length === 0) return [{ path, value: {} }]
  const own = entries.flatMap(([key, one]) => leaves(one, [...path, key]))
  const isEntry = path[0] === 'repos' && path.length === 3
  if (!isEntry || 'destination' in value) return own
  return [...own, { path: [...path, 'destination'], value: usualDestination }]
}

/** Keys that hold credentials, and those of a handler's payload that may. */
function isSecretKey(path: Path): boolean {
  const [top, key] = path
  if (top === 'webhooks' && key === 'secret') return true
  return path.includes('payload') && looksSecret(String(path.at(-1)))
}

/** A value is hidden wherever it is, if it came from a variable with a secret-like name. */
const cameFromSecret = (source: Source): boolean =>
  source.from === 'file' && source.variables.some(looksSecret)

/** Hides everything that looks like a credential, such as the user part of an address. */
function hidden(value: Plain): Plain {
  if (typeof value === 'string') return maskCredentials(value)
  if (Array.isArray(value)) return value.map(hidden)
  return value
}
