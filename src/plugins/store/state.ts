import { rename } from 'node:fs/promises'
import { damagedPath, writeWhole } from '../../base/fs/durable-write.js'
import { readTextIfThere } from '../../base/fs/read.js'
import { isRecord, type Json } from '../manifest/reader.js'
import type { PluginSession } from '../session.js'
import { type PluginLock, readLock } from './lock-file.js'
import { pathsOf, type StorePaths } from './paths.js'

export interface PluginState {
  enabled: boolean
  pinned: boolean
  /** GitHub's last known version. */
  latest: { tag: string; version: string | null } | null
}

/** Outside the plugins' own folders, so that it survives their updates. */
export type PluginStates = Map<string, PluginState>

const usual: PluginState = { enabled: true, pinned: false, latest: null }

export const stateOf = (states: PluginStates, id: string): PluginState => states.get(id) ?? usual

/** A damaged file loses which plugins are disabled and pinned, so it is a warning. */
export function readStates(path: string, warn: (message: string) => void): PluginStates {
  const text = readTextIfThere(path)
  if (text === null) return new Map()
  const states = statesIn(text)
  if (states === null) {
    warn(
      `can't read ${path}: every plugin counts as enabled and none as pinned; the next change keeps it as ${damagedPath(path)}`,
    )
  }
  return states ?? new Map()
}

function statesIn(text: string): PluginStates | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (!isRecord(value) || !isRecord(value.plugins)) return null
  const entries = Object.entries(value.plugins)
  if (!entries.every(([, one]) => isRecord(one))) return null
  return new Map(entries.map(([id, one]) => [id, stateIn(one as Json)]))
}

const stateIn = ({ enabled, pinned, latest }: Json): PluginState => ({
  enabled: enabled !== false,
  pinned: pinned === true,
  latest: isRecord(latest) && typeof latest.tag === 'string' ? latestIn(latest) : null,
})

const latestIn = ({ tag, version }: Json) => ({
  tag: String(tag),
  version: typeof version === 'string' ? version : null,
})

export async function writeStates(path: string, states: PluginStates): Promise<void> {
  const before = readTextIfThere(path)
  if (before !== null && statesIn(before) === null) await rename(path, damagedPath(path))
  const state = { version: 1, plugins: Object.fromEntries(states) }
  await writeWhole(path, `${JSON.stringify(state, null, 2)}\n`)
}

/** Reads what is installed, without the lock. */
export function readStore({ config, emit }: Pick<PluginSession, 'config' | 'emit'>): {
  lock: PluginLock
  states: PluginStates
  paths: StorePaths
} {
  const paths = pathsOf(config.root)
  const warn = (message: string) => emit({ type: 'warning', message })
  return { paths, lock: readLock(paths.lockFile), states: readStates(paths.state, warn) }
}
