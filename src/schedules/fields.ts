/** The fields of a cron expression as lists of numbers; Sunday is 0. */
export interface CronFields {
  minutes: number[]
  hours: number[]
  days: number[]
  months: number[]
  weekdays: number[]
}

const nicknames: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

const monthNames = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const weekdayNames = 'sun mon tue wed thu fri sat'.split(' ')

/**
 * Normalises a valid schedule to five fields that every scheduler reads alike: nicknames are
 * expanded, Sunday is 0. If both a day of the month and a weekday are given, either one matches.
 * But some schedulers require both if one of the fields begins with a star, so such a field is
 * expanded to numbers.
 */
export function fiveFields(schedule: string): string {
  const [minute, hour, day = '*', month, weekday = '*'] = split(schedule)
  const { days, weekdays } = fieldsOf(schedule)
  const isEither = day !== '*' && weekday !== '*'
  const isPlainDay = !isEither || !day.includes('*')
  // `fri-sun` ends at a 7 to people, at a 0 to cron: it takes the days that follow, or never runs.
  const isPlainWeekday = !/7|-(?:0|sun)/.test(weekday) && (!isEither || !weekday.includes('*'))
  return [
    ...[minute, hour, isPlainDay ? day : days.join(','), month],
    isPlainWeekday ? weekday : weekdays.join(','),
  ]
    .join(' ')
    .toUpperCase()
}

function split(schedule: string): string[] {
  const text = schedule.trim().toLowerCase()
  return (nicknames[text] ?? text).split(/\s+/)
}

export function fieldsOf(schedule: string): CronFields {
  const [minute, hour, day, month, weekday] = split(schedule)
  const weekdays = expand(weekday, 0, 7, weekdayNames).map((value) => value % 7)
  return {
    minutes: expand(minute, 0, 59),
    hours: expand(hour, 0, 23),
    days: expand(day, 1, 31),
    // January is 1.
    months: expand(month, 1, 12, ['', ...monthNames]),
    weekdays: [...new Set(weekdays)].sort((one, other) => one - other),
  }
}

/** `1,3-5,10-20/5` or names; a step follows only a range or a star. A week's range may end on Sunday. */
function expand(field = '*', min: number, max: number, names: string[] = []): number[] {
  const numberOf = (text: string) => (/^\d+$/.test(text) ? Number(text) : names.indexOf(text))
  const values = new Set<number>()
  for (const part of field.split(',')) {
    const [range = '*', step = '1'] = part.split('/')
    const [from, to = from] = range === '*' ? [min, max] : range.split('-').map(numberOf)
    const end = to === 0 && (from ?? 0) > 0 ? max : (to ?? max)
    for (let value = from ?? min; value <= end; value += Number(step)) values.add(value)
  }
  return [...values].sort((one, other) => one - other)
}

const spans = { minutes: 60, hours: 24, days: 31, months: 12, weekdays: 7 }

/** Whether a field matches every value. */
export const isEvery = (fields: CronFields, name: keyof CronFields): boolean =>
  fields[name].length === spans[name]

/** Whether both a day of the month and a weekday are restricted, so that either one matches. */
export function namesEitherDay(schedule: string): boolean {
  const [, , day, , weekday] = fiveFields(schedule).split(' ')
  return day !== '*' && weekday !== '*'
}
