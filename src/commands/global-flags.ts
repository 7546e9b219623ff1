import type { FlagSpecs, Flags } from './verb.js'

/** The flags every verb takes, before or after the noun. */
export const globalFlags = {
  json: { type: 'boolean', summary: 'one JSON document on stdout' },
  quiet: { type: 'boolean', short: 'q', summary: 'nothing on success but the result itself' },
  verbose: { type: 'boolean', short: 'v', summary: 'each request on stderr, secrets redacted' },
  'no-color': { type: 'boolean', summary: 'no colour' },
  config: { type: 'text', value: 'DIR', summary: 'the folder of the configuration files' },
  root: { type: 'text', value: 'DIR', summary: 'where destinations, logs and plugins live' },
  timeout: { type: 'seconds', value: 'S', summary: 'the whole command ends after S seconds' },
  yes: { type: 'boolean', short: 'y', summary: 'ask no questions' },
} as const satisfies FlagSpecs

export type GlobalFlags = Flags<typeof globalFlags>
