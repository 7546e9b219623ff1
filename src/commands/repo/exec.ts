import type { Invocation } from '../../invocation.js'
import type { ExecReport } from '../../repos/exec.js'
import { formatTook } from '../../terminal/times.js'
import { defineVerb } from '../verb.js'
import { openExecOutput } from './exec-output.js'
import { withFolders } from './folders.js'

export const exec = defineVerb({
  name: 'exec',
  summary: 'run a command in each clone, several at once',
  examples: [
    { command: 'wizard REPO EXEC -- git log -1 --oneline', does: 'in every clone' },
    { command: "wizard REPO EXEC 'svc-*' '!svc-old' -- npm test", does: 'in some of them' },
    {
      command: 'wizard REPO EXEC --not-ok --group -- git status --short',
      does: 'where there is local work',
    },
    { command: "wizard REPO EXEC -- sh -c 'git ls-files | wc -l'", does: 'a pipe needs a shell' },
  ],
  args: [
    {
      name: 'target',
      summary: 'repositories, groups or components; default: all',
      optional: true,
      variadic: true,
    },
  ],
  flags: {
    concurrency: { type: 'integer', value: 'N', min: 1, max: 100, summary: 'commands at a time' },
    'not-ok': { type: 'boolean', summary: 'only in clones that are not clean and up to date' },
    'fail-fast': { type: 'boolean', summary: 'start no more after the first failure' },
    group: { type: 'boolean', summary: "each clone's output whole, one after another" },
  },
  rest: {
    name: 'command',
    summary: 'the program and its arguments; it gets WIZARD_REPO, WIZARD_PATH, WIZARD_BRANCH',
  },
  async run(invocation, targets, flags, command) {
    const { terminal, globals } = invocation
    const output = globals.json ? null : openExecOutput(terminal, { group: flags.group })
    const sync = await invocation.repoSync()
    const report = await sync.exec(
      {
        command,
        targets: await withFolders(invocation, targets),
        concurrency: flags.concurrency,
        notOk: flags['not-ok'],
        failFast: flags['fail-fast'],
        ...(output ?? {}),
      },
      invocation.call,
    )
    if (!globals.json) noteEnd(invocation, report)
    return report
  },
  render: () => ({ kind: 'nothing' }),
  partialFailure({ failed, total, repositories }) {
    const [first, ...others] = repositories.filter(({ status }) => status === 'failed')
    if (first === undefined) return null
    if (others.length === 0 && total === 1 && first.error !== null) {
      return { ...first.error, message: `${first.repo}: ${first.error.message}` }
    }
    return { code: 'FAILED', message: `the command failed in ${failed} of ${total} repositories` }
  },
})

/** The failures, what was left out, and on a terminal the totals. */
function noteEnd({ terminal, globals }: Invocation, report: ExecReport): void {
  const { repositories, total, succeeded, failed, skipped, duration_ms: ms } = report
  const bad = repositories.filter(({ status }) => status === 'failed')
  if (total > 1) for (const { repo, error } of bad) terminal.note(`${repo}: ${error?.message}`)
  if (globals.quiet) return
  for (const [reason, why] of Object.entries(reasons)) {
    const left = repositories.filter((one) => one.reason === reason).map(({ repo }) => repo)
    const more = left.length > mostNamed ? ` and ${left.length - mostNamed} more` : ''
    const names = left.slice(0, mostNamed).join(', ')
    if (left.length > 0) terminal.note(`${why}: ${names}${more}`)
  }
  if (!terminal.err.isTerminal || total < 2) return
  const parts = Object.entries({ succeeded, failed, skipped }).filter(([, count]) => count > 0)
  const counts = parts.map(([outcome, count]) => `${count} ${outcome}`).join(', ')
  terminal.note(`${total} repositories: ${counts} in ${formatTook(ms)}`)
}

const reasons = { missing: 'not cloned yet', 'not-started': 'not started any more' }

const mostNamed = 10
