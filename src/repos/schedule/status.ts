import { fullNameOf } from '../../base/names/repository.js'
import type { RepoEntry } from '../../config/files/repos.js'
import { inWords } from '../../schedules/plan.js'
import type { SyncState } from '../state.js'
import type { SyncTarget } from '../targets/sync-target.js'
import { dueAt, nextTimeOf } from './due.js'

/** When a repository was pulled, and when it is due; times are ISO 8601, UTC. */
export interface ScheduleStatus {
  repo: string
  group: string | null
  /** Absolute. */
  path: string
  /** null: it has no schedule. */
  pull_schedule: string | null
  /** `every day at 00:00` */
  in_words: string | null
  /** The last attempt to pull, whatever its result. */
  last_attempt: string | null
  last_pull: string | null
  /** In the past if it is overdue; now if it was never tried. */
  next_due: string | null
  /** Whether it fell due and was not tried since. */
  overdue: boolean
}

/** Includes repositories without a schedule; sends no request. */
export function schedulesOf(state: SyncState, all: SyncTarget[], now: number): ScheduleStatus[] {
  const isDue = dueAt(now)
  const words = remembering(inWords)
  const following = remembering((schedule) => nextTimeOf(schedule, now))
  return all.map((wanted) => {
    const { last_attempt = null, last_pull = null } = state.get(wanted.path) ?? {}
    const schedule = wanted.autoPull ? (wanted.pullSchedule ?? null) : null
    const overdue = schedule !== null && isDue(schedule, last_attempt)
    const next =
      schedule === null
        ? null
        : overdue
          ? missedTime(schedule, last_attempt, now)
          : following(schedule)
    return {
      repo: fullNameOf(wanted),
      group: wanted.group,
      path: wanted.path,
      pull_schedule: schedule,
      in_words: schedule === null ? null : words(schedule),
      last_attempt: iso(last_attempt),
      last_pull: iso(last_pull),
      next_due: iso(next),
      overdue,
    }
  })
}

/** `owner/*` for each `from:` entry that no run has listed yet. */
export const neverListed = (
  entries: RepoEntry[],
  known: SyncTarget[],
  root: string,
): SyncTarget[] =>
  entries.flatMap((entry) =>
    entry.kind === 'repository' || known.some(({ source }) => source === entry.from)
      ? []
      : [{ ...entry, owner: entry.from, repo: '*', path: root, source: entry.from }],
  )

/** The first time that was missed. */
function missedTime(schedule: string, lastAttempt: number | null, now: number): number {
  if (lastAttempt === null || lastAttempt > now) return now
  return nextTimeOf(schedule, lastAttempt) ?? now
}

const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString())

/** Thousands of repositories share a few schedules, so results are kept. */
function remembering<T>(find: (schedule: string) => T): (schedule: string) => T {
  const known = new Map<string, T>()
  return (schedule) => {
    const found = known.has(schedule) ? (known.get(schedule) as T) : find(schedule)
    known.set(schedule, found)
    return found
  }
}
