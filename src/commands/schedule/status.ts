import { formatSpan } from '../../base/clock.js'
import type { ScheduleStatus } from '../../repos/schedule/status.js'
import type { CrontabState } from '../../schedules/cron/install.js'
import { localFormat } from '../../terminal/times.js'
import { defineVerb } from '../verb.js'

export const status = defineVerb({
  name: 'status',
  summary: 'show when each repository was pulled and is due next',
  examples: [
    { command: 'wizard SCHEDULE STATUS', does: 'all of repos.yaml' },
    { command: 'wizard SCHEDULE STATUS ucode-integrated', does: 'one group' },
    {
      command: "wizard SCHEDULE STATUS --json | jq '.[] | select(.overdue)'",
      does: 'for monitoring',
    },
  ],
  args: [
    {
      name: 'target',
      summary: 'repositories, groups or components; default: all',
      optional: true,
      variadic: true,
    },
  ],
  flags: {},
  async run(invocation, targets) {
    const { crontabState } = await import('../../schedules/cron/install.js')
    const list = await (await invocation.repoSync()).schedules(targets, invocation.call)
    const crontab = await crontabState(
      await invocation.config(),
      invocation.host.launcher,
      await invocation.crontab(),
    )
    const now = invocation.clock.now()
    return list.map((one) => ({ ...one, next_due_in_words: nextInWords(one, now), crontab }))
  },
  isLong: true,
  render: (list, { terminal }) => ({
    kind: 'table',
    columns: [
      { title: 'REPOSITORY', cut: 'middle' },
      { title: 'SCHEDULE', cut: 'end', spare: 3 },
      { title: 'LAST PULL', spare: 2 },
      { title: 'LAST TRIED', spare: 1 },
      { title: 'NEXT DUE', spare: 4 },
      { title: 'IN WORDS', tone: (cell) => (cell.startsWith('overdue') ? 'bad' : undefined) },
    ],
    rows: list.map((one) => {
      const { ageOf } = terminal
      const shown = (time: string | null, none: string) => (time === null ? none : ageOf(time))
      return [
        one.repo,
        one.in_words ?? 'none',
        shown(one.last_pull, 'never'),
        shown(one.last_attempt, 'never'),
        localFormat(terminal.out)(one.next_due),
        one.next_due_in_words ?? '',
      ]
    }),
    after: list.slice(0, 1).map(({ crontab }) => said[crontab]),
  }),
})

const said: Record<CrontabState, string> = {
  installed: 'Your crontab runs due pulls.',
  'out-of-date': 'Your crontab differs from repos.yaml: SCHEDULE INSTALL updates it.',
  absent: 'Your crontab does not run these pulls: SCHEDULE INSTALL adds them.',
  unscheduled: 'No entry has a pull_schedule, so your crontab needs nothing.',
  'left-over': 'Your crontab has lines of removed schedules: SCHEDULE REMOVE removes them.',
  damaged: "wizard's block in your crontab is damaged: SCHEDULE INSTALL says where.",
  unknown: "Your crontab can't be read, so it may or may not run these pulls.",
}

/** `in 5 hours`, `overdue for 2 days`; null if nothing is scheduled. */
function nextInWords({ next_due, overdue, last_attempt }: ScheduleStatus, now: number) {
  if (next_due === null) return null
  if (overdue && last_attempt === null) return 'overdue: never tried'
  const span = formatSpan(Date.parse(next_due) - now)
  return overdue ? `overdue for ${span}` : `in ${span}`
}
