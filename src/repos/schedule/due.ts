import { Cron } from 'croner'
import { isSameName } from '../../base/names/repository.js'
import type { SourceEntry } from '../../config/files/repos.js'
import { hasClone } from '../inspect.js'
import type { SyncState } from '../state.js'
import { fromMemory, type Lister } from '../targets/expand.js'

/**
 * Whether a schedule, in local time, fell due since the last attempt. Without an attempt it is due.
 * An attempt in the future means that the clock was set back, so it is due as well.
 */
export type IsDue = (schedule: string, lastAttempt: number | null) => boolean

/** For one moment: many repositories share a few schedules, so each schedule is computed once. */
export function dueAt(now: number): IsDue {
  const lastDue = new Map<string, number>()
  return (schedule, lastAttempt) => {
    if (lastAttempt === null || lastAttempt > now) return true
    const known = lastDue.get(schedule) ?? lastTimeOf(schedule, now)
    lastDue.set(schedule, known)
    return known > lastAttempt
  }
}

/** The last time that it fell due, including this second; 0: never yet. */
function lastTimeOf(schedule: string, now: number): number {
  const [last] = new Cron(schedule, { paused: true }).previousRuns(1, new Date(now + 1000))
  return last?.getTime() ?? 0
}

/** When it falls due next, in milliseconds since 1970; null: never. */
export const nextTimeOf = (schedule: string, after: number): number | null =>
  new Cron(schedule, { paused: true }).nextRun(new Date(after))?.getTime() ?? null

/**
 * For `--due`: lists a `from:` entry again if it is due, or if one of its clones is missing.
 * Otherwise the result of an earlier run is enough, so that a run with nothing due sends no
 * request.
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
    .filter(([, { source }]) => source !== null && isSameName(source, from))
    .map(([path, { last_attempt }]) => ({ path, attempt: last_attempt ?? 0 }))
