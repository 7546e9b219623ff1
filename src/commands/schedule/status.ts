import { formatSpan } from '../../base/clock.js'
import { NotFoundError } from '../../base/errors.js'
import type { Invocation } from '../../invocation.js'
import type { ScheduleStatus } from '../../repos/schedule/status.js'
import type { CrontabState } from '../../schedules/cron/install.js'
import { localFormat } from '../../terminal/times.js'
import type { RunScheduleStatus } from '../../workflows/due/status.js'
import { defineVerb } from '../verb.js'

export const status = defineVerb({
  name: 'status',
  summary: 'show when each repository and workflow was last run and is due',
  examples: [
    { command: 'wizard SCHEDULE STATUS', does: 'all of repos.yaml and components.yaml' },
    { command: 'wizard SCHEDULE STATUS ucode-integrated', does: 'one group' },
    {
      command: "wizard SCHEDULE STATUS --json | jq '.[] | select(.overdue)'",
      does: 'for monitoring',
    },
  ],
  args: [
    {
      name: 'target',
      summary: 'repositories, groups, components or their workflows; default: all',
      optional: true,
      variadic: true,
    },
  ],
  flags: {},
  async run(invocation, targets) {
    const { crontabState } = await import('../../schedules/cron/install.js')
    const list = await statusOf(invocation, targets)
    const crontab = await crontabState(
      await invocation.config(),
      invocation.host.launcher,
      await invocation.crontab(),
    )
    const now = invocation.clock.now()
    return list.map((one) => ({ ...one, next_due_in_words: nextInWords(one, now), crontab }))
  },
  isLong: true,
  render: (list, { terminal }) => {
    const hasRuns = list.some((one) => 'workflow' in one)
    const { ageOf } = terminal
    const shown = (time: string | null, none: string) => (time === null ? none : ageOf(time))
    return {
      kind: 'table',
      columns: [
        { title: hasRuns ? 'REPOSITORY OR WORKFLOW' : 'REPOSITORY', cut: 'middle' },
        { title: 'SCHEDULE', cut: 'end', spare: 3 },
        { title: hasRuns ? 'LAST PULL OR RUN' : 'LAST PULL', spare: 2 },
        { title: 'LAST TRIED', spare: 1 },
        { title: 'NEXT DUE', spare: 4 },
        { title: 'IN WORDS', tone: (cell) => (cell.startsWith('overdue') ? 'bad' : undefined) },
      ],
      rows: list.map((one) => [
        'workflow' in one ? one.workflow : one.repo,
        one.in_words ?? 'none',
        shown('workflow' in one ? one.last_run : one.last_pull, 'never'),
        'workflow' in one ? '' : shown(one.last_attempt, 'never'),
        localFormat(terminal.out)(one.next_due),
        one.next_due_in_words ?? '',
      ]),
      after: list.slice(0, 1).map(({ crontab }) => said[crontab]),
    }
  },
})

/** The pulls, then the workflows; a component may have both. */
async function statusOf(
  invocation: Invocation,
  targets: string[],
): Promise<(ScheduleStatus | RunScheduleStatus)[]> {
  const [{ isNamedBy, scheduledIn }, { namesAll }] = await Promise.all([
    import('../../schedules/run-schedules.js'),
    import('../../repos/targets/select.js'),
  ])
  const [sync, runner] = await Promise.all([invocation.repoSync(), invocation.workflowRunner()])
  const config = await invocation.config()
  const scheduled = scheduledIn(await config.components())
  const named = targets.filter((text) => scheduled.some((one) => isNamedBy(one, text)))
  const others = targets.filter((text) => !named.includes(text))
  const pulls: ScheduleStatus[] = []
  // A configuration may have workflows and no repositories.
  const hasRepos = config.files.repos !== undefined
  const wantsAll = targets.length === 0 && (hasRepos || scheduled.length === 0)
  if (wantsAll || others.length > 0) pulls.push(...(await sync.schedules(others, invocation.call)))
  const components = hasRepos ? named.filter((text) => !text.includes('/')) : []
  for (const component of components) {
    const found = await sync.schedules([component], invocation.call).catch(unlessNotFound)
    pulls.push(...found.filter(({ path }) => !pulls.some((one) => one.path === path)))
  }
  const isAll = targets.length === 0 || (namesAll(targets) && named.length === 0)
  const runs =
    isAll || named.length > 0 ? await runner.schedules(isAll ? [] : named, invocation.call) : []
  return [...pulls, ...runs]
}

/** A component's repository need not be in repos.yaml. */
function unlessNotFound(error: unknown): [] {
  if (error instanceof NotFoundError) return []
  throw error
}

const said: Record<CrontabState, string> = {
  installed: 'Your crontab runs what is due.',
  'out-of-date': 'Your crontab differs from the configuration: SCHEDULE INSTALL updates it.',
  absent: 'Your crontab does not run what is due: SCHEDULE INSTALL adds it.',
  unscheduled:
    'No entry has a pull_schedule, and no workflow a run_schedule: your crontab needs nothing.',
  'left-over': 'Your crontab has lines of removed schedules: SCHEDULE REMOVE removes them.',
  damaged: "wizard's block in your crontab is damaged: SCHEDULE INSTALL says where.",
  unknown: "Your crontab can't be read, so it may or may not run what is due.",
}

/** `in 5 hours`, `overdue for 2 days`; null if nothing is scheduled. */
function nextInWords(one: ScheduleStatus | RunScheduleStatus, now: number) {
  const { next_due, overdue } = one
  if (next_due === null) return null
  if (overdue && 'last_attempt' in one && one.last_attempt === null) return 'overdue: never tried'
  const span = formatSpan(Date.parse(next_due) - now)
  return overdue ? `overdue for ${span}` : `in ${span}`
}
