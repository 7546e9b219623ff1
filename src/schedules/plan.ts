import cronstrue from 'cronstrue'
import { ConfigError } from '../base/errors.js'
import type { RepoEntry } from '../config/files/repos.js'
import type { Config } from '../config/load.js'
import { type CronFields, fieldsOf, fiveFields, isEvery } from './fields.js'
import { scheduledIn } from './run-schedules.js'
import type { ZonedSchedule } from './times.js'

/** One schedule, which several entries may share. */
export interface Schedule {
  /** Five fields that every cron reads alike. */
  schedule: string
  /** Of the IANA database; null: the machine's. */
  timezone: string | null
  in_words: string
  /**
   * The number of entries in repos.yaml, where a `from:` entry counts as one, or of workflows in
   * components.yaml.
   */
  entries: number
}

/** When one command must run. */
export interface CommandPlan {
  schedules: Schedule[]
  /**
   * An hourly run for what was missed while the machine slept or was offline; null if a schedule
   * already runs hourly.
   */
  catchUp: Schedule | null
}

/** When wizard must run: for the pulls of repos.yaml, and for the workflows of components.yaml. */
export interface SchedulePlan extends CommandPlan {
  runs: CommandPlan
}

/**
 * Plans the runs for repos.yaml and components.yaml. Each run does everything that is due, so it
 * does not matter which schedule started it.
 *
 * @throws ConfigError if nothing has a schedule
 */
export async function planSchedules(config: Config): Promise<SchedulePlan> {
  const entries = await config.repos()
  const pulls = sharedBy(
    entries.filter(isScheduled).map(({ pullSchedule: schedule }) => ({ schedule, timezone: null })),
  )
  const runs = sharedBy(scheduledIn(await config.components()))
  if (pulls.length + runs.length === 0) throw nothingScheduled(config, entries)
  const catchUp = catchUpFor(pulls, pulls)
  // At another minute than the pulls, so that the two do not start together.
  const others = [...pulls, ...runs, ...(catchUp === null ? [] : [catchUp])]
  return {
    schedules: pulls,
    catchUp,
    runs: { schedules: runs, catchUp: catchUpFor(runs, others) },
  }
}

/** Each once, in order. */
function sharedBy(all: ZonedSchedule[]): Schedule[] {
  const found = new Map<string, Schedule>()
  for (const { schedule: written, timezone } of all) {
    const schedule = fiveFields(written)
    const key = `${schedule} ${timezone ?? ''}`
    const words = inWords(written) + (timezone === null ? '' : ` in ${timezone}`)
    const known = found.get(key) ?? { schedule, timezone, in_words: words, entries: 0 }
    found.set(key, { ...known, entries: known.entries + 1 })
  }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, schedule]) => schedule)
}

/** Whether anything falls due by itself. @throws ConfigError */
export const hasSchedules = async (config: Config): Promise<boolean> =>
  (await config.repos()).some(isScheduled) || scheduledIn(await config.components()).length > 0

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
  return new ConfigError(
    `${file}: no entry has a pull_schedule, and no workflow a run_schedule, so there is nothing to schedule`,
    {
      hint: [
        'add one, such as pull_schedule: "0 0 * * *"; ',
        { verb: ['REPO', 'ADD'] },
        ' adds a repository',
      ],
    },
  )
}

/** Minutes when nothing else begins; not the full hour, when everybody asks. */
const quietMinutes = [17, 47, 37, 7, 27, 57]

function catchUpFor(own: Schedule[], others: Schedule[]): Schedule | null {
  const fields = own.map(({ schedule }) => fieldsOf(schedule))
  if (own.length === 0 || fields.some(isHourly)) return null
  const taken = new Set(others.flatMap(({ schedule }) => fieldsOf(schedule).minutes))
  const minute = quietMinutes.find((one) => !taken.has(one)) ?? quietMinutes[0]
  return {
    schedule: `${minute} * * * *`,
    timezone: null,
    in_words: 'every hour, to catch up on what was missed while the machine slept or was offline',
    entries: 0,
  }
}

const isHourly = (fields: CronFields) =>
  (['hours', 'days', 'months', 'weekdays'] as const).every((name) => isEvery(fields, name))

/** In the order for a scheduler's file. */
export const allOf = ({ schedules, catchUp }: CommandPlan): Schedule[] =>
  catchUp === null ? schedules : [...schedules, catchUp]

/**
 * The same for a scheduler that knows only its own time zone: what is in another one is looked at
 * every hour, at the minutes of its schedule.
 */
export function allWithoutZones(plan: CommandPlan): Schedule[] {
  const hourly = plan.schedules.map((one) =>
    one.timezone === null
      ? one
      : {
          ...one,
          schedule: `${fieldsOf(one.schedule).minutes.join(',')} * * * *`,
          in_words: `every hour, for ${one.in_words}`,
        },
  )
  const isHourlyAnyway = plan.schedules.some(({ timezone }) => timezone !== null)
  return allOf({ schedules: hourly, catchUp: isHourlyAnyway ? null : plan.catchUp })
}

/** Describes a schedule in words: `every day at 00:00`. */
export function inWords(schedule: string): string {
  const fields = schedule.trim().toLowerCase().replace(/\s+/g, ' ')
  const text = cronstrue.toString(fields, { use24HourTimeFormat: true })
  const said = text.slice(0, 1).toLowerCase() + text.slice(1)
  return /^at [\d:]+$/.test(said) ? `every day ${said}` : said
}
