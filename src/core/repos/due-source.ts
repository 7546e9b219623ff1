import type { SourceEntry } from '../config/types.js'
import { dueAt } from './due.js'
import { fromMemory, type Lister } from './expand.js'
import { hasClone } from './local.js'
import type { SyncState } from './state.js'
import { sameName } from './wanted.js'

/**
 * For `--due`: a `from:` entry is listed anew when it falls due, or where a clone of it is missing. Between that,
 * what an earlier run knew is enough, so that a run in which nothing is due sends no request.
 */
export function listedWhenDue(list: Lister, state: SyncState, now: number): Lister {
  const isDue = dueAt(now)
  const remembered = fromMemory(state)
  return async (entry) => {
    const known = entriesOf(state, entry)
    const newest = Math.max(...known.map(({ attempt }) => attempt))
    const schedule = entry.pullSchedule
    if (known.length === 0 || (schedule !== undefined && isDue(schedule, newest))) {
      return list(entry)
    }
    for (const { path } of known) if (!(await hasClone(path))) return list(entry)
    return remembered(entry)
  }
}

const entriesOf = (state: SyncState, { from }: SourceEntry) =>
  state
    .entries()
    .filter(([, { source }]) => source !== null && sameName(source, from))
    .map(([path, { last_attempt }]) => ({ path, attempt: last_attempt ?? 0 }))
