import type { z } from 'zod'
import { ConfigError } from '../errors.js'
import { fromText } from './convert.js'
import { explain } from './issues.js'
import type { SettingsRequest } from './settings.js'
import type { Source } from './types.js'

interface Filler {
  text: string | undefined
  source: Source
}

/** Takes each value from the strongest that has it, and remembers which that was. */
export class Picker {
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
