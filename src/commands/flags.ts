/** The value of a flag: none, a text, one of several texts, or a number. */
export type FlagSpec = { summary: string; short?: string } & (
  | { type: 'boolean' }
  | { type: 'text'; value: string; repeatable?: false }
  | { type: 'texts'; value: string }
  | { type: 'choice'; choices: readonly string[] }
  | { type: 'integer'; value: string; min: number; max?: number }
  | { type: 'seconds'; value: string }
)

export type FlagSpecs = Record<string, FlagSpec>

type FlagValue<S extends FlagSpec> = S extends { type: 'boolean' }
  ? boolean
  : S extends { type: 'texts' }
    ? string[]
    : S extends { type: 'integer' | 'seconds' }
      ? number | undefined
      : S extends { type: 'choice'; choices: readonly (infer C)[] }
        ? C | undefined
        : string | undefined

export type Flags<S extends FlagSpecs> = { [K in keyof S]: FlagValue<S[K]> }

/** The placeholder for a flag's value in help and messages; null for a flag without one. */
export function valueName(spec: FlagSpec): string | null {
  if (spec.type === 'boolean') return null
  return spec.type === 'choice' ? spec.choices.join('|') : spec.value
}

/** The flags of every verb, before or after the noun. */
export const globalFlags = {
  json: { type: 'boolean', summary: 'print one JSON document' },
  quiet: { type: 'boolean', short: 'q', summary: 'print nothing on success except the result' },
  verbose: { type: 'boolean', short: 'v', summary: 'show each request on stderr, without secrets' },
  'no-color': { type: 'boolean', summary: 'no colour' },
  config: { type: 'text', value: 'DIR', summary: 'the folder or file of the configuration' },
  root: { type: 'text', value: 'DIR', summary: 'where clones, logs and plugins are kept' },
  timeout: { type: 'seconds', value: 'S', summary: 'end the whole command after S seconds' },
  yes: { type: 'boolean', short: 'y', summary: 'ask no questions' },
} as const satisfies FlagSpecs

export type GlobalFlags = Flags<typeof globalFlags>
