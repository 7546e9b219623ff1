import { withHint } from '../../base/errors.js'
import type { HintParts } from '../../base/hint.js'
import type { Invocation } from '../../invocation.js'
import type { CrontabChange } from '../../schedules/cron/install.js'
import type { Page } from '../../terminal/page.js'
import { defineVerb } from '../verb.js'
import { assertCron, dryRunFlag, formatFlag, noteWarnings, scheduleWarningsOf } from './shared.js'

export const install = defineVerb({
  name: 'install',
  summary: 'add the schedules of the configuration to your crontab',
  examples: [
    { command: 'wizard SCHEDULE INSTALL', does: 'shows what would change, and asks' },
    { command: 'wizard SCHEDULE INSTALL --dry-run', does: 'shows it, and changes nothing' },
    {
      command: 'wizard SCHEDULE INSTALL --yes',
      does: 'for scripts; running it again changes nothing',
    },
  ],
  args: [],
  flags: { format: formatFlag, ...dryRunFlag },
  async run(invocation, _args, { format, 'dry-run': dryRun }) {
    assertCron('INSTALL', format)
    const [{ planSchedules }, { crontabBlock }, { crontabState, installBlock }, { inheritedAt }] =
      await Promise.all([
        import('../../schedules/plan.js'),
        import('../../schedules/cron/lines.js'),
        import('../../schedules/cron/install.js'),
        import('../../schedules/cron/edit.js'),
      ])
    const config = await invocation.config()
    const crontab = await invocation.crontab()
    const plan = await planSchedules(config).catch(async (error: unknown) => {
      const state = await crontabState(config, invocation.host.launcher, crontab)
      throw state === 'left-over' ? withHint(error, howToRemove) : error
    })
    const block = crontabBlock(plan, config, invocation.host.launcher)
    const warnings = [
      ...(await scheduleWarningsOf(invocation, config)),
      ...inheritedAt(await crontab.read(), block),
    ]
    noteWarnings(invocation, warnings)
    const confirm = confirmFor(invocation, 'Write this into your crontab?')
    const change = await installBlock(crontab, block, { confirm, dryRun })
    return { ...change, warnings }
  },
  render: (change, invocation) => changePage(change, invocation),
})

export const remove = defineVerb({
  name: 'remove',
  summary: "remove wizard's lines from your crontab",
  examples: [
    { command: 'wizard SCHEDULE REMOVE', does: 'shows what would be removed, and asks' },
    { command: 'wizard SCHEDULE REMOVE --yes', does: 'for scripts' },
  ],
  args: [],
  flags: { format: formatFlag, ...dryRunFlag },
  async run(invocation, _args, { format, 'dry-run': dryRun }) {
    assertCron('REMOVE', format)
    const [{ marksOf }, { removeBlock }] = await Promise.all([
      import('../../schedules/cron/lines.js'),
      import('../../schedules/cron/install.js'),
    ])
    const marks = marksOf(await invocation.config())
    const confirm = confirmFor(invocation, 'Remove this from your crontab?')
    return removeBlock(await invocation.crontab(), marks, { confirm, dryRun })
  },
  render: (change, invocation) => changePage(change, invocation),
})

const howToRemove: HintParts = [
  { verb: ['SCHEDULE', 'REMOVE'] },
  ' removes the lines of removed schedules from your crontab',
]

const confirmFor =
  ({ terminal, globals }: Invocation, question: string) =>
  async (change: CrontabChange): Promise<boolean> => {
    if (!globals.quiet || terminal.canAsk) {
      for (const line of differenceOf(change)) terminal.note(line)
    }
    return terminal.confirm(question)
  }

/** The removed and added lines, in order. */
function differenceOf({ before, after }: CrontabChange): string[] {
  const old = before ?? []
  const fresh = after ?? []
  return [
    ...old.filter((line) => !fresh.includes(line)).map((line) => `- ${line}`),
    ...fresh.filter((line) => !old.includes(line)).map((line) => `+ ${line}`),
  ]
}

const said: Record<CrontabChange['action'], string> = {
  installed: "Added wizard's lines to your crontab.",
  updated: "Updated wizard's lines in your crontab.",
  removed: "Removed wizard's lines from your crontab.",
  unchanged: 'Your crontab is up to date.',
  declined: 'Your crontab was not changed.',
  planned: 'Dry run: your crontab was not changed.',
}

const changePage = (change: CrontabChange, { globals }: Invocation): Page => ({
  kind: 'lines',
  // The plan is the result of --dry-run; else the lines were shown with the question.
  lines: [
    ...(change.action === 'planned' ? differenceOf(change) : []),
    ...(globals.quiet ? [] : [said[change.action]]),
  ],
})
