import { createHash } from 'node:crypto'
import { plainText } from '../../base/text.js'
import { type DueVerb, dueCommand, placeOfConfig, rootFlag } from '../command.js'
import { type CronFields, fieldsOf, isEvery, namesEitherDay } from '../fields.js'
import { allOf, type CommandPlan } from '../plan.js'
import type { FormatRequest, ScheduleFile } from './request.js'

const folder = '~/.config/systemd/user'

/** A user's service and its timer; one pair for the pulls, and one for the workflows. */
export function systemdUnits({ plan, config, launcher }: FormatRequest): ScheduleFile[] {
  const dir = placeOfConfig(config)
  const name = unitName(dir, rootFlag(config))
  const pairOf = (pair: { name: string; does: string; verb: DueVerb; part: CommandPlan }) =>
    pair.part.schedules.length === 0
      ? []
      : pairOfUnits({
          ...pair,
          about: `Description=wizard: ${pair.does} of ${escaped(dir)}`,
          command: dueCommand(pair.verb, launcher, config).map(quoted).join(' '),
        })
  return [
    ...pairOf({ name, does: 'due pulls', verb: 'repo sync', part: plan }),
    ...pairOf({
      name: `${name}-runs`,
      ...{ does: 'due workflows', verb: 'workflow run', part: plan.runs },
    }),
  ]
}

interface UnitPair {
  name: string
  about: string
  command: string
  part: CommandPlan
}

function pairOfUnits({ name, about, command, part }: UnitPair): ScheduleFile[] {
  const times = allOf(part).flatMap(({ schedule, timezone, in_words }) => [
    `# ${in_words}`,
    ...calendarEvents(schedule).map(
      (event) => `OnCalendar=${event}${timezone === null ? '' : ` ${timezone}`}`,
    ),
  ])
  return [
    {
      name: `${name}.service`,
      content: unit(
        ...[`# ${folder}/${name}.service`, '[Unit]', about, ''],
        ...['[Service]', 'Type=oneshot', `ExecStart=${command}`],
      ),
    },
    {
      name: `${name}.timer`,
      content: unit(
        ...[`# ${folder}/${name}.timer`, lingering, '[Unit]', about, '', '[Timer]', ...times],
        ...['# Catches up on a run that was missed while the machine was off.', 'Persistent=true'],
        ...['', '[Install]', 'WantedBy=timers.target'],
      ),
    },
  ]
}

/**
 * Readable, and unique to the folder and its root: `/x/a-b` and `/x/a/b` read the same. A unit's
 * name has at most 255 bytes: https://www.freedesktop.org/software/systemd/man/systemd.unit.html
 */
function unitName(dir: string, root: string[]): string {
  const words = dir.replaceAll(/[^A-Za-z0-9]+/g, '-').replaceAll(/^-|-$/g, '')
  const sum = createHash('sha256')
    .update([dir, ...root].join('\0'))
    .digest('hex')
  return ['wizard', words.slice(-60).replace(/^-/, ''), sum.slice(0, 8)].filter(Boolean).join('-')
}

const lingering =
  '# User units stop when you log out, unless lingering is enabled: loginctl enable-linger'

const unit = (...lines: string[]) => `${lines.join('\n')}\n`

/** A percent sign begins a specifier in any setting. */
const escaped = (text: string) => plainText(text).replaceAll('%', '%%').replaceAll('\n', ' ')

/** Quotes as in systemd.service(5): a dollar sign begins a variable. */
function quoted(word: string): string {
  const inner = word.replaceAll('%', '%%').replaceAll('$', '$$$$')
  if (/^[\w@+=:,./%-]+$/.test(inner)) return inner
  const safe = inner.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  return `"${safe}"`
}

/**
 * systemd requires both a day of the month and a weekday; if either one should match, this gives
 * two events.
 */
export function calendarEvents(schedule: string): string[] {
  const fields = fieldsOf(schedule)
  if (!namesEitherDay(schedule)) return [calendarEvent(fields)]
  const byDay = { ...fields, weekdays: [0, 1, 2, 3, 4, 5, 6] }
  const byWeekday = { ...fields, days: Array.from({ length: 31 }, (_, index) => index + 1) }
  return [calendarEvent(byDay), calendarEvent(byWeekday)]
}

const weekdayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

function calendarEvent(fields: CronFields): string {
  const weekdays = isEvery(fields, 'weekdays')
    ? ''
    : `${fields.weekdays.map((day) => weekdayNames[day]).join(',')} `
  const [minutes, hours, days, months] = (['minutes', 'hours', 'days', 'months'] as const).map(
    (name) => (isEvery(fields, name) ? '*' : fields[name].map(twoDigits).join(',')),
  )
  return `${weekdays}*-${months}-${days} ${hours}:${minutes}:00`
}

const twoDigits = (value: number) => String(value).padStart(2, '0')
