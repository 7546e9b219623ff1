import { fullNameOf } from '../../base/names/repository.js'
import { describeReport } from '../../repos/describe.js'
import { defineVerb } from '../verb.js'
import { reportPage, reportShortfall } from './report-page.js'

export const reset = defineVerb({
  name: 'reset',
  summary: "take the remote's tip in a clean, diverged clone; the old one is kept",
  examples: [
    { command: 'wizard REPO RESET typo', does: 'asks first' },
    { command: 'wizard REPO RESET typo micro --yes', does: 'two, without a question' },
  ],
  args: [
    { name: 'target', summary: 'repositories, groups or components of repos.yaml', variadic: true },
  ],
  flags: {},
  async run(invocation, targets) {
    const sync = await invocation.repoSync()
    const { chosen } = await sync.wanted(targets, invocation.call)
    const question = `Reset ${chosen.map(fullNameOf).join(', ')}? Local commits are kept under refs/wizard/backup.`
    if (!(await invocation.terminal.confirm(question))) return null
    return sync.reset({ targets }, invocation.call)
  },
  render: (report, invocation) =>
    report === null
      ? { kind: 'lines', lines: ['Nothing was changed.'] }
      : reportPage(report, invocation, describeReport('reset', report)),
  shortfall: (report) => (report === null ? null : reportShortfall(report, false)),
})
