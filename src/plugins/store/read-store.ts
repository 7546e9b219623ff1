import type { PluginSession } from '../types.js'
import { type PluginLock, readLock } from './lock-file.js'
import { pathsOf, type StorePaths } from './paths.js'
import { type PluginStates, readStates } from './state.js'

/** What is installed, to look at without the lock. */
export function readStore({ config, emit }: Pick<PluginSession, 'config' | 'emit'>): {
  lock: PluginLock
  states: PluginStates
  paths: StorePaths
} {
  const paths = pathsOf(config.root)
  const warn = (message: string) => emit({ type: 'warning', message })
  return { paths, lock: readLock(paths.lockFile), states: readStates(paths.state, warn) }
}
