import { z } from 'zod'
import { readTextIfThere } from '../../files.js'
import { writeWhole } from '../../whole-file.js'

const known = z.object({
  enabled: z.boolean().default(true),
  pinned: z.boolean().default(false),
  /** What GitHub had when it was last asked. */
  latest: z.object({ tag: z.string(), version: z.string().nullable() }).nullable().default(null),
})

const stateFile = z.object({ version: z.literal(1), plugins: z.record(z.string(), known) })

export type PluginState = z.output<typeof known>

/** Outside the plugins' own files, so that it survives their updates. */
export type PluginStates = Map<string, PluginState>

export const stateOf = (states: PluginStates, id: string): PluginState =>
  states.get(id) ?? known.parse({})

/** Losing it costs what is switched off and pinned, so that is told. */
export function readStates(path: string, warn: (message: string) => void): PluginStates {
  const text = readTextIfThere(path)
  if (text === null) return new Map()
  try {
    return new Map(Object.entries(stateFile.parse(JSON.parse(text)).plugins))
  } catch {
    warn(`${path} can't be read: every plugin counts as enabled, and none as pinned`)
    return new Map()
  }
}

export async function writeStates(path: string, states: PluginStates): Promise<void> {
  const state = { version: 1, plugins: Object.fromEntries(states) }
  await writeWhole(path, `${JSON.stringify(state, null, 2)}\n`)
}
