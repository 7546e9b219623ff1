import cronstrue from 'cronstrue'
import { ConfigError } from '../base/errors.js'
import type { RepoEntry } from '../config/files/repos.js'
import type { Config } from '../config/load.js'
import { type CronFields, fieldsOf, fiveFields, isEvery } from './fields.js'

/** One schedule of repos.yaml, which several entries may share. */
export interface Schedule {
  /** Five fields that every cron reads alike. */
  schedule: string
  in_words: string
  /** The number of entries in repos.yaml; a `from:` entry counts as one. */
  entries: number
}

/** When wizard must run. */
export interface SchedulePlan {
  schedules: Schedule[]
  /**
   * An hourly run for what was missed while the machine slept or was offline; null if a schedule
   * already runs hourly.
   */
  catchUp: Schedule | null
}

/**
 * Plans the runs for repos.yaml. Each run syncs everything that is due, so it does not matter which
 * schedule started it.
 *
 * @throws ConfigError if no entry has a schedule
 */
export async function planSchedules(config: Config): Promise<SchedulePlan> {
  const found = new Map<string, Schedule>()
  for (const { pullSchedule } of (await config.repos()).filter(isScheduled)) {
    const schedule = fiveFields(pullSchedule)
    const known = found.get(schedule) ?? { schedule, in_words: inWords(pullSchedule), entries: 0 }
    found.set(schedule, { ...known, entries: known.entries + 1 })
  }
  if (found.size === 0) throw nothingScheduled(config, await config.repos())
  const schedules = [...found.values()].sort((one, other) =>
    one.schedule < other.schedule ? -1 : 1,
  )
  return { schedules, catchUp: catchUpFor(schedules.map(({ schedule }) => fieldsOf(schedule))) }
}

/** Whether any entry falls due by itself. @throws ConfigError */
export const hasSchedules = async (config: Config): Promise<boolean> =>
  (await config.repos()).some(isScheduled)

const isScheduled = (entry: RepoEntry): entry is RepoEntry & { pullSchedule: string } =>
  entry.autoPull && entry.pullSchedule !== undefined

function nothingScheduled(config: Config, entries: RepoEntry[]): ConfigError {
  const file = config.fileFor('repos')
  const idle = entries.find(({ pullSchedule }) => pullSchedule !== undefined)
  if (idle) {
    const { line, column } = idle.position
    return new ConfigError(
      `${file}:${line}:${column}: it has a pull_schedule, and auto_pull: false`,
      {
        hint: 'auto_pull: false excludes an entry from every run without a target; remove one of the two',
      },
    )
  }
  return new ConfigError(`${file}: no entry has a pull_schedule, so there is nothing to schedule`, {
    hint: [
      'add one, such as pull_schedule: "0 0 * * *"; ',
      { verb: ['REPO', 'ADD'] },
      ' adds a repository',
    ],
  })
}

/** Minutes when nothing else begins; not the full hour, when everybody asks. */
const quietMinutes = [17, 47, 37, 7, 27, 57]

function catchUpFor(all: CronFields[]): Schedule | null {
  if (all.some(isHourly)) return null
  const taken = new Set(all.flatMap(({ minutes }) => minutes))
  const minute = quietMinutes.find((one) => !taken.has(one)) ?? quietMinutes[0]
  return {
    schedule: `${minute} * * * *`,
    in_words: 'every hour, to catch up on what was missed while the machine slept or was offline',
    entries: 0,
  }
}

const isHourly = (fields: CronFields) =>
  (['hours', 'days', 'months', 'weekdays'] as const).every((name) => isEvery(fields, name))

/** In the order for a scheduler's file. */
export const allOf = ({ schedules, catchUp }: SchedulePlan): Schedule[] =>
  catchUp === null ? schedules : [...schedules, catchUp]

/** Describes a schedule in words: `every day at 00:00`. */
export function inWords(schedule: string): string {
  const fields = schedule.trim().toLowerCase().replace(/\s+/g, ' ')
  const text = cronstrue.toString(fields, { use24HourTimeFormat: true })
  const said = text.slice(0, 1).toLowerCase() + text.slice(1)
  return /^at [\d:]+$/.test(said) ? `every day ${said}` : said
}
