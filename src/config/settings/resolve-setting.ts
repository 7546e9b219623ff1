import type { z } from 'zod/mini'
import { ConfigError } from '../../base/errors.js'
import type { ConfigFolder, ConfigRequest, Variables } from '../locate/folder.js'
import { explain } from '../schema/explain.js'
import type { GitHubFile } from '../schema/github.js'
import { fromText } from '../yaml/convert.js'
import type { ConfigDocument } from '../yaml/document.js'
import type { Source } from '../yaml/place.js'

/** The variable that overrides each key. */
export const overrides = {
  'github.token': 'WIZARD_TOKEN',
  'github.owner': 'WIZARD_OWNER',
  'github.base_url': 'WIZARD_BASE_URL',
  'github.git_url': 'WIZARD_GIT_URL',
  'github.timeout': 'WIZARD_TIMEOUT',
  'github.retry_attempts': 'WIZARD_RETRY_ATTEMPTS',
  'github.proxy': 'WIZARD_PROXY',
  'github.concurrency': 'WIZARD_CONCURRENCY',
  'git.engine': 'WIZARD_GIT_ENGINE',
  root: 'WIZARD_ROOT',
  logs: 'WIZARD_LOGS',
  logs_keep_days: 'WIZARD_LOGS_KEEP_DAYS',
} as const

export type SettingKey = keyof typeof overrides

/** The text of a value, and its source. */
interface Found {
  text: string
  source: Source
}

/** `text` is undefined if it is unset. */
type Filler = Omit<Found, 'text'> & { text: string | undefined }

/** Takes each value from its strongest source, and records which that was. */
export class SettingResolver {
  readonly sources: Record<string, Source> = {}
  private readonly from: SettingsRequest
  private readonly faults: ((details?: ConfigError[]) => ConfigError)[] = []

  constructor(from: SettingsRequest) {
    this.from = from
  }

  /** The environment's override of the file. */
  override(key: SettingKey): Found | undefined {
    const name = overrides[key]
    const text = this.from.request.env[name]
    return text ? { text, source: { from: 'variable', name } } : undefined
  }

  /** Records the source of a value that was found in another way. */
  note(key: string, source: Source | undefined): void {
    if (source) this.sources[key] = source
  }

  /** A fallback variable; it may come from `.env` if that is allowed to define it. */
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

  /**
   * @throws ConfigError for the first variable with an invalid value, with the others in its
   *   details
   */
  refuse(): void {
    const [first, ...rest] = this.faults
    if (first) throw first(rest.map((make) => make()))
  }

  /**
   * Chooses a setting's value; `value` is the file's. A variable with an invalid value counts as
   * unset until `refuse` reports it.
   */
  pick<T>(
    key: SettingKey,
    schema: z.ZodMiniType<T>,
    value: T | undefined,
    fillers: Filler[] = [],
  ): T {
    const override = this.override(key)
    if (override) return this.take(key, schema, override)
    const source = this.from.file?.source(key.split('.'))
    if (source && value != null) {
      this.sources[key] = source
      return value
    }
    const filler = fillers.find((one): one is Found => Boolean(one.text))
    if (filler) return this.take(key, schema, filler)
    this.sources[key] = { from: 'default' }
    return schema.parse(undefined)
  }

  private take<T>(key: SettingKey, schema: z.ZodMiniType<T>, { text, source }: Found): T {
    this.sources[key] = source
    const first = schema.safeParse(text, { error: explain })
    if (first.success) return first.data
    const [issue] = first.error.issues
    const expected = issue?.code === 'invalid_type' ? issue.expected : ''
    const second = schema.safeParse(fromText(text, expected) ?? text, { error: explain })
    if (second.success) return second.data
    const name = 'name' in source ? source.name : key
    const message = `${name}: ${second.error.issues[0]?.message}`
    const hint = `it replaces ${key} in github.yaml`
    this.faults.push((details) => new ConfigError(message, { hint, details }))
    return schema.parse(undefined)
  }
}

export interface SettingsRequest {
  request: ConfigRequest
  folder: ConfigFolder | null
  /** github.yaml, if it exists. */
  file: ConfigDocument<GitHubFile> | null
  variables: Variables | null
}
